/** Data for the fake core: a plausible computer, its images and clouds in every state a page must show. */
import type { Cloud, Finding, Host, Image, RecipeSummary, Run, Step } from '../../main/contract/models';
import type { Plan } from '../../main/contract/plan';

const MIN = 60_000;
const GIB = 1024 ** 3;

export const host: Host = {
  cpus: 8,
  memoryMiB: 32_000,
  freeMemoryMiB: 21_500,
  freeDiskGiB: 312,
  platform: 'linux',
  connections: [
    {
      id: 'libvirt-system',
      title: 'libvirt (system)',
      usable: true,
      recommended: true,
      reason: 'Own network, machines survive a logout.',
      version: '9.0.0',
      acceleration: { kind: 'kvm', reason: 'The processor has vmx, /dev/kvm opens, and virt-host-validate agrees.' },
    },
    {
      id: 'libvirt-session',
      title: 'libvirt (session)',
      usable: true,
      recommended: false,
      reason: 'Needs no special rights; ports are forwarded to this computer.',
      version: '9.0.0',
      acceleration: {
        kind: 'emulated',
        reason: 'Your user may not open /dev/kvm; emulation is about 10 times slower.',
      },
    },
    {
      id: 'virtualbox',
      title: 'VirtualBox',
      usable: false,
      recommended: false,
      reason: 'VBoxManage was not found on this computer.',
    },
  ],
};

export const recipes: RecipeSummary[] = [
  {
    id: 'devstack',
    title: 'DevStack on Ubuntu',
    summary: 'The developers’ OpenStack, from source: change it, restart it, see what happens.',
    services: ['Keystone', 'Nova', 'Neutron', 'Glance', 'Cinder', 'Horizon'],
    images: ['ubuntu-24.04', 'ubuntu-22.04'],
    minutes: 25,
    recommended: true,
    more: false,
    least: { cpus: 2, memoryMiB: 4096, diskGiB: 20 },
    presets: [
      { id: 'small', title: 'Small', size: { cpus: 2, memoryMiB: 6144, diskGiB: 25 }, fits: true },
      { id: 'standard', title: 'Standard', size: { cpus: 4, memoryMiB: 10_240, diskGiB: 40 }, fits: true },
      {
        id: 'large',
        title: 'Large',
        size: { cpus: 8, memoryMiB: 24_576, diskGiB: 80 },
        fits: false,
        reason: 'Needs 24 GiB of memory; 21 GiB are free.',
      },
    ],
    options: [],
  },
  {
    id: 'keystone-packages',
    title: 'Keystone from packages',
    summary: 'The smallest honest OpenStack: identity, tokens and the catalogue, from the distribution’s packages.',
    services: ['Keystone'],
    images: ['debian-12', 'ubuntu-24.04'],
    minutes: 3,
    recommended: false,
    more: false,
    least: { cpus: 1, memoryMiB: 2048, diskGiB: 8 },
    presets: [
      { id: 'small', title: 'Small', size: { cpus: 2, memoryMiB: 2048, diskGiB: 10 }, fits: true },
      { id: 'standard', title: 'Standard', size: { cpus: 2, memoryMiB: 4096, diskGiB: 20 }, fits: true },
    ],
    options: [],
  },
  {
    id: 'kolla-ansible',
    title: 'Kolla-Ansible (preview)',
    summary: 'OpenStack in containers, all in one machine, as operators deploy it.',
    services: ['Keystone', 'Nova', 'Neutron', 'Glance', 'Horizon'],
    images: ['ubuntu-24.04'],
    minutes: 40,
    recommended: false,
    more: true,
    least: { cpus: 2, memoryMiB: 8192, diskGiB: 40 },
    presets: [{ id: 'small', title: 'Small', size: { cpus: 2, memoryMiB: 8192, diskGiB: 40 }, fits: true }],
    options: [],
  },
];

export const plan: Plan = {
  version: 1,
  name: 'devstack-1',
  recipe: { id: 'devstack', options: {} },
  connection: 'libvirt-system',
  image: 'ubuntu-24.04',
  size: { cpus: 4, memoryMiB: 10_240, diskGiB: 40 },
  surroundings: { proxy: 'host', noProxy: [], extraCertificates: 'host' },
  swapMiB: 'auto',
};

export const images: Image[] = [
  {
    id: 'ubuntu-24.04',
    title: 'Ubuntu 24.04 LTS',
    os: 'ubuntu',
    release: '24.04',
    user: 'ubuntu',
    downloadBytes: 0.58 * GIB,
    virtualBytes: 3.5 * GIB,
    cachedBytes: 0.58 * GIB,
    state: 'cached',
    imported: false,
    usedBy: ['ready'],
  },
  {
    id: 'debian-12',
    title: 'Debian 12',
    os: 'debian',
    release: '12',
    user: 'debian',
    downloadBytes: 0.32 * GIB,
    state: 'downloading',
    progress: 0.42,
    imported: false,
    usedBy: [],
  },
  {
    id: 'centos-9',
    title: 'CentOS Stream 9',
    os: 'centos',
    release: '9',
    user: 'cloud-user',
    downloadBytes: 1.1 * GIB,
    state: 'failed',
    imported: false,
    usedBy: [],
    error: {
      code: 'verification',
      message: 'The checksum of the download is not the one that CentOS publishes.',
      hint: 'Try again, or choose another mirror.',
    },
  },
  {
    id: 'rocky-9',
    title: 'Rocky Linux 9',
    os: 'rocky',
    release: '9',
    user: 'rocky',
    downloadBytes: 0.6 * GIB,
    state: 'absent',
    imported: false,
    usedBy: [],
  },
  {
    id: 'own-1',
    title: 'Our lab image',
    os: 'other',
    release: '',
    user: 'lab',
    virtualBytes: 10 * GIB,
    cachedBytes: 2.2 * GIB,
    state: 'cached',
    imported: true,
    usedBy: [],
  },
];

export const findings: Finding[] = [
  {
    id: 'hypervisor',
    title: 'Hypervisor',
    state: 'ok',
    summary: 'libvirt 9.0.0 answers, with its own network.',
    evidence: ['$ virsh -c qemu:///system version', 'Using library: libvirt 9.0.0', 'Running hypervisor: QEMU 7.2.22'],
  },
  {
    id: 'acceleration',
    title: 'Acceleration',
    state: 'warning',
    summary: 'No hardware acceleration: installs take about ten times as long.',
    evidence: [
      '/proc/cpuinfo: neither vmx nor svm',
      '/dev/kvm: opens',
      'virt-host-validate qemu: FAIL (HW virtualization)',
    ],
    fix: { title: 'Load the KVM module', argv: ['modprobe', 'kvm_intel', 'nested=1'], root: true },
  },
  {
    id: 'memory',
    title: 'Memory',
    state: 'ok',
    summary: '21 GiB are free for machines.',
    evidence: ['MemAvailable: 22016 MiB'],
  },
  {
    id: 'disk',
    title: 'Disk',
    state: 'ok',
    summary: '312 GiB are free.',
    evidence: ['/var/lib/libvirt/images: 312 GiB'],
  },
  {
    id: 'tools',
    title: 'Tools',
    state: 'unknown',
    summary: 'virt-host-validate cannot tell without administrator rights.',
    evidence: ['$ virt-host-validate qemu', 'exit code 1'],
  },
];

export const problemFinding: Finding = {
  id: 'hypervisor',
  title: 'Hypervisor',
  state: 'problem',
  summary: 'No hypervisor was found. Stackbox needs libvirt with QEMU, or VirtualBox.',
  evidence: ['virsh: not found in PATH', 'VBoxManage: not found in PATH'],
  fix: {
    title: 'Install libvirt and QEMU',
    argv: [
      'apt-get',
      'install',
      '-y',
      'qemu-system-x86',
      'qemu-utils',
      'libvirt-daemon-system',
      'libvirt-clients',
      'dnsmasq-base',
    ],
    root: true,
  },
};

const titles: readonly (readonly [id: string, group: string, title: string, expectedMs: number])[] = [
  ['check', 'Machine', 'Check this computer', 1200],
  ['image', 'Machine', 'Download the image', 90_000],
  ['disk', 'Machine', 'Make the disk', 900],
  ['seed', 'Machine', 'Write the seed disk', 300],
  ['network', 'Machine', 'Prepare the network', 2000],
  ['define', 'Machine', 'Define and start the machine', 2400],
  ['console', 'First contact', 'Wait for the first line of the console', 9000],
  ['cloud-init', 'First contact', 'Let cloud-init set up the machine', 45_000],
  ['ssh', 'First contact', 'Connect by SSH', 4000],
  ['prepare', 'DevStack', 'Prepare the system', 120_000],
  ['fetch', 'DevStack', 'Fetch the sources', 180_000],
  ['stack', 'DevStack', 'Install with stack.sh', 1_100_000],
  ['token', 'Proof', 'Issue a token', 4000],
  ['list', 'Proof', 'List the catalogue', 2500],
];

/** A create run whose first `done` steps are over and whose next one is in `state`. */
export function makeRun(cloudId: string, done: number, state: Step['state'], now: number): Run {
  let at = now - 14 * MIN - 20_000;
  const startedAt = at;
  // oxlint-disable-next-line oxc/no-map-spread -- clear beats fast in a fake
  const steps = titles.map(([id, group, title, expectedMs], index): Step => {
    const base = { id, group, title, expectedMs, expectedFrom: 'recipe' as const };
    if (index > done) return { ...base, state: 'waiting' };
    const begun = at;
    if (index < done) {
      at += expectedMs * 0.9;
      return { ...base, state: index === 3 ? 'skipped' : 'done', startedAt: begun, endedAt: at };
    }
    if (state === 'running') {
      return {
        ...base,
        state,
        startedAt: begun,
        progress: 0.46,
        detail: 'Installing nova: 118 of 254 packages',
        lastLine:
          '2026-11-21 05:14:07.311 | Successfully installed oslo.messaging-16.1.0 oslo.middleware-6.5.0 pyroute2-0.8.1',
        lastLineAt: now - 4000,
      };
    }
    return { ...base, state, startedAt: begun, endedAt: now - 5000, ...(state === 'failed' && { error: failure }) };
  });
  return {
    id: `run-${cloudId}`,
    cloudId,
    kind: 'create',
    state: state === 'running' || state === 'failed' || state === 'cancelled' ? state : 'done',
    startedAt,
    steps,
    ...(state === 'running' ? { left: { ms: 9 * MIN, about: true } } : { endedAt: now - 5000 }),
    ...(state === 'failed' && {
      error: failure,
      remedy: {
        cause: 'The package index of the mirror was renewed while packages were fetched.',
        cure: 'Wait a few minutes, then retry from this step; what is installed already stays.',
        action: { id: 'renew-package-lists', title: 'Renew the package lists and try again' },
      },
    }),
  };
}

const failure = {
  code: 'guest-failed' as const,
  message: 'stack.sh ended with exit code 1 at “install_package python3-dev”.',
  hint: 'Read the likely cause below, then retry from this step.',
  command: ['systemd-run', '--unit', 'stackbox-stack', '/opt/stackbox/stack.sh', '--branch', 'stable/2026.1'],
  exitCode: 1,
  output:
    'E: Failed to fetch http://archive.ubuntu.com/ubuntu/pool/main/p/python3.12/python3.12-dev_3.12.3-1ubuntu0.5_amd64.deb  404  Not Found\nE: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n+ err_trap\n+ local r=100\nError on exit',
};

/** A cloud in a state; what depends on the state follows it. */
export function makeCloud(id: string, name: string, part: Partial<Cloud>, now: number): Cloud {
  const running =
    part.state === undefined || part.state === 'running' || part.state === 'installing' || part.state === 'attention';
  return {
    id,
    name,
    createdAt: now - 26 * 60 * MIN,
    state: 'running',
    status: 'Running',
    plan: { ...plan, name },
    recipeTitle: 'DevStack on Ubuntu',
    imageTitle: 'Ubuntu 24.04 LTS',
    machines: [
      {
        id: `${id}-m1`,
        domain: `stackbox-${name}`,
        hostname: name,
        state: running ? 'running' : 'stopped',
        size: plan.size,
        ...(running && {
          ssh: { host: '10.87.3.10', port: 22, user: 'ubuntu', command: 'ssh -F /home/me/stackbox/ssh/config cloud' },
        }),
        acceleration: { kind: 'kvm', reason: 'The processor has vmx, /dev/kvm opens, and virt-host-validate agrees.' },
        abilities: { saveState: true, snapshots: true },
      },
    ],
    endpoints: [],
    credentials: [],
    ready: false,
    actions: [],
    services: true,
    client: { added: false },
    accounts: [
      { id: 'admin', title: 'OpenStack as admin' },
      { id: 'demo', title: 'OpenStack as demo' },
    ],
    ...part,
  };
}

export const readyParts: Partial<Cloud> = {
  state: 'running',
  status: 'Ready',
  ready: true,
  actions: [
    {
      id: 'restack',
      title: 'Stack again',
      help: 'Takes OpenStack down and runs stack.sh again, with the same local.conf.',
      confirm: 'All instances, volumes and networks of this OpenStack.',
    },
    { id: 'repair', title: 'Check and repair', help: 'Brings back what a reboot of the machine took away.' },
  ],
  endpoints: [
    { id: 'horizon', title: 'Horizon', url: 'http://10.87.3.10/dashboard', browser: true },
    { id: 'keystone', title: 'Keystone', url: 'http://10.87.3.10/identity/v3', browser: false },
  ],
  credentials: [
    { id: 'admin', title: 'Administrator', username: 'admin', hasPassword: true },
    { id: 'demo', title: 'Demo user', username: 'demo', hasPassword: true },
  ],
};
