/** What the doctor says about VirtualBox: its version, its kernel module, and KVM beside it. */
import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { coerce, gte, lt } from 'semver';
import type { Finding } from '../../contract/models';
import { run } from '../../host/process';
import type { CallOptions } from '../driver';
import { knownFailure } from './known-failures';
import { splitWarnings } from './output';
import { parseVersion } from './version';

/** KVM's option on Linux: whether it takes the processor's virtualisation when its module is loaded. */
const KVM_OPTION = '/sys/module/kvm/parameters/enable_virt_at_load';

/** Since this kernel KVM takes VT-x or AMD-V at once and keeps it (VirtualBox issue 188). */
const KVM_TAKES_SINCE = '6.12.0';
/** Since this version VirtualBox asks KVM for the processor, and needs that option on (VirtualBox issues 711, 713). */
const ASKS_KVM_SINCE = '7.2.10';

/** @param program path of VBoxManage, which must be there */
export async function virtualBoxFindings(program: string, options: CallOptions = {}): Promise<Finding[]> {
  const told = splitWarnings((await run(program, ['--version'], options)).stdout);
  const version = parseVersion(told.output);
  const option = process.platform === 'linux' ? await readFile(KVM_OPTION, 'utf8').catch(() => undefined) : undefined;
  const kvm = kvmFinding(release(), version.text, option?.trim());
  return [moduleFinding(version.text, told.warnings), ...(kvm ? [kvm] : [])];
}

/** The kernel module, by the warning that VBoxManage puts in front of every answer without it. */
export function moduleFinding(version: string, warnings: readonly string[]): Finding {
  const evidence = [`VBoxManage --version: ${version}`, ...warnings.flatMap((block) => block.split('\n'))]
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const base = { id: 'virtualbox-module', title: 'VirtualBox’s kernel module', evidence };
  const [warning] = warnings;
  if (warning === undefined) return { ...base, state: 'ok', summary: `VirtualBox ${version} can start machines.` };
  const known = knownFailure(warning);
  if (!known) return { ...base, state: 'warning', summary: 'VirtualBox warns of something.' };
  const fix = warning.includes('virtualbox-dkms')
    ? { title: 'Install the module', argv: ['apt-get', 'install', '--yes', 'virtualbox-dkms'], root: true }
    : { title: 'Build the module', argv: ['/sbin/vboxconfig'], root: true };
  return { ...base, state: 'problem', summary: `${known.cause} ${known.cure}`, fix };
}

/**
 * Whether KVM and VirtualBox get along, by kernel, version and option: the cure for one version breaks the next.
 * @param option content of KVM's option, `Y` or `N`; undefined when KVM is not loaded
 */
export function kvmFinding(kernel: string, version: string, option: string | undefined): Finding | undefined {
  const linux = coerce(kernel);
  if (option === undefined || linux === null) return undefined;
  const asksKvm = gte(version, ASKS_KVM_SINCE);
  const base = {
    id: 'virtualbox-kvm',
    title: 'KVM beside VirtualBox',
    evidence: [`Linux ${kernel}`, `VirtualBox ${version}`, `${KVM_OPTION}: ${option}`],
  };
  if (option === 'N' && asksKvm) {
    return {
      ...base,
      state: 'problem',
      summary:
        'KVM’s option enable_virt_at_load=0 keeps this VirtualBox from the processor. Remove it from /etc/modprobe.d and the kernel command line, then restart.',
    };
  }
  if (option === 'Y' && !asksKvm && !lt(linux, KVM_TAKES_SINCE)) {
    return {
      ...base,
      state: 'problem',
      summary: 'KVM holds the processor’s virtualisation, so this VirtualBox cannot start machines.',
      fix: { title: 'Unload KVM', argv: ['modprobe', '--remove', 'kvm_intel', 'kvm_amd', 'kvm'], root: true },
    };
  }
  return { ...base, state: 'ok', summary: 'KVM and VirtualBox get along here.' };
}
