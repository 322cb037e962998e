/** What the machine says of itself before `local.conf` is written. */
import { StackboxError } from '../../contract/errors';
import type { RecipeContext } from '../types';
import type { MachineEvidence } from './local-conf-values';

/** `systemd-detect-virt` says `qemu` for an emulated machine and `kvm` for an accelerated one. */
const ASK = `[ -c /dev/kvm ] && echo kvm
cd /sys/module/zswap/parameters 2>/dev/null && [ -e compressor ] && [ -e zpool ] &&
  PATH=$PATH:/usr/sbin:/sbin modprobe --dry-run --quiet --all crypto-lz4 zsmalloc && echo zswap
echo "virt=$(systemd-detect-virt --vm)"
echo "branch=$(cat /etc/stackbox/devstack-branch)"`;

/** @throws StackboxError `guest-failed` when DevStack is not there yet */
export async function gatherEvidence({ guest, signal }: RecipeContext): Promise<MachineEvidence> {
  const { stdout, stderr, exitCode } = await guest.exec(['sh', '-c', ASK], { signal });
  const lines = stdout.split('\n');
  const branch = lines.find((line) => line.startsWith('branch='))?.slice('branch='.length) ?? '';
  if (branch === '') {
    throw new StackboxError('guest-failed', 'The machine does not say which branch of DevStack it has.', {
      output: stderr || stdout,
      exitCode,
      hint: 'Try again from the step that gets DevStack.',
    });
  }
  return {
    kvm: lines.includes('kvm'),
    emulated: lines.includes('virt=qemu'),
    zswap: lines.includes('zswap'),
    branch,
  };
}
