import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kollaAnsible } from '../../main/recipes/kolla-ansible';
import { openstackAnsible } from '../../main/recipes/openstack-ansible';
import { lintYamlVariables } from '../../main/recipes/shared/own-lines';
import { sunbeam } from '../../main/recipes/sunbeam';
import type { RecipeContext } from '../../main/recipes/types';
import { JSON_AS_YAML, scriptMachine, type ScriptMachine } from '../support/script-machine';

const ADDRESS = '192.168.130.10';
const SIZE = { cpus: 8, memoryMiB: 16_384, diskGiB: 100 };
const NOBLE = { id: 'ubuntu-24.04', title: 'Ubuntu 24.04', os: 'ubuntu', release: '24.04' } as const;
const IP = `echo "2: ens3    inet ${ADDRESS}/24 brd 192.168.130.255 scope global ens3"`;

function replay(name: string): string {
  return readFileSync(join(import.meta.dirname, `../fixtures/recipes/${name}.txt`), 'utf8');
}

function context(options: Record<string, unknown>): RecipeContext {
  const passwords = { admin: 'Admin123', database: 'Data123' };
  return { attachment: { address: ADDRESS }, options, passwords, size: SIZE } as unknown as RecipeContext;
}

describe('variables of a person’s own', () => {
  it.each([
    ['a: 1\nb: [', 'This is no YAML'],
    ['- a\n- b', 'Write variables as'],
    ['just words', 'Write variables as'],
    ['a: 1\na: 2', 'This is no YAML'],
    ['taken: 1', 'taken is set by Stackbox itself.'],
    ['"with space": 1', 'Ansible takes no variable'],
  ])('are looked through: %j', (text, message) => {
    expect(lintYamlVariables(text, ['taken'])[0]).toMatchObject({
      severity: 'problem',
      message: expect.stringContaining(message),
    });
  });

  it('name the line, and may be absent', () => {
    expect(lintYamlVariables('# c\na: 1\ntaken: 2\n', ['taken'])).toMatchObject([{ line: 3 }]);
    for (const text of ['', '\n# c\n', 'a: { b: [1, 2] }\nc: "x: y"']) expect(lintYamlVariables(text, [])).toEqual([]);
  });
});

describe('Kolla-Ansible', () => {
  it('matches the branch with the distribution before anything is made', () => {
    const trixie = { id: 'debian-13', title: 'Debian 13', os: 'debian', release: '13' } as const;
    const check = (options: Record<string, unknown>, image: typeof NOBLE | typeof trixie) =>
      kollaAnsible.check?.({ options: kollaAnsible.options.parse(options), image, size: SIZE });
    expect(check({}, NOBLE)).toEqual([]);
    expect(check({}, trixie)).toEqual([]);
    expect(check({ branch: 'stable/2025.2' }, trixie)).toMatchObject([{ field: 'recipe.options.branch' }]);
    expect(check({ globals: 'network_interface: x' }, NOBLE)).toMatchObject([{ field: 'recipe.options.globals' }]);
  });

  it.each(['https://x', 'a b', 'x:port', '$(x)'])('refuses the registry %j', (registry) => {
    expect(kollaAnsible.options.safeParse({ registry }).success).toBe(false);
  });

  it.each(['galaxy.lab', 'https://x/a|e id', 'https://x/&', '$(x)'])(
    'refuses the server of collections %j',
    (address) => {
      expect(kollaAnsible.options.safeParse({ collections: address }).success).toBe(false);
    },
  );

  it('hands passwords to the two steps that need them', async () => {
    for (const { id } of kollaAnsible.data.steps) {
      const env = JSON.stringify(await kollaAnsible.env(context(kollaAnsible.options.parse({})), id));
      expect(env.includes('Admin123'), id).toBe(id === 'configure' || id === 'openrc');
    }
  });

  const configured = async (): Promise<ScriptMachine> => {
    const guest = await scriptMachine(kollaAnsible, { ip: IP });
    const share = 'opt/kolla-ansible/share/kolla-ansible';
    await guest.write('etc/os-release', 'ID=ubuntu\n');
    await guest.write('lib/yaml.py', JSON_AS_YAML);
    await guest.write('opt/kolla-ansible/bin/python3', '#!/bin/sh\nexec python3 "$@"\n', 0o755);
    await guest.write('opt/kolla-ansible/bin/kolla-genpwd', '#!/bin/sh\nexit 0\n', 0o755);
    await guest.write(`${share}/etc_examples/kolla/globals.yml`, '---\n');
    await guest.write(`${share}/etc_examples/kolla/passwords.yml`, '{"keystone_admin_password": null, "x": "kept"}');
    await guest.write(`${share}/ansible/inventory/all-in-one`, '[control]\n');
    return guest;
  };
  const VALUES = {
    ADDRESS,
    HEAT: 'false',
    REGISTRY: '',
    OWN_GLOBALS: '',
    ADMIN_PASSWORD: 'Admin123',
    DATABASE_PASSWORD: 'Data123',
  };

  it('is configured for the interface that has the address', async () => {
    const guest = await configured();
    const values = { ...VALUES, PYTHONPATH: join(guest.root, 'lib') };
    const { code, output } = guest.run('configure', values);
    expect(code, output).toBe(0);
    expect(output).not.toContain('123');
    expect(guest.read('etc/kolla/globals.d/10-stackbox.yml')).toContain(`network_interface: "ens3"\n`);
    expect(guest.read('etc/kolla/globals.d/10-stackbox.yml')).toContain('enable_proxysql: false\n');
    expect(JSON.parse(guest.read('etc/kolla/passwords.yml'))).toEqual({
      keystone_admin_password: 'Admin123',
      database_password: 'Data123',
      x: 'kept',
    });
    const again = guest.run('configure', { ...values, OWN_GLOBALS: 'enable_aodh: true', REGISTRY: 'lab:5000' });
    expect(again.code, again.output).toBe(0);
    expect(guest.read('etc/kolla/globals.d/90-own.yml')).toBe('enable_aodh: true\n');
    expect(guest.read('etc/kolla/globals.d/10-stackbox.yml')).toContain('docker_registry: "lab:5000"');
    expect(guest.run('configure', { ...values, ADDRESS: '10.0.0.1' }).output).toContain('does not have its address');
  });

  it.each([
    ['kolla-ansible-replay-deploy', 0, 0, 'kolla-ansible deploy came to its end'],
    ['kolla-ansible-replay-deploy-failed', 2, 1, 'Ansible ended with exit code 2'],
    // Whatever its exit code says.
    ['kolla-ansible-replay-deploy-failed', 0, 1, 'did not account for a good end'],
    ['sunbeam-replay-configure', 0, 1, 'did not account for a good end'],
  ])('is held to its recap: %s with exit code %d', async (name, exit, code, message) => {
    const guest = await scriptMachine(kollaAnsible, { 'kolla-ansible': `cat "$ROOT/said"; exit ${exit}` });
    await guest.write('said', replay(name));
    const result = guest.run('deploy', { ADDRESS, COMMAND: 'deploy' });
    expect(result.output).toContain(message);
    expect(result.code === 0 ? 0 : 1).toBe(code);
    expect(guest.calls('kolla-ansible')[0]).toMatch(/^deploy -i .*\/etc\/kolla\/all-in-one$/);
  });
});

describe('OpenStack-Ansible', () => {
  const laidOut = async (files: Readonly<Record<string, unknown>>): Promise<ScriptMachine> => {
    const guest = await scriptMachine(openstackAnsible, {});
    await guest.write('lib/yaml.py', JSON_AS_YAML);
    await guest.write('opt/ansible-runtime/bin/python3', '#!/bin/sh\nexec python3 "$@"\n', 0o755);
    for (const [name, data] of Object.entries(files))
      await guest.write(`etc/openstack_deploy/${name}`, JSON.stringify(data));
    return guest;
  };
  const overrides = (guest: ScriptMachine, own = '') =>
    guest.run('overrides', {
      OWN_VARIABLES: own,
      ADMIN_PASSWORD: 'Admin123',
      PYTHONPATH: join(guest.root, 'lib'),
    });
  const read = (guest: ScriptMachine, name: string): unknown =>
    JSON.parse(guest.read(`etc/openstack_deploy/${name}.yml`));

  it('is patched between lay-out and install: the password of the card, and pools that small disks can carry', async () => {
    const guest = await laidOut({
      'user_secrets.yml': { keystone_auth_admin_password: 'old', other: 'kept' },
      'user_variables_ceph.yml': { is_hci: true, ceph_conf_overrides_custom: { global: { mon_max_pg_per_osd: 500 } } },
    });
    for (let turn = 0; turn < 2; turn++) {
      const { code, output } = overrides(guest, '{"debug": false}');
      expect(code, output).toBe(0);
      expect(output).not.toContain('Admin123');
    }
    expect(read(guest, 'user_secrets')).toEqual({ keystone_auth_admin_password: 'Admin123', other: 'kept' });
    expect(read(guest, 'user_variables_ceph')).toEqual({
      is_hci: true,
      ceph_conf_overrides_custom: {
        global: { mon_max_pg_per_osd: 500, osd_pool_default_pg_num: 8, osd_pool_default_pgp_num: 8 },
      },
    });
    expect(read(guest, 'user_variables_zz_own')).toEqual({ debug: false });
    expect(overrides(guest).code).toBe(0);
    expect(() => read(guest, 'user_variables_zz_own')).toThrow('ENOENT');
  });

  it('makes no file for Ceph where there is none, and refuses what was not laid out', async () => {
    const guest = await laidOut({ 'user_secrets.yml': {} });
    expect(overrides(guest).code).toBe(0);
    expect(() => read(guest, 'user_variables_ceph')).toThrow('ENOENT');
    const empty = overrides(await laidOut({}));
    expect(empty.code).toBe(1);
    expect(empty.output).toContain('There is no user_secrets.yml');
  });

  it.each([
    ['openstack-ansible-replay-setup-infrastructure', 0, true],
    ['openstack-ansible-replay-setup-infrastructure-failed', 2, false],
    // A recap without failures, but the wrapper never said that it was the end.
    ['kolla-ansible-replay-deploy', 0, false],
  ])('goes on only after its success notice: %s', async (name, exit, good) => {
    const guest = await scriptMachine(openstackAnsible, {});
    await guest.write('opt/openstack-ansible/x', '');
    await guest.write('said', replay(name));
    await guest.write('usr/local/bin/openstack-ansible', `#!/bin/sh\ncat "$ROOT/said"; exit ${exit}\n`, 0o755);
    const { code, output } = guest.run('setup-infrastructure', { ADDRESS, PLAYBOOK: 'openstack.osa.x' });
    expect(code === 0, output.slice(-300)).toBe(good);
    expect(output.includes('openstack.osa.x came to its end')).toBe(good);
  });

  it('asks by the endpoints that need no certificate', async () => {
    const guest = await scriptMachine(openstackAnsible, {
      getent: 'echo "ubuntu:x:1000:1000::/home/ubuntu:/bin/bash"',
      chown: '',
    });
    const env = await openstackAnsible.env(context(openstackAnsible.options.parse({})), 'openrc');
    const { code, output } = guest.run('openrc', { ...env, OPENRC: join(guest.root, 'etc/stackbox/admin-openrc') });
    expect(code, output).toBe(0);
    const written = guest.read('etc/stackbox/admin-openrc');
    expect(written.match(/^export OS_INTERFACE=.*$/gm)).toEqual(['export OS_INTERFACE=internal']);
    expect(written).toContain('export OS_AUTH_URL=http://172.29.236.101:5000/v3\n');
  });

  it('runs the three playbooks in their order', async () => {
    const books = openstackAnsible.data.steps.filter(({ script }) => script === 'run-playbook.sh');
    const env = await Promise.all(
      books.map(async ({ id }) => openstackAnsible.env(context(openstackAnsible.options.parse({})), id)),
    );
    expect(env.map((one) => one['PLAYBOOK'])).toEqual([
      'openstack.osa.setup_hosts',
      'openstack.osa.setup_infrastructure',
      'openstack.osa.setup_openstack',
    ]);
  });

  it.each(['33', '33.0.1; x', '../33.0.1', 'stable/2026.3'])('refuses the version %j', (version) => {
    expect(openstackAnsible.options.safeParse({ version }).success).toBe(false);
  });
});

describe('Sunbeam', () => {
  const node = (body: string): Promise<ScriptMachine> =>
    scriptMachine(sunbeam, {
      getent: 'echo "ubuntu:x:1000:1000::$ROOT/user:/bin/bash"',
      runuser: 'exec bash -c "$4"',
      sleep: 'exec /bin/sleep 0.1',
      sunbeam: body,
    });
  const LOG = 'logs=$ROOT/user/snap/openstack/common/logs; /bin/sleep 1; mkdir -p "$logs"';

  it('shows the steps of its log and nothing else of it, and is done when it said so', async () => {
    const guest = await node(`${LOG}; cp "$ROOT/log" "$logs/sunbeam-2.log"; /bin/sleep 2; cat "$ROOT/said"`);
    await guest.write('log', replay('sunbeam-replay-log-file'));
    await guest.write('said', 'Node has been bootstrapped with roles: control, compute\n');
    const { code, output } = guest.run('bootstrap');
    expect(code, output).toBe(0);
    expect(output).toContain("Starting step 'Deploying OpenStack Control Plane'\n");
    expect(output).not.toContain('SECRET');
    expect(guest.calls('sunbeam')).toEqual(['cluster bootstrap --accept-defaults --role control,compute']);
  });

  it('hands on how it failed, and is not done without its last words', async () => {
    const failed = (await node(`echo 'Error: no'; exit 1`)).run('bootstrap');
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('Error: no\n');
    expect(failed.output).toContain('sunbeam ended with exit code 1');
    expect((await node('echo fine')).run('bootstrap').output).toContain('ended without its final words');
  });

  it('makes no demo project where none is wanted', async () => {
    const guest = await node('exit 1');
    expect(guest.run('configure', { DEMO: 'no' }).code).toBe(0);
    expect(guest.calls('sunbeam')).toEqual([]);
  });

  it.each(['x y', '2024.1/stabel', '--classic', 'a/b/c'])('refuses the channel %j', (channel) => {
    expect(sunbeam.options.safeParse({ channel }).success).toBe(false);
  });
});

describe('the sizes that the projects themselves demand', () => {
  it.each([
    [kollaAnsible, { cpus: 2, memoryMiB: 8192, diskGiB: 40 }],
    [openstackAnsible, { cpus: 8, memoryMiB: 8192, diskGiB: 60 }],
    [sunbeam, { cpus: 4, memoryMiB: 16_384, diskGiB: 100 }],
  ])('are the least of the recipe (%#)', ({ data }, least) => {
    expect(data.least).toEqual(least);
    expect(data.title).toContain('(preview)');
  });
});
