import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { lintLocalConf } from '../../../main/recipes/devstack/lint';
import { localConf, tenantRange, type LocalConfInput } from '../../../main/recipes/devstack/local-conf';
import { joinOwnLines, sectionsOf } from '../../../main/recipes/devstack/local-conf-text';
import { releases } from '../../../main/recipes/devstack/releases';

const PASSWORDS = {
  admin: 'AdminAdminAdmin12345',
  database: 'DataData234567',
  rabbit: 'Rabbit2345',
  service: 'Service23456',
};

function input(part: Partial<LocalConfInput> = {}): LocalConfInput {
  return {
    branch: 'stable/2026.1',
    preset: 'standard',
    gitBase: 'https://opendev.org',
    shallow: false,
    tempest: false,
    serviceTimeout: 0,
    ownLines: '',
    address: '192.168.130.10',
    subnet: '192.168.130.0/24',
    cpus: 4,
    memoryMiB: 10_240,
    diskGiB: 60,
    passwords: PASSWORDS,
    evidence: { kvm: true, emulated: false, zswap: true, branch: 'stable/2026.1' },
    ...part,
  };
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
  const out = execFileSync('bash', ['-c', script], { input: section?.lines.join('\n') ?? '', encoding: 'utf8' });
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
      const text = localConf(input({ preset, branch, tempest: true }));
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
    expect(localConf(input({ branch: 'stable/2025.1' }))).toMatch(/q-ovn-metadata-agent$/m);
    expect(localConf(input({ branch: 'stable/2025.2' }))).toMatch(/q-ovn-agent$/m);
  });

  it('has what belongs to its preset and nothing else', () => {
    const identity = localConf(input({ preset: 'identity' }));
    expect(identity).not.toMatch(/LIBVIRT_TYPE|VOLUME_BACKING|SWIFT_HASH|tempest|horizon|n-cpu/);
    expect(localConf(input({ preset: 'compute' }))).not.toMatch(/horizon|c-vol/);
    expect(localConf(input({ preset: 'object-store' }))).toMatch(/^SWIFT_HASH=[0-9a-f]{20}$/m);
    const evidence = { kvm: false, emulated: false, zswap: true, branch: 'unmaintained/2025.1' };
    const heat = localConf(
      input({ preset: 'heat', branch: 'stable/2025.1', gitBase: 'http://10.1.1.1/git', evidence }),
    );
    expect(heat).toContain('\nenable_plugin heat http://10.1.1.1/git/openstack/heat unmaintained/2025.1\n');
  });

  it('follows what the machine is', () => {
    const slow = { kvm: false, emulated: true, zswap: true, branch: 'master' };
    const small = sourced(localConf(input({ evidence: slow, memoryMiB: 4096, cpus: 1, diskGiB: 24, shallow: true })));
    expect(small).toMatchObject({
      LIBVIRT_TYPE: 'qemu',
      SERVICE_TIMEOUT: '900',
      API_WORKERS: '1',
      ENABLE_ZSWAP: 'True',
      VOLUME_BACKING_FILE_SIZE: '8G',
      GIT_DEPTH: '1',
    });
    const large = sourced(localConf(input({ memoryMiB: 24_576, cpus: 16, diskGiB: 200 })));
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
    expect(sourced(localConf(input({ evidence, memoryMiB: 4096 })))).not.toHaveProperty('ENABLE_ZSWAP');
  });

  it('merges the memory of instances only where there are some', () => {
    const identity = sourced(localConf(input({ preset: 'identity' })));
    expect(identity).toMatchObject({ ENABLE_KSM: 'False', ENABLE_KSMTUNED: 'False' });
    expect(localConf(input({ preset: 'compute' }))).not.toContain('KSM');
  });

  it('keeps tenant networks clear of the machine, of NAT and of floating addresses', () => {
    expect(tenantRange('192.168.130.0/24')).toBe('10.20.0.0/22');
    expect(tenantRange('10.0.2.0/24')).toBe('10.20.0.0/22');
    expect(tenantRange('10.20.3.0/24')).toBe('10.60.0.0/22');
    expect(tenantRange('10.0.0.0/8')).toBe('192.168.240.0/22');
    const values = sourced(localConf(input({ subnet: '10.20.0.0/16', address: '10.20.0.9' })));
    expect(values['FIXED_RANGE']).toBe('10.60.0.0/22');
    expect(values['IPV4_ADDRS_SAFE_TO_USE']).toBe(values['FIXED_RANGE']);
  });

  it.each([
    ['is missing', {}],
    ['has a symbol', { ...PASSWORDS, rabbit: 'a$(reboot)' }],
    ['is too long', { ...PASSWORDS, admin: 'a'.repeat(21) }],
  ])('is not written when a password %s', (_, passwords) => {
    expect(() => localConf(input({ passwords }))).toThrow('password that DevStack takes');
  });

  it('puts a person’s lines where they belong, behind its own', () => {
    const ownLines = `MYSQL_REDUCE_MEMORY=False
[[post-config|$NOVA_CONF]]
[DEFAULT]
debug = True
[[local|localrc]]
SERVICE_TIMEOUT=77
`;
    const text = localConf(input({ ownLines }));
    expect(sectionsOf(text).map(({ phase, file }) => `${phase ?? ''}|${file}`)).toEqual([
      '|',
      'local|localrc',
      'post-config|$NOVA_CONF',
    ]);
    expect(sourced(text)).toMatchObject({ MYSQL_REDUCE_MEMORY: 'False', SERVICE_TIMEOUT: '77' });
    expect(text).toMatch(/\[\[post-config\|\$NOVA_CONF\]\]\n\[DEFAULT\]\ndebug = True\n$/);
  });

  it('is as it was when there are no lines of one’s own', () => {
    expect(joinOwnLines('[[local|localrc]]\nA=1\n', ' \n\n')).toBe('[[local|localrc]]\nA=1\n');
  });
});
