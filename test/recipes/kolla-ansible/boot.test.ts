import { mkdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kollaAnsible } from '../../../main/recipes/kolla-ansible';
import { scriptMachine, type ScriptMachine } from '../../support/script-machine';
import { wholeRecipe } from '../../support/whole-recipe';

const ADDRESS = '192.168.130.10';
const LOG = 'var/log/kolla/mariadb/mariadb.log';

/** A machine whose containers, interfaces and settings stand in files. Words as Docker 28, iproute2 6.1 and systemd 255 take them. */
async function machine(): Promise<ScriptMachine> {
  const guest = await scriptMachine(wholeRecipe(kollaAnsible, ['/var/log/kolla', '/run/stackbox']), {
    hostname: 'echo cloud-1',
    getent: 'awk -v name="$2" \'{ for (i = 2; i <= NF; i++) if ($i == name) print $1 " STREAM" }\' "$ROOT/etc/hosts"',
    ip: '[ ! -e "$ROOT/sbext0" ] || echo "3: sbext0: <BROADCAST,NOARP,UP,LOWER_UP> mtu 1500"; [ -e "$ROOT/sbext0" ]',
    sysctl: `case $1 in
  -n) value=$(grep "^$2=" "$ROOT/kernel") || exit 255; echo "\${value#*=}" ;;
  -q) sed -i "/^\${3%%=*}=/d" "$ROOT/kernel"; echo "$3" >>"$ROOT/kernel" ;;
esac`,
    modprobe: '',
    sleep: 'exec /bin/sleep 0.05',
    // Containers: a line each, with the state of its unit and its health. A restart heals those that are in `curable`.
    docker: '[ "$1" = inspect ] && awk -v name="$4" \'$1 == name { print $3 }\' "$ROOT/containers"',
    systemctl: `case $1 in
  list-unit-files) awk '{ print "kolla-" $1 "-container.service enabled enabled" }' "$ROOT/containers" ;;
  is-active) name=\${2#kolla-}; awk -v name="\${name%-container.service}" '$1 == name { print $2 }' "$ROOT/containers" ;;
  is-enabled) grep -q ^mariadb "$ROOT/containers" ;;
  restart) name=\${2#kolla-}; name=\${name%-container.service}
    [ "$2" != stackbox-external.service ] || : >"$ROOT/sbext0"
    ! grep -qx "$name" "$ROOT/curable" || sed -i "s/^$name .*/$name active healthy/" "$ROOT/containers" ;;
esac`,
  });
  await guest.write('etc/hosts', `127.0.0.1 localhost\n${ADDRESS} cloud-1\n`);
  await guest.write('etc/sysctl.conf', '# Own\nvm.swappiness=1\nnet.bridge.bridge-nf-call-iptables=1\n');
  await guest.write('kernel', 'net.bridge.bridge-nf-call-iptables=1\nvm.swappiness=60\n');
  await mkdir(join(guest.root, 'run'));
  await guest.write('sbext0', '');
  await guest.write('curable', 'nova_compute\nrabbitmq\n');
  await guest.write(
    'containers',
    'keystone active healthy\nmariadb active healthy\nrabbitmq active healthy\ncron active\n',
  );
  return guest;
}

const CHECKS = ['names', 'interface', 'sysctl', 'database', 'containers'];

describe('what a boot takes away from Kolla-Ansible', () => {
  it('has the checks of this test, in an order in which one does not need a later one', () => {
    expect(kollaAnsible.data.repairs.map(({ id }) => id)).toEqual(CHECKS);
  });

  it.each(CHECKS)('%s: nothing is missed in a machine that is well', async (id) => {
    const guest = await machine();
    const { code, output } = guest.run(`check-${id}`, { ADDRESS });
    expect(code, output).toBe(0);
    expect(output).not.toContain('Gone');
  });

  /** Looks, repairs, looks again. @returns what the first look missed */
  const repaired = (guest: ScriptMachine, id: string): string => {
    const before = guest.run(`check-${id}`, { ADDRESS });
    expect(before.code, before.output).toBe(1);
    for (let turn = 0; turn < 2; turn++) {
      const repair = guest.run(`repair-${id}`, { ADDRESS });
      expect(repair.code, repair.output).toBe(0);
    }
    const after = guest.run(`check-${id}`, { ADDRESS });
    expect(after.code, after.output).toBe(0);
    return before.output;
  };

  it.each([
    ['beside', `127.0.0.1 localhost\n127.0.1.1 cloud-1.local cloud-1\n${ADDRESS} cloud-1\n`],
    ['instead of', `127.0.1.1 cloud-1\n127.0.0.1 localhost\n`],
  ])('the name that cloud-init wrote %s the address leads to it alone again', async (_, hosts) => {
    const guest = await machine();
    await guest.write('etc/hosts', hosts);
    expect(repaired(guest, 'names')).toContain(`Gone: the way from cloud-1 to ${ADDRESS}`);
    expect(guest.read('etc/hosts')).toBe(`127.0.0.1 localhost\n${ADDRESS} cloud-1\n`);
  });

  it('a further line of a person’s own for that name is theirs', async () => {
    const guest = await machine();
    await guest.write('etc/hosts', `${ADDRESS} cloud-1\n10.9.8.7 cloud-1\n`);
    expect(guest.run('check-names', { ADDRESS })).toMatchObject({ code: 0 });
  });

  it('the interface of the outside network comes back', async () => {
    const guest = await machine();
    await rm(join(guest.root, 'sbext0'));
    expect(repaired(guest, 'interface')).toContain('Gone: sbext0');
  });

  it('settings come back that Debian 13 does not read, and a person’s own line is theirs', async () => {
    const guest = await machine();
    await guest.write('kernel', 'vm.swappiness=60\n');
    expect(repaired(guest, 'sysctl')).toBe('Gone: net.bridge.bridge-nf-call-iptables=1\n');
    expect(guest.calls('modprobe')).toContain('br_netfilter');
    expect(guest.read('kernel')).toContain('vm.swappiness=60');
  });

  it('containers that gave up or are not well are restarted, those first that others wait for', async () => {
    const guest = await machine();
    await guest.write('containers', 'cron active\nnova_compute active unhealthy\nrabbitmq failed\n');
    expect(repaired(guest, 'containers')).toBe('Gone: rabbitmq is failed\nGone: nova_compute is unhealthy\n');
    const restarts = guest.calls('systemctl').filter((call) => call.startsWith('restart'));
    expect(restarts).toEqual([
      'restart kolla-rabbitmq-container.service',
      'restart kolla-nova_compute-container.service',
    ]);
  });

  it('a container that is just starting gets the time to', async () => {
    const guest = await machine();
    await guest.write('containers', 'keystone active starting\n');
    await guest.shim('sleep', 'echo "keystone active healthy" >"$ROOT/containers"');
    expect(guest.run('check-containers')).toMatchObject({ code: 0 });
    await guest.write('containers', 'keystone activating starting\n');
    await guest.shim('sleep');
    expect(guest.run('check-containers')).toMatchObject({ code: 1, output: 'Gone: keystone is activating\n' });
  });

  it('a container that does not start is still missed after the repair; one that only is not well is left to the proof', async () => {
    const guest = await machine();
    const ILL = 'glance_api active unhealthy\nneutron_server failed\nheat_api active unhealthy\n';
    await guest.write('containers', ILL);
    expect(guest.run('repair-containers').code).toBe(0);
    expect(guest.run('check-containers')).toMatchObject({ code: 1, output: 'Gone: neutron_server is failed\n' });
    // Ten minutes later it gets another chance.
    await utimes(join(guest.root, 'run/stackbox-kolla-restarted'), 0, 0);
    expect(guest.run('check-containers').output).toMatch(/glance_api is unhealthy[^]*heat_api is unhealthy/);
  });
});

/** Galera's own words (galera/src/replicator_smm.cpp) as MariaDB logs them. */
const CUT_OFF =
  '2026-11-21 10:02:19 0 [ERROR] WSREP: It may not be safe to bootstrap the cluster from this node. It was not the last one';

describe('a MariaDB that does not come up', () => {
  const ill = async (log: string, health = 'unhealthy'): Promise<ReturnType<ScriptMachine['run']>> => {
    const guest = await machine();
    await guest.write('containers', `mariadb active ${health}\n`);
    await guest.write(LOG, `${log}\n`);
    return guest.run('check-database');
  };

  it('is recovered when it was cut off, and only then', async () => {
    expect(await ill(CUT_OFF)).toMatchObject({ code: 1, output: expect.stringContaining('was cut off and waits') });
    expect(await ill('[ERROR] Aborting')).toMatchObject({
      code: 0,
      output: expect.stringContaining('is not well yet'),
    });
    // What it said before an earlier repair.
    expect(await ill(CUT_OFF, 'healthy')).toMatchObject({ code: 0, output: 'MariaDB is well\n' });
  });

  it('is not looked for where there is none, as after "Destroy"', async () => {
    const guest = await machine();
    await guest.write('containers', '');
    for (const id of CHECKS) expect(guest.run(`check-${id}`, { ADDRESS }), id).toMatchObject({ code: 0 });
  });
});
