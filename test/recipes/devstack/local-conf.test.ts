import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { lintLocalConf } from '../../../main/recipes/devstack/lint';
import type { ConfigEdit } from '../../../main/contract/config-edits';
import { finishedFile } from '../../../main/recipes/config-file';
import { devstack } from '../../../main/recipes/devstack';
import { sectionsOf } from '../../../main/recipes/devstack/local-conf-text';
import { localConfValues, tenantRange, type LocalConfInput } from '../../../main/recipes/devstack/local-conf-values';
import { releases } from '../../../main/recipes/devstack/releases';

const PASSWORDS = {
  admin: 'AdminAdminAdmin12345',
  database: 'DataData234567',
  rabbit: 'Rabbit2345',
  service: 'Service23456',
};

interface Wanted extends Omit<LocalConfInput, 'size'> {
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly diskGiB: number;
  /** Besides the defaults. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The file as the machine gets it. */
function localConf(part: Partial<Wanted> = {}): string {
  const { options, cpus, memoryMiB, diskGiB, ...rest } = {
    options: {},
    address: '192.168.130.10',
    subnet: '192.168.130.0/24',
    cpus: 4,
    memoryMiB: 10_240,
    diskGiB: 60,
    passwords: PASSWORDS,
    evidence: { kvm: true, emulated: false, zswap: true, branch: 'stable/2026.1' },
    ...part,
  };
  const size = { cpus, memoryMiB, diskGiB };
  const wish = { options: devstack.options.parse(options), size };
  return finishedFile(devstack, 'localConf', wish, localConfValues({ ...rest, size }));
}

/** Runs the localrc section as DevStack does, in bash, and gives its variables and services. */
function sourced(text: string): Record<string, string> {
  const section = sectionsOf(text).find(({ file }) => file === 'localrc');
  const script = `set -eu
services=
disable_all_services() { services=; }
enable_service() { services="$services $*"; }
enable_plugin() { plugin="$*"; }
before=$(compgen -v)
eval "$(cat)"
for name in $(compgen -v); do [ "$name" = before ] || grep -qx "$name" <<<"$before" || echo "$name=\${!name}"; done
echo "services=$services"`;
  const out = execFileSync('bash', ['--norc', '-c', script], {
    input: section?.lines.join('\n') ?? '',
    encoding: 'utf8',
  });
  return Object.fromEntries(
    out
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

describe('local.conf', () => {
  it.each(releases.presets.flatMap(({ id }) => releases.branches.map(({ name }) => [id, name] as const)))(
    'of %s on %s is bash without a mistake that the linter knows',
    (preset, branch) => {
      const text = localConf({ options: { preset, branch, tempest: true } });
      expect(lintLocalConf(text)).toEqual([]);
      const values = sourced(text);
      expect(values).toMatchObject({
        ADMIN_PASSWORD: PASSWORDS.admin,
        HOST_IP: '192.168.130.10',
        SERVICE_HOST: '192.168.130.10',
        LOGFILE: '/opt/stack/logs/stack.sh.log',
        VERBOSE: 'True',
        LOG_COLOR: 'False',
        GIT_BASE: 'https://opendev.org',
      });
      const services = values['services']?.trim().split(/\s+/) ?? [];
      expect(services).toEqual(expect.arrayContaining(['key', 'mysql', 'rabbit', 'tempest']));
      expect(new Set(services).size).toBe(services.length);
    },
  );

  it('names services as the branch does', () => {
    expect(localConf({ options: { branch: 'stable/2025.1' } })).toMatch(/q-ovn-metadata-agent$/m);
    expect(localConf({ options: { branch: 'stable/2025.2' } })).toMatch(/q-ovn-agent$/m);
  });

  it('has what belongs to its preset and nothing else', () => {
    const identity = localConf({ options: { preset: 'identity' } });
    expect(identity).not.toMatch(/LIBVIRT_TYPE|VOLUME_BACKING|SWIFT_HASH|tempest|horizon|n-cpu/);
    expect(localConf({ options: { preset: 'compute' } })).not.toMatch(/horizon|c-vol/);
    expect(localConf({ options: { preset: 'object-store' } })).toMatch(/^SWIFT_HASH=[0-9a-f]{20}$/m);
    const evidence = { kvm: false, emulated: false, zswap: true, branch: 'unmaintained/2025.1' };
    const options = { preset: 'heat', branch: 'stable/2025.1', gitBase: 'http://10.1.1.1/git' };
    const heat = localConf({ options, evidence });
    expect(heat).toContain('\nenable_plugin heat http://10.1.1.1/git/openstack/heat unmaintained/2025.1\n');
  });

  it('follows what the machine is', () => {
    const slow = { kvm: false, emulated: true, zswap: true, branch: 'master' };
    const small = sourced(
      localConf({ evidence: slow, memoryMiB: 4096, cpus: 1, diskGiB: 24, options: { shallow: true } }),
    );
    expect(small).toMatchObject({
      LIBVIRT_TYPE: 'qemu',
      SERVICE_TIMEOUT: '900',
      API_WORKERS: '1',
      ENABLE_ZSWAP: 'True',
      VOLUME_BACKING_FILE_SIZE: '8G',
      GIT_DEPTH: '1',
    });
    const large = sourced(localConf({ memoryMiB: 24_576, cpus: 16, diskGiB: 200 }));
    expect(large).toMatchObject({
      LIBVIRT_TYPE: 'kvm',
      SERVICE_TIMEOUT: '120',
      API_WORKERS: '4',
      VOLUME_BACKING_FILE_SIZE: '30G',
    });
    expect(large).not.toHaveProperty('ENABLE_ZSWAP');
  });

  it('asks the kernel for nothing that it does not have: stack.sh would end there', () => {
    const evidence = { kvm: false, emulated: true, zswap: false, branch: 'master' };
    expect(sourced(localConf({ evidence, memoryMiB: 4096 }))).toMatchObject({ ENABLE_ZSWAP: 'False' });
  });

  it('merges the memory of instances only where there are some', () => {
    const identity = sourced(localConf({ options: { preset: 'identity' } }));
    expect(identity).toMatchObject({ ENABLE_KSM: 'False', ENABLE_KSMTUNED: 'False' });
    expect(localConf({ options: { preset: 'compute' } })).not.toContain('KSM');
  });

  it('keeps tenant networks clear of the machine, of NAT and of floating addresses', () => {
    expect(tenantRange('192.168.130.0/24')).toBe('10.20.0.0/22');
    expect(tenantRange('10.0.2.0/24')).toBe('10.20.0.0/22');
    expect(tenantRange('10.20.3.0/24')).toBe('10.60.0.0/22');
    expect(tenantRange('10.0.0.0/8')).toBe('192.168.240.0/22');
    const values = sourced(localConf({ subnet: '10.20.0.0/16', address: '10.20.0.9' }));
    expect(values['FIXED_RANGE']).toBe('10.60.0.0/22');
    expect(values['IPV4_ADDRS_SAFE_TO_USE']).toBe(values['FIXED_RANGE']);
  });

  it.each([
    ['is missing', {}],
    ['has a symbol', { ...PASSWORDS, rabbit: 'a$(reboot)' }],
    ['is too long', { ...PASSWORDS, admin: 'a'.repeat(21) }],
  ])('is not written when a password %s', (_, passwords) => {
    expect(() => localConf({ passwords })).toThrow('password that DevStack takes');
  });

  it('takes a person’s own lines as its last', () => {
    const ownLines = `MYSQL_REDUCE_MEMORY=False
SERVICE_TIMEOUT=77
[[post-config|$NOVA_CONF]]
[DEFAULT]
debug = True
`;
    const text = localConf({ options: { localConf: ownLines } });
    expect(sectionsOf(text).map(({ phase, file }) => `${phase ?? ''}|${file}`)).toEqual([
      '|',
      'local|localrc',
      'post-config|$NOVA_CONF',
    ]);
    expect(sourced(text)).toMatchObject({ MYSQL_REDUCE_MEMORY: 'False', SERVICE_TIMEOUT: '77' });
    expect(text).toMatch(/\[\[post-config\|\$NOVA_CONF\]\]\n\[DEFAULT\]\ndebug = True\n$/);
  });

  it('gets the edits of the plan, and fills in placeholders that a person has put elsewhere', () => {
    const edit: ConfigEdit = {
      line: 1,
      before: [],
      remove: ['SERVICE_TIMEOUT={{SERVICE_TIMEOUT}}'],
      add: ['SERVICE_TIMEOUT=1234', 'MY_PASSWORD={{ADMIN_PASSWORD}}', 'OTHER={{UNKNOWN}}', "A='$& $1'"],
      after: [],
    };
    const values = sourced(localConf({ options: { localConf: [edit] } }));
    expect(values).toMatchObject({
      SERVICE_TIMEOUT: '1234',
      MY_PASSWORD: PASSWORDS.admin,
      OTHER: '{{UNKNOWN}}',
      A: '$& $1',
    });
  });

  it('keeps a person’s line when a cure has changed what the form says there', () => {
    const remove = ['SERVICE_TIMEOUT={{SERVICE_TIMEOUT}}'];
    const edit: ConfigEdit = { line: 1, before: [], remove, add: ['SERVICE_TIMEOUT=300'], after: [] };
    const text = localConf({ options: { serviceTimeout: 1800, localConf: [edit] } });
    expect(text.match(/^SERVICE_TIMEOUT=.*$/gm)).toEqual(['SERVICE_TIMEOUT=300']);
  });

  it('brings the plugins of the plan: each once, Heat for Magnum, others with address and branch', () => {
    const text = localConf({
      options: {
        preset: 'heat',
        plugins: ['octavia', 'magnum', 'skydive'],
        otherPlugins: '# mine\nfoo https://git.lab/foo.git feature/x\n\nbar http://git.lab/bar',
      },
    });
    expect(text.match(/^enable_plugin .*$/gm)).toEqual([
      'enable_plugin heat https://opendev.org/openstack/heat stable/2026.1',
      'enable_plugin octavia https://opendev.org/openstack/octavia stable/2026.1',
      'enable_plugin magnum https://opendev.org/openstack/magnum stable/2026.1',
      'enable_plugin skydive https://github.com/skydive-project/skydive.git master',
      'enable_plugin foo https://git.lab/foo.git feature/x',
      'enable_plugin bar http://git.lab/bar stable/2026.1',
    ]);
    expect(text).toMatch(/^enable_service octavia o-api o-cw o-hm o-hk o-da$/m);
    // Its own is the name of no archive.
    expect(text).toMatch(/^GO_VERSION=1\.21\.\d+$/m);
    expect(localConf({ options: { plugins: ['octavia'] } })).not.toContain('GO_VERSION');
    expect(localConf({ options: { plugins: ['magnum'] } }).match(/^enable_plugin \S+/gm)).toEqual([
      'enable_plugin heat',
      'enable_plugin magnum',
    ]);
    expect(lintLocalConf(text)).toEqual([]);
  });
});
