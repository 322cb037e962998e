import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findingSchema, hostSchema, type Finding } from '../../main/contract/models';
import { recommend } from '../../main/doctor/recommend';
import { createDoctor, examine, hostOf } from '../../main/doctor';
import { shareRecent } from '../../main/doctor/recent';
import { freeDiskGiB, freeMemoryMiB } from '../../main/doctor/room';
import { createFakeDriver } from '../fakes/fake-driver';
import { tempFolder } from '../support/temp';
import {
  computer,
  session,
  system,
  virtualbox,
  VALIDATE_FAIL,
  VALIDATE_PASS,
  type RecordedComputer,
} from './computers';

async function findings(recorded: RecordedComputer): Promise<Record<string, Finding | undefined>> {
  const all = await examine(computer(recorded));
  for (const finding of all) findingSchema.parse(finding);
  return Object.fromEntries(all.map((finding) => [finding.id, finding]));
}

const INTEL = 'processor : 0\nflags\t\t: fpu vme vmx ssse3 sse4_1\n';
const NO_FLAG = 'processor : 0\nflags\t\t: fpu vme ssse3 sse4_1 hypervisor\n';
const TOOLS = {
  'virsh --version': { stdout: '10.0.0\n' },
  'qemu-img --version': { stdout: 'qemu-img version 8.2.2\nCopyright (c) 2003-2023\n' },
};

describe('the doctor', () => {
  it('finds nothing to complain about on a good laptop', async () => {
    const found = await findings({
      facts: { groups: ['ada', 'libvirt', 'kvm'] },
      files: { '/proc/cpuinfo': INTEL, '/sys/module/kvm_intel/parameters/nested': 'Y\n' },
      access: { '/dev/kvm': 'usable' },
      programs: { ...TOOLS, 'virt-host-validate qemu': { stdout: VALIDATE_PASS } },
    });
    expect(Object.values(found).map((finding) => `${finding?.id} ${finding?.state}`)).toEqual([
      'hypervisor ok',
      'acceleration ok',
      'memory ok',
      'disk ok',
      'tools ok',
      'groups ok',
      'network ok',
      'platform ok',
    ]);
    expect(found['acceleration']?.evidence).toContain('Nested virtualisation: on');
    expect(found['tools']?.evidence).toContain('qemu-img: qemu-img version 8.2.2');
    expect(found['groups']?.fix).toBeUndefined();
  });

  it('explains a /dev/kvm that is there but useless, and how to get rid of it', async () => {
    const { acceleration } = await findings({
      facts: { isRoot: true },
      files: { '/proc/cpuinfo': NO_FLAG },
      access: { '/dev/kvm': 'usable' },
      programs: { 'virt-host-validate qemu': { stdout: VALIDATE_FAIL, exitCode: 1 } },
    });
    expect(acceleration).toMatchObject({
      state: 'warning',
      fix: { argv: ['mv', '/dev/kvm', '/dev/kvm.off'], root: true },
    });
    expect(acceleration?.summary).toContain('about 90 s');
    expect(acceleration?.evidence[0]).toBe('/proc/cpuinfo: neither vmx nor svm');
  });

  it('never calls KVM real while libvirt’s own check fails', async () => {
    const { acceleration } = await findings({
      files: { '/proc/cpuinfo': INTEL },
      access: { '/dev/kvm': 'usable' },
      programs: { 'virt-host-validate qemu': { stdout: VALIDATE_FAIL, exitCode: 1 } },
    });
    expect(acceleration?.state).toBe('warning');
  });

  it('loads the right module where the processor can but the device is missing', async () => {
    const amd = await findings({ files: { '/proc/cpuinfo': INTEL.replace('vmx', 'svm') } });
    expect(amd['acceleration']).toMatchObject({ state: 'warning', fix: { argv: ['modprobe', 'kvm_amd'] } });
    const none = await findings({ files: { '/proc/cpuinfo': NO_FLAG } });
    expect(none['acceleration']?.fix).toBeUndefined();
  });

  it.each([
    [{ id: 'ubuntu', like: ['debian'] }, 'apt-get', 'libvirt-daemon-system'],
    [{ id: 'linuxmint', like: ['ubuntu', 'debian'] }, 'apt-get', 'qemu-utils'],
    [{ id: 'rocky', like: ['rhel', 'centos', 'fedora'] }, 'dnf', 'libvirt-daemon-kvm'],
    [{ id: 'arch', like: [] }, 'pacman', 'qemu-base'],
    [{ id: 'opensuse-tumbleweed', like: ['opensuse', 'suse'] }, 'zypper', 'qemu-tools'],
  ])('names the package command where there is no hypervisor: %j', async (distribution, tool, wanted) => {
    const { hypervisor } = await findings({
      facts: { distribution: { ...distribution, title: distribution.id } },
      connections: [system.absent, session.absent, virtualbox.absent],
    });
    expect(hypervisor).toMatchObject({ state: 'problem', fix: { root: true } });
    expect(hypervisor?.fix?.argv[0]).toBe(tool);
    expect(hypervisor?.fix?.argv).toContain(wanted);
    expect(hypervisor?.evidence).toContain('VirtualBox: VirtualBox is not installed.');
  });

  it('offers no command on a distribution that it does not know', async () => {
    const { hypervisor } = await findings({
      facts: { distribution: { id: 'plan9', like: [], title: 'Plan 9' } },
      connections: [system.absent, session.absent, virtualbox.absent],
    });
    expect(hypervisor).toMatchObject({ state: 'problem' });
    expect(hypervisor?.fix).toBeUndefined();
    expect(hypervisor?.summary).toContain('Install libvirt with QEMU, or VirtualBox');
  });

  it('proposes VirtualBox on macOS and Windows, and no Linux checks', async () => {
    const mac = await findings({
      facts: { platform: 'darwin', kernel: '24.1.0' },
      connections: [{ ...virtualbox.absent }],
    });
    expect(mac['hypervisor']?.fix).toMatchObject({ argv: ['brew', 'install', '--cask', 'virtualbox'], root: false });
    expect(mac['acceleration']?.state).toBe('unknown');
    expect(Object.keys(mac)).not.toContain('tools');
  });

  it('starts libvirt where it is installed but sleeps', async () => {
    const connections = [system.stopped, session.root, virtualbox.absent];
    const listing = 'systemctl list-unit-files --no-legend libvirtd.service virtqemud.socket';
    const debian = await findings({
      connections,
      programs: { [listing]: { stdout: 'libvirtd.service disabled enabled\n' } },
    });
    expect(debian['hypervisor']?.fix?.argv).toEqual(['systemctl', 'enable', '--now', 'libvirtd.service']);
    const fedora = await findings({
      connections,
      programs: { [listing]: { stdout: 'virtqemud.socket disabled enabled\n' } },
    });
    expect(fedora['hypervisor']?.fix?.argv).toEqual(['systemctl', 'enable', '--now', 'virtqemud.socket']);
    const container = await findings({ connections, facts: { hasSystemd: false, isRoot: true } });
    expect(container['hypervisor']?.fix?.argv).toEqual(['libvirtd', '-d']);
  });

  it('lets an ordinary user without any group work, and says what the group would change', async () => {
    const found = await findings({ connections: [system.denied, session.good, virtualbox.absent], programs: TOOLS });
    expect(found['hypervisor']?.state).toBe('ok');
    expect(found['groups']).toMatchObject({ state: 'ok', fix: { argv: ['usermod', '-aG', 'libvirt', 'ada'] } });
    expect(found['network']).toBeUndefined();
  });

  it('says what VirtualBox lacks, and that libvirt can stand in', async () => {
    const alone = await findings({ connections: [system.absent, session.absent, virtualbox.noModule] });
    expect(alone['virtualbox']).toMatchObject({ state: 'problem', fix: { argv: ['modprobe', 'vboxdrv'], root: true } });
    const both = await findings({
      connections: [system.good, session.good, virtualbox.noModule],
      access: { '/sbin/vboxconfig': 'denied' },
      programs: { 'mokutil --sb-state': { stdout: 'SecureBoot enabled\n' } },
    });
    expect(both['virtualbox']).toMatchObject({ state: 'warning', fix: { argv: ['/sbin/vboxconfig'] } });
    expect(both['virtualbox']?.evidence).toContain('Secure Boot: on; the kernel module has to be signed');
  });

  it.each([
    ['6.8.0-45-generic', '7.2.4', undefined, 'ok'],
    ['6.12.9-arch1-1', '7.2.4', 'Y\n', 'warning'],
    ['6.12.9-arch1-1', '7.2.4', 'N\n', 'ok'],
    ['6.14.0-29-generic', '7.2.22', 'Y\n', 'ok'],
    ['6.14.0-29-generic', '7.2.22', 'N\n', 'warning'],
    ['6.14.0-29-generic', '7.2.4', undefined, 'ok'],
  ])('knows who holds the processor: kernel %s, VirtualBox %s, option %j', async (kernel, version, option, state) => {
    const found = await findings({
      facts: { kernel },
      connections: [system.absent, session.absent, { ...virtualbox.good, version }],
      files: option === undefined ? {} : { '/sys/module/kvm/parameters/enable_virt_at_load': option },
    });
    expect(found['kvm-conflict']?.state).toBe(state);
  });

  it('warns when a VPN claims every private address', async () => {
    const taken = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
    const { network } = await findings({ taken });
    expect(network).toMatchObject({ state: 'warning', evidence: taken });
    expect(network?.summary).toContain('VPN');
  });

  it.each([
    [{ freeMemoryMiB: 1000 }, 'memory', 'problem'],
    [{ freeMemoryMiB: 4000 }, 'memory', 'warning'],
    [{ freeGiB: 6 }, 'disk', 'problem'],
    [{ freeGiB: 15 }, 'disk', 'warning'],
  ] as const)('says when there is little left: %j', async (recorded, id, state) => {
    expect((await findings(recorded))[id]?.state).toBe(state);
  });

  it('answers "unknown" with the reason when a check itself fails, and goes on with the others', async () => {
    const context = { ...computer({ programs: TOOLS }), freeBytes: () => Promise.reject(new Error('EIO: i/o error')) };
    const all = await examine(context);
    expect(all.find(({ id }) => id === 'disk')).toMatchObject({ state: 'unknown', evidence: ['EIO: i/o error'] });
    expect(all.find(({ id }) => id === 'tools')?.state).toBe('ok');
  });
});

describe('what the host has for new machines', () => {
  const facts = computer().facts;

  it('keeps a reserve and what running machines may still take', () => {
    expect(freeMemoryMiB({ ...facts, memoryMiB: 32_000, availableMiB: 24_000 }, 0)).toBe(20_000);
    expect(freeMemoryMiB({ ...facts, memoryMiB: 32_000, availableMiB: 24_000 }, 8000)).toBe(12_000);
    expect(freeMemoryMiB({ ...facts, memoryMiB: 2000, availableMiB: 500 }, 0)).toBe(0);
    expect(freeDiskGiB([100 * 1024 ** 3, 30 * 1024 ** 3])).toBe(25);
    expect(freeDiskGiB([])).toBe(0);
  });

  it.each([
    [[system.good, session.good, virtualbox.good], 'libvirt-system'],
    [[system.denied, session.good, virtualbox.good], 'libvirt-session'],
    [[system.absent, session.absent, virtualbox.good], 'virtualbox'],
    [[system.absent, session.absent, virtualbox.noModule], undefined],
  ])('recommends exactly one usable connection', async (connections, best) => {
    const host = hostSchema.parse(await hostOf(computer({ connections })));
    const recommended = host.connections.filter((connection) => connection.recommended);
    expect(recommended.map(({ id }) => id)).toEqual(best ? [best] : []);
    for (const { reason } of recommended) expect(reason).toContain('Recommended: ');
  });
});

describe('the choice of the hypervisor, as a newcomer reads it', () => {
  const emulated = { kind: 'emulated', reason: 'No virtualisation.' } as const;
  const hardware = { kind: 'hardware', reason: 'VT-x.' } as const;
  const read = (...connections: Parameters<typeof recommend>[0]): Record<string, string> =>
    Object.fromEntries(recommend(connections).map(({ id, recommended, reason }) => [id, `${recommended}: ${reason}`]));

  it('libvirt and VirtualBox: one is recommended for what it gives, the other works too', () => {
    const both = read(system.good, { ...virtualbox.good, acceleration: hardware });
    expect(both['libvirt-system']).toMatch(/^true: .*Recommended: each machine has an address of its own/);
    expect(both['virtualbox']).toMatch(/^false: .*It works too, with the same steps: .*forwarded ports/);
  });

  it('VirtualBox is recommended where libvirt could only emulate', () => {
    const slow = read(
      { ...system.good, acceleration: emulated },
      { ...session.good, acceleration: emulated },
      { ...virtualbox.good, acceleration: hardware },
    );
    expect(slow['virtualbox']).toMatch(/^true: .*libvirt \(system\) and libvirt \(session\) would emulate/);
    expect(slow['libvirt-system']).toMatch(/^false: .*It works too, many times slower\./);
  });

  it('only one: it is the one that can be used', () => {
    for (const only of [system.good, session.good, virtualbox.good]) {
      const others = [system.absent, session.absent, virtualbox.absent].filter(({ id }) => id !== only.id);
      expect(read(only, ...others)[only.id]).toMatch(/^true: .*Recommended: it is the one hypervisor that can be used/);
    }
  });

  it('none, or VirtualBox without its kernel module: the reasons stay as they are, and nothing is recommended', () => {
    const none = [system.absent, session.absent, virtualbox.noModule];
    expect(read(...none)).toEqual(Object.fromEntries(none.map(({ id, reason }) => [id, `false: ${reason}`])));
    expect(read(...none)['virtualbox']).toContain('kernel module');
  });
});

describe('on the computer that runs this test', () => {
  it('answers from real facts, also for a folder that is not there yet', async () => {
    const dataFolder = join(await tempFolder(), 'not', 'yet');
    const doctor = createDoctor({ drivers: [createFakeDriver()], dataFolder });
    const host = hostSchema.parse(await doctor.host());
    expect(host.cpus).toBeGreaterThan(0);
    expect(host.freeMemoryMiB).toBeLessThan(host.memoryMiB);
    expect(host.freeDiskGiB).toBeGreaterThanOrEqual(0);
    const all = await doctor.findings();
    expect(all.map(({ id }) => id)).toContain('disk');
    expect(all.find(({ id }) => id === 'disk')?.evidence[0]).toContain(dataFolder);
    await mkdir(dataFolder, { recursive: true });
    expect((await doctor.findings()).find(({ id }) => id === 'disk')?.state).not.toBe('unknown');
  });

  it('asks each hypervisor once when a window opens and wants everything at the same time', async () => {
    const driver = createFakeDriver();
    const doctor = createDoctor({ drivers: [driver], dataFolder: await tempFolder() });
    const [first, second] = await Promise.all([doctor.findings(), doctor.findings(), doctor.host(), doctor.host()]);
    await doctor.host();
    expect(driver.calls.filter((call) => call.startsWith('probe'))).toHaveLength(1);
    expect(second).toBe(first);
  });

  it('stops when the person does not want to know any more, and goes on for the others', async () => {
    const doctor = createDoctor({ drivers: [createFakeDriver()], dataFolder: await tempFolder() });
    await expect(doctor.findings(AbortSignal.abort(new Error('closed')))).rejects.toThrow('closed');
    const leaving = new AbortController();
    const left = doctor.findings(leaving.signal);
    const other = doctor.findings();
    leaving.abort(new Error('closed'));
    await expect(left).rejects.toThrow('closed');
    expect((await other).map(({ id }) => id)).toContain('disk');
  });

  it('says why a driver that breaks its promise cannot be used', async () => {
    const driver = createFakeDriver();
    driver.fail('probe', new Error('libvirt went away'));
    const doctor = createDoctor({ drivers: [driver], dataFolder: await tempFolder() });
    expect((await doctor.host()).connections).toMatchObject([{ usable: false, reason: 'libvirt went away' }]);
    expect((await doctor.findings())[0]).toMatchObject({ id: 'hypervisor', state: 'problem' });
  });
});

describe('an answer that is shared', () => {
  it('is given again until it is too old', async () => {
    let asked = 0;
    const ask = shareRecent(async () => ++asked);
    expect(await Promise.all([ask(0), ask(0)])).toEqual([1, 1]);
    expect(await ask(60_000)).toBe(1);
    expect(await ask(-1)).toBe(2);
  });

  it('is not kept when it was a failure', async () => {
    let asked = 0;
    const ask = shareRecent(() => (++asked === 1 ? Promise.reject(new Error('once')) : Promise.resolve('fine')));
    await expect(Promise.all([ask(60_000), ask(60_000)])).rejects.toThrow('once');
    expect(await ask(60_000)).toBe('fine');
  });
});
