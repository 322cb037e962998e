/** Recorded computers for the doctor to examine. Texts are what the programs really said where a version is given. */
import type { DoctorContext } from '../../main/doctor/check';
import { StackboxError } from '../../main/contract/errors';
import type { HostFacts } from '../../main/host/facts';

const GIB = 1024 ** 3;

export interface RecordedComputer {
  readonly facts?: Partial<HostFacts>;
  readonly connections?: DoctorContext['connections'];
  readonly freeMemoryMiB?: number;
  /** What a program prints, by its whole command line; any other is not installed. */
  readonly programs?: Readonly<Record<string, { readonly stdout: string; readonly exitCode?: number }>>;
  /** Text of files. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files and devices that this user may open, or may not. */
  readonly access?: Readonly<Record<string, 'usable' | 'denied'>>;
  readonly freeGiB?: number;
  readonly taken?: readonly string[];
}

/** A context from what was recorded; what is not given is absent. */
export function computer(recorded: RecordedComputer = {}): DoctorContext {
  return {
    facts: {
      platform: 'linux',
      arch: 'x64',
      kernel: '6.8.0-45-generic',
      cpus: 8,
      memoryMiB: 32_000,
      availableMiB: 24_000,
      distribution: { id: 'ubuntu', like: ['debian'], title: 'Ubuntu 24.04.1 LTS' },
      user: 'ada',
      isRoot: false,
      groups: ['ada', 'sudo'],
      hasSystemd: true,
      ...recorded.facts,
    },
    connections: recorded.connections ?? [system.good, session.good, virtualbox.absent],
    folders: ['/home/ada/.local/share/stackbox'],
    freeMemoryMiB: recorded.freeMemoryMiB ?? 20_000,
    run(file, args, okCodes = []) {
      const said = recorded.programs?.[[file, ...args].join(' ')];
      if (!said) return Promise.reject(new StackboxError('missing-tool', `${file} is not installed.`));
      const { stdout, exitCode = 0 } = said;
      if (exitCode !== 0 && !okCodes.includes(exitCode)) {
        return Promise.reject(new StackboxError('command-failed', `${file} failed`, { output: stdout, exitCode }));
      }
      return Promise.resolve({ stdout, stderr: '', exitCode, durationMs: 5 });
    },
    read: (path) => Promise.resolve(recorded.files?.[path]),
    access: (path) => Promise.resolve(recorded.access?.[path] ?? 'absent'),
    freeBytes: () => Promise.resolve((recorded.freeGiB ?? 200) * GIB),
    takenSubnets: () => Promise.resolve(recorded.taken ?? ['192.168.1.0/24']),
  };
}

type Connection = DoctorContext['connections'][number];
const kvm = { kind: 'kvm', reason: 'Processor flag, /dev/kvm and libvirt’s own check agree.' } as const;

const libvirtSystem = { id: 'libvirt-system', title: 'libvirt (system)' } as const;
export const system = {
  good: {
    ...libvirtSystem,
    usable: true,
    reason: 'libvirt answers and you may manage machines, networks and storage.',
    version: 'libvirt 10.0.0, QEMU 8.2.2',
    acceleration: kvm,
  },
  denied: {
    ...libvirtSystem,
    usable: false,
    reason: 'You may not use libvirt’s system connection; members of the group "libvirt" may.',
  },
  stopped: { ...libvirtSystem, usable: false, reason: 'libvirt’s service does not run.' },
  absent: { ...libvirtSystem, usable: false, reason: 'libvirt’s program "virsh" is not installed.' },
} satisfies Record<string, Connection>;

const libvirtSession = { id: 'libvirt-session', title: 'libvirt (session)' } as const;
export const session = {
  good: {
    ...libvirtSession,
    usable: true,
    reason: 'libvirt answers; no privileges are needed.',
    version: 'libvirt 10.0.0, QEMU 8.2.2',
    acceleration: kvm,
  },
  absent: { ...libvirtSession, usable: false, reason: 'libvirt’s program "virsh" is not installed.' },
  root: { ...libvirtSession, usable: false, reason: 'root has no session of its own: it uses the system connection.' },
} satisfies Record<string, Connection>;

const virtualBox = { id: 'virtualbox', title: 'VirtualBox' } as const;
export const virtualbox = {
  good: {
    ...virtualBox,
    usable: true,
    reason: 'VirtualBox 7.2.4 is installed and its kernel module is loaded.',
    version: '7.2.4',
    acceleration: { kind: 'hardware', reason: 'VirtualBox uses the processor’s VT-x or AMD-V.' },
  },
  noModule: {
    ...virtualBox,
    usable: false,
    reason: 'VirtualBox’s kernel module is not loaded, so no machine can start.',
    version: '7.2.22',
  },
  absent: { ...virtualBox, usable: false, reason: 'VirtualBox is not installed.' },
} satisfies Record<string, Connection>;

/** `virt-host-validate qemu` of libvirt 9.0.0, shortened: the build machine with its broken KVM. */
export const VALIDATE_FAIL = `  QEMU: Checking for hardware virtualization                                 : FAIL (Host not compatible with KVM; HW virtualization CPU features not found. Only emulated CPUs are available; performance will be significantly limited)
  QEMU: Checking if device /dev/vhost-net exists                             : WARN (Load the 'vhost_net' module to improve performance of virtio networking)
  QEMU: Checking for cgroup 'cpu' controller support                         : PASS
`;

/** The same program where KVM works. */
export const VALIDATE_PASS = `  QEMU: Checking for hardware virtualization                                 : PASS
  QEMU: Checking if device /dev/kvm exists                                   : PASS
  QEMU: Checking if device /dev/kvm is accessible                            : PASS
`;
