/** Whether a connection can be used, found out by harmless calls that need the same rights as real work. */
import { StackboxError } from '../../contract/errors';
import type { CallOptions, ConnectionFacts } from '../driver';
import { gatherEvidence, judgeAcceleration } from './acceleration';
import { errorText, type Virsh } from './virsh';

/** Rights and parts that a machine will need: QEMU itself, and for the system connection networks and pools. */
const NEEDS = {
  'libvirt-system': 'version; domcapabilities --virttype qemu; net-list --name; pool-list --name',
  'libvirt-session': 'version; domcapabilities --virttype qemu',
} as const;

export async function probeLibvirt(
  virsh: Virsh,
  connection: keyof typeof NEEDS,
  options: CallOptions = {},
): Promise<ConnectionFacts> {
  const system = connection === 'libvirt-system';
  if (!system && process.getuid?.() === 0) {
    // libvirtd started as root serves the system connection under either name.
    return { usable: false, reason: 'root has no session of its own: it uses the system connection.' };
  }
  let answer;
  try {
    answer = await virsh.call([NEEDS[connection]], { ...options, mayFail: true });
  } catch (error) {
    options.signal?.throwIfAborted();
    return { usable: false, reason: sentence(StackboxError.from(error)) };
  }
  const version = versionOf(answer.stdout);
  const problem = errorText(answer.stderr);
  if (problem !== '') {
    return { usable: false, reason: explain(answer.stderr, problem, system), ...(version ? { version } : {}) };
  }
  const acceleration = judgeAcceleration(await gatherEvidence(options), system);
  return {
    usable: true,
    reason: system
      ? 'libvirt answers and you may manage machines, networks and storage.'
      : 'libvirt answers; no privileges are needed.',
    ...(version ? { version } : {}),
    acceleration,
  };
}

/** Reads `virsh version`: "libvirt 9.0.0, QEMU 7.2.22". */
export function versionOf(text: string): string | undefined {
  const library = /^Using library: (.+)$/m.exec(text)?.[1];
  const hypervisor = /^Running hypervisor: (.+)$/m.exec(text)?.[1];
  return library === undefined ? undefined : [library, hypervisor].filter(Boolean).join(', ');
}

/** Why virsh got no answer, for a person. Texts seen with libvirt 9.0. */
export function explain(stderr: string, problem: string, system: boolean): string {
  // "system bus": libvirt asks polkit whether an ordinary user may, and finds no polkit running.
  if (/authentication|polkit|system bus|permission denied|access denied/i.test(stderr)) {
    return 'You may not use libvirt’s system connection; members of the group "libvirt" may.';
  }
  if (/failed to connect socket|connection refused|no such file or directory/i.test(stderr)) {
    return system ? 'libvirt’s service does not run.' : 'libvirt could not start a session for you.';
  }
  if (/emulator|no domain type|no capabilities|qemu-system|no connection driver/i.test(stderr)) {
    return 'libvirt runs, but QEMU is not installed.';
  }
  return `libvirt cannot be used: ${problem}`;
}

function sentence(error: StackboxError): string {
  return error.code === 'missing-tool' ? 'libvirt’s program "virsh" is not installed.' : error.message;
}
