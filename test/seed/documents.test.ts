/** The cloud-init documents, read back as cloud-init does: YAML 1.1. */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { automaticSwapMiB, buildSeed, generateSshKey, previewSeed, type SeedInput } from '../../main/seed';

const GIB = 1024 ** 3;
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';

function input(changes: Partial<SeedInput> = {}): SeedInput {
  return {
    machineId: 'm-0123456789ab',
    hostname: 'cloud-1',
    user: 'debian',
    authorizedKey: 'ssh-ed25519 AAAAC3Nz stackbox-cloud-1',
    hostKey: { privateKey: 'PRIVATE KEY\nSECOND LINE\n', publicKey: 'ssh-ed25519 BBBBC3Nz cloud-1' },
    mac: '52:54:00:12:34:56',
    os: 'debian',
    memoryMiB: 4096,
    diskBytes: 100 * GIB,
    swapMiB: 'auto',
    ...changes,
  };
}

const userDataSchema = z.looseObject({
  users: z.array(z.looseObject({})),
  write_files: z.array(z.looseObject({ path: z.string(), content: z.string() })),
  bootcmd: z.array(z.unknown()).optional(),
  runcmd: z.array(z.unknown()),
  apt: z.unknown().optional(),
  swap: z.unknown().optional(),
});

function userData(changes: Partial<SeedInput> = {}): z.infer<typeof userDataSchema> {
  return userDataSchema.parse(parse(buildSeed(input(changes)).userData, { version: '1.1' }));
}

function file(path: string, changes: Partial<SeedInput>): string | undefined {
  return userData(changes).write_files.find((each) => each.path === path)?.content;
}

test('user, host key and host name are as given, and only keys open the door', () => {
  expect(buildSeed(input()).userData).toMatch(/^#cloud-config\n/);
  expect(userData()).toMatchObject({
    hostname: 'cloud-1',
    users: [{ name: 'debian', sudo: 'ALL=(ALL) NOPASSWD:ALL', ssh_authorized_keys: [input().authorizedKey] }],
    ssh_pwauth: false,
    disable_root: true,
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: 'PRIVATE KEY\nSECOND LINE\n', ed25519_public: 'ssh-ed25519 BBBBC3Nz cloud-1' },
    package_update: false,
  });
});

test('a MAC address of digits stays text for a reader of YAML 1.1', () => {
  const { networkConfig, metaData } = buildSeed(input());
  expect(parse(networkConfig, { version: '1.1' })).toEqual({
    version: 2,
    ethernets: { nic0: { match: { macaddress: '52:54:00:12:34:56' }, dhcp4: true } },
  });
  expect(networkConfig).toContain('"52:54:00:12:34:56"');
  expect(parse(metaData, { version: '1.1' })).toEqual({
    'instance-id': 'm-0123456789ab',
    'local-hostname': 'cloud-1',
  });
});

test('a second interface has its fixed address, no route, and no boot waits for it', () => {
  const hostOnly = { mac: '0e:00:27:12:34:56', address: '192.168.56.17/24' };
  const { networkConfig } = buildSeed(input({ hostOnly }));
  expect(parse(networkConfig, { version: '1.1' })).toEqual({
    version: 2,
    ethernets: {
      nic0: { match: { macaddress: '52:54:00:12:34:56' }, dhcp4: true },
      nic1: { match: { macaddress: hostOnly.mac }, dhcp4: false, addresses: [hostOnly.address], optional: true },
    },
  });
});

test.each([
  [{ mac: '52:54:00:12:34:56', address: '192.168.56.17/24' }],
  [{ mac: '0E:00:27:12:34:56', address: '192.168.56.17/24' }],
  [{ mac: '0e:00:27:12:34:56', address: '192.168.56.17' }],
  [{ mac: '0e:00:27:12:34:56', address: '192.168.56.17/24\n    gateway4: 192.168.56.1' }],
  [{ mac: '0e:00:27:12:34:56', address: '' }],
])('a second interface that makes no sense is refused: %j', (hostOnly) => {
  expect(() => buildSeed(input({ hostOnly }))).toThrow(expect.objectContaining({ code: 'bad-input' }) as Error);
});

test.each([
  [1024, 100, 2048],
  [6144, 100, 6144],
  [32_768, 100, 8192],
  [4096, 10, 1024],
])('automatic swap for %i MiB of memory and %i GiB of disk is %i MiB', (memory, disk, swap) => {
  expect(automaticSwapMiB(memory, disk * GIB)).toBe(swap);
});

test('swap of a chosen size, and none', () => {
  expect(userData({ swapMiB: 512 }).swap).toEqual({ filename: '/swap.img', size: 512 * 1024 * 1024 });
  expect(userData({ swapMiB: 0 }).swap).toBeUndefined();
});

test('a proxy reaches logins, jobs, apt and dnf, and nothing in it can end a quote', () => {
  const proxy = "http://me:p'a$(x)`&;@proxy.example:3128";
  const noProxy = ['.example.org', '10.0.0.0/8'];
  const safe = 'http://me:p%27a%24%28x%29%60%26%3B@proxy.example:3128/';
  const environment = file('/etc/environment', { proxy, noProxy }) ?? '';
  expect(environment.split('\n')).toContain(`https_proxy=${safe}`);
  expect(environment).toContain('NO_PROXY=localhost,127.0.0.1,::1,cloud-1,.example.org,10.0.0.0/8\n');
  expect(file('/etc/profile.d/stackbox-proxy.sh', { proxy })).toContain(`export HTTP_PROXY='${safe}'\n`);
  expect(userData({ proxy }).apt).toMatchObject({ proxy: safe, preserve_sources_list: true });
  expect(file('/etc/dnf/dnf.conf', { proxy, os: 'rocky' })).toBe(`proxy=${safe}\n`);
  expect(userData({ proxy, os: 'centos' }).apt).toBeUndefined();
});

test('an emulated guest leaves programs at the same addresses, from its first boot on; another one does not', () => {
  expect(file('/etc/sysctl.d/60-stackbox-emulated.conf', { emulated: true })).toBe('kernel.randomize_va_space = 0\n');
  expect(userData({ emulated: true }).bootcmd).toEqual(['echo 0 >/proc/sys/kernel/randomize_va_space']);
  expect(buildSeed(input()).userData).not.toContain('randomize_va_space');
});

test("an image of the person's own gets no empty list, which cloud-init refuses", () => {
  expect(buildSeed(input({ os: 'other' })).userData).not.toContain('write_files');
});

test('a mirror replaces the package sources, security of Ubuntu too', () => {
  const packageMirror = 'http://mirror.example/ubuntu';
  const there = [{ arches: ['default'], uri: packageMirror }];
  expect(userData({ os: 'ubuntu', packageMirror }).apt).toEqual({
    preserve_sources_list: false,
    primary: there,
    security: there,
  });
});

test('certificates go to the place where the family of the image looks', () => {
  expect(file('/usr/local/share/ca-certificates/stackbox-1.crt', { certificates: [PEM] })).toBe(`${PEM}\n`);
  expect(JSON.stringify(userData({ certificates: [PEM] }).runcmd)).toContain('ca-certificates.crt');
  const rocky = { os: 'rocky', certificates: [PEM, PEM] } as const;
  expect(file('/etc/pki/ca-trust/source/anchors/stackbox-2.pem', rocky)).toBe(`${PEM}\n`);
  expect(userData(rocky).runcmd).toContainEqual(['update-ca-trust', 'extract']);
  expect(file('/etc/pip.conf', rocky)).toContain('/etc/pki/tls/certs/ca-bundle.crt');
});

test('a preview holds no key and no password', () => {
  const hostKey = generateSshKey('secret');
  const { machineId: _id, mac: _mac, authorizedKey: _key, ...known } = input({ hostKey });
  const proxy = 'http://me:hunter2@proxy.example:3128';
  for (const preview of [previewSeed({ ...known, proxy }), previewSeed({ ...input({ hostKey }), proxy })]) {
    const all = Object.values(preview).join('\n');
    expect(all).not.toContain('hunter2');
    expect(all).not.toContain(hostKey.privateKey.split('\n')[1]);
    expect(all).toContain('proxy.example:3128');
  }
  const early = previewSeed({ ...known, proxy });
  expect(early.networkConfig).toContain('(made when the cloud is created)');
  expect(early.userData).toContain('(made when the cloud is created)');
});

test.each<[string, Partial<SeedInput>]>([
  ['hostname', { hostname: 'a\nruncmd: [reboot]' }],
  ['user', { user: 'root' }],
  ['user', { user: 'a b' }],
  ['mac', { mac: '52:54:00:12:34' }],
  ['authorizedKey', { authorizedKey: 'ssh-ed25519 AAAA x\nssh-ed25519 BBBB y' }],
  ['proxy', { proxy: 'javascript:alert(1)' }],
  ['noProxy', { noProxy: ["a'; reboot; '"] }],
  ['packageMirror', { packageMirror: 'file:///etc' }],
  ['packageMirror', { packageMirror: 'http://mirror.example', os: 'rocky' }],
  ['locale', { locale: '$(reboot)' }],
])('a wrong %s is refused', (field, changes) => {
  expect(() => buildSeed(input(changes))).toThrow(expect.objectContaining({ code: 'bad-input', facts: { field } }));
});
