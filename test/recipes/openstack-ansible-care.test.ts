/** What keeps an OpenStack-Ansible all-in-one alive: repairs after a boot, actions and cures. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openstackAnsible } from '../../main/recipes/openstack-ansible';
import { followOutput } from '../../main/recipes/progress';
import type { RecipeContext } from '../../main/recipes/types';
import { recipeMachine, type RecipeMachine } from '../support/recipe-scripts';

const PATHS = ['/etc/', '/dev/vg-', '/var/lib/mysql/', '/usr/local/bin/', '/opt/'];

/**
 * A kernel as small as the scripts need it, in files of `$STATE` with one line each. Output as that of iproute2 6.1, iptables
 * 1.8.9, util-linux 2.39 and lvm2 2.03.
 */
const PROGRAMS: Readonly<Record<string, string>> = {
  hostname: 'cat "$STATE/name"',
  hostnamectl: 'echo "$2" >"$STATE/name"',
  ip: `case "$*" in
  "-o link show type bridge") awk '{ print NR + 3 ": " $1 ": <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9000 qdisc noqueue" }' "$STATE/bridges" ;;
  "link show dev "*) grep -qx "$4" "$STATE/bridges" ;;
  "-o link show up dev "*) grep -x "$6" "$STATE/bridges" ;;
  *"addr show dev "*) for dev; do :; done; case " $* " in *" dev br-mgmt"*) dev=br-mgmt ;; *" dev br-vlan"*) dev=br-vlan ;; esac
    awk -v dev="$dev" '$1 == dev { print "5: " dev "    inet " $2 " scope global " dev }' "$STATE/addresses" ;;
  "addr replace "*) echo "$5 $3" >>"$STATE/addresses" ;;
  *) echo "ip $*?" >&2; exit 2 ;;
esac`,
  iptables: `case "$3" in
  -S) echo "-P POSTROUTING ACCEPT"; sed 's/^/-A POSTROUTING /' "$STATE/nat"; echo "-A POSTROUTING -s 192.168.122.0/24 -j LIBVIRT_PRT" ;;
  -C) shift 4; grep -qxF -e "$*" "$STATE/nat" ;;
  -A) shift 4; echo "$*" >>"$STATE/nat" ;;
esac`,
  losetup: `case "$1" in
  --list) cat "$STATE/loops" ;;
  --associated) grep -q " $2$" "$STATE/loops" && echo /dev/loop9 || true ;;
  --find) echo "/dev/loop9 $2" >>"$STATE/loops" ;;
esac`,
  findmnt: `case "$*" in
  *"--types tmpfs"*) cat "$STATE/mounts" ;;
  *) [ "$6" = /dev/loop3 ] && echo /var/lib/nova/instances ;;
esac`,
  mountpoint: 'grep -qxF "$2" "$STATE/mounts"',
  pvs: `echo "  /dev/loop6  cinder-volumes"; echo "  /dev/loop11 vg-ceph1"; echo "  /dev/sda3   system"`,
  vgs: 'grep -qx "$1" "$STATE/groups"',
  vgchange: 'echo "$3" >>"$STATE/groups"; mkdir -p "$ROOT/dev/vg-ceph1"; touch "$ROOT/dev/vg-ceph1/lv-ceph1"',
  pvscan: 'echo "pvscan $*" >>"$STATE/said"',
  'ceph-volume': 'echo "ceph-volume $*" >>"$STATE/said"; echo /var/lib/ceph/osd/ceph-0 >>"$STATE/mounts"',
  'systemd-escape': 'echo var-lib-nova-instances.mount',
  sleep: ':',
  systemctl: `echo "$*" >>"$STATE/said"
case $1 in
  cat) case $2 in loop-cinder.service|loop-ceph1.service) ;; *) exit 1 ;; esac ;;
  is-active) for unit; do :; done; word=active; grep -qxF "$unit" "$STATE/active" || word=failed
    [ "$2" = --quiet ] || echo "$word"; [ "$word" = active ] || exit 3 ;;
  is-enabled) ;;
  list-units) grep -v networking "$STATE/active" | sed 's/$/ loaded active running x/' ;;
  restart) case $2 in
      loop-*) [ ! -e "$STATE/taken" ] || exit 1
        name=\${2#loop-}; echo "/dev/loop6 /openstack/\${name%.service}.img" >>"$STATE/loops" ;;
      *.mount) echo /var/lib/nova/instances >>"$STATE/mounts"; echo "/dev/loop3 /openstack/nova.img" >>"$STATE/loops" ;;
      systemd-networkd.service) printf 'br-mgmt\\nbr-vlan\\n' >"$STATE/bridges" ;;
      rabbitmq-server.service) ;;
      *) echo "$2" >>"$STATE/active" ;;
    esac ;;
esac`,
};

const REPAIRS = ['boot-network', 'boot-disks', 'boot-services'] as const;
const STATE = ['name', 'bridges', 'addresses', 'nat', 'loops', 'mounts', 'groups', 'active'] as const;
const HOSTS = '127.0.0.1 localhost\n172.29.236.100\taio1.openstack.local aio1\n';

/** As the scenario aio_metal_ceph leaves it. */
async function installed(): Promise<RecipeMachine> {
  const guest = await recipeMachine(openstackAnsible, PATHS, PROGRAMS);
  await guest.write('etc/hosts', HOSTS);
  await guest.set('name', 'aio1');
  await guest.set('bridges', 'br-mgmt', 'br-vlan', 'lxcbr0');
  await guest.set('addresses', 'br-mgmt 172.29.236.100/22', 'br-mgmt 172.29.236.101/22', 'br-vlan 172.29.248.100/22');
  await guest.set('nat', '-o ens3 -j MASQUERADE');
  await guest.set(
    'loops',
    ...['/dev/loop3 /openstack/nova.img', '/dev/loop6 /openstack/cinder.img', '/dev/loop11 /openstack/ceph1.img'],
    '/dev/loop1 /var/lib/snapd/snaps/core22_1.snap',
  );
  await guest.set('mounts', '/var/lib/nova/instances', '/var/lib/ceph/osd/ceph-0', '/run');
  await guest.set('groups', 'cinder-volumes', 'vg-ceph1');
  await guest.write('dev/vg-ceph1/lv-ceph1', '');
  await guest.set('active', 'networking-post-up.service', 'nova-compute.service', 'ceph-osd@0.service');
  await guest.set('said');
  const { code, output } = guest.run('boot-record.sh');
  expect(code, output).toBe(0);
  return guest;
}

async function reboot(guest: RecipeMachine): Promise<void> {
  await guest.set('bridges', 'lxcbr0');
  for (const file of ['addresses', 'nat', 'mounts', 'groups', 'active', 'said']) await guest.set(file);
  await guest.set('loops', '/dev/loop1 /var/lib/snapd/snaps/core22_1.snap');
  await rm(join(guest.root, 'dev'), { recursive: true });
  await guest.set('name', 'cloud-1');
  await guest.write('etc/hosts', '127.0.0.1 localhost\n');
}

const everything = async (guest: RecipeMachine): Promise<string[][]> =>
  Promise.all(
    STATE.map(async (name) =>
      (await guest.get(name))
        .filter((line) => !/snapd|lxcbr0|^\/run$/.test(line))
        .map((line) => line.replace(/^\/dev\/loop\d+ /, ''))
        .sort(),
    ),
  );

describe('what a boot takes away from an all-in-one', () => {
  it('is all there after the install: nothing is repaired', async () => {
    const guest = await installed();
    expect(await guest.read('etc/stackbox/openstack-ansible-boot')).toContain(
      'host 172.29.236.100 aio1.openstack.local aio1\n',
    );
    for (const repair of REPAIRS) expect(guest.run(`${repair}-check.sh`), repair).toMatchObject({ code: 0 });
    expect((await guest.get('said')).filter((line) => /^(?:re)?start/.test(line))).toEqual([]);
  });

  it('is found, brought back, and not missed any more', async () => {
    const guest = await installed();
    const before = await everything(guest);
    await reboot(guest);
    const lost: Record<(typeof REPAIRS)[number], string[]> = {
      'boot-network': [
        'the name aio1',
        '172.29.236.100 in',
        'the bridges br-mgmt br-vlan',
        'networking-post-up.service',
        'NAT rule -o ens3',
      ],
      'boot-disks': [
        ...['loop device of /openstack/cinder.img', 'mount of /var/lib/nova/instances', 'volume group cinder-volumes'],
        ...['dev/vg-ceph1/lv-ceph1', "Ceph's OSD 0"],
      ],
      'boot-services': ['nova-compute.service is failed', 'ceph-osd@0.service is failed'],
    };
    for (const repair of REPAIRS) {
      const check = guest.run(`${repair}-check.sh`);
      expect(check.code, check.output).toBe(1);
      for (const what of lost[repair]) expect(check.output).toContain(what);
      const done = guest.run(`${repair}.sh`);
      expect(done.code, done.output).toBe(0);
      expect(guest.run(`${repair}-check.sh`), repair).toMatchObject({ code: 0 });
    }
    expect(await everything(guest)).toEqual(before);
    expect(await guest.read('etc/hosts')).toBe('127.0.0.1 localhost\n172.29.236.100 aio1.openstack.local aio1\n');
    const said = await guest.get('said');
    expect(said).toContain('ceph-volume lvm activate --all');
    // It had begun under the other name.
    expect(said).toContain('restart rabbitmq-server.service');
  });

  it('comes back on another loop device when a snap has the number', async () => {
    const guest = await installed();
    await reboot(guest);
    await guest.set('taken', 'yes');
    expect(guest.run('boot-disks.sh')).toMatchObject({ code: 0 });
    expect(await guest.get('loops')).toContain('/dev/loop9 /openstack/cinder.img');
    expect(await guest.get('said')).toContain('pvscan --cache --activate ay');
  });

  it('is not looked for where nothing was written down, as in a cloud of an older Stackbox', async () => {
    const guest = await recipeMachine(openstackAnsible, PATHS, PROGRAMS);
    for (const repair of REPAIRS) expect(guest.run(`${repair}-check.sh`), repair).toMatchObject({ code: 0 });
  });
});

describe('MariaDB, a Galera cluster of one', () => {
  const GRASTATE = '# GALERA saved state\nversion: 2.1\nuuid:    338b06b0\nseqno:   -1\nsafe_to_bootstrap: 0\n';
  const galera = async (cluster = 'gcomm://'): Promise<RecipeMachine> => {
    const guest = await recipeMachine(openstackAnsible, PATHS, {
      mariadb:
        'read -r state <"$STATE/wsrep" || exit 1; [ -n "$state" ] || exit 1; printf "wsrep_local_state\\t%s\\n" "$state"',
      systemctl: 'echo "$*" >>"$STATE/said"; [ "$1" != is-active ] || { echo failed; exit 3; }',
      journalctl: 'echo "mariadbd: something"',
      sleep: ':',
    });
    await guest.write('etc/mysql/conf.d/cluster.cnf', `[mysqld]\nwsrep_cluster_address = ${cluster}\n`);
    await guest.write('var/lib/mysql/grastate.dat', GRASTATE);
    // The role's own tool, which says 3 when it has started MariaDB; MariaDB itself refuses when it is not safe.
    await guest.write(
      'usr/local/bin/galera_new_cluster',
      '#!/bin/bash\ngrep -q "safe_to_bootstrap: 1" "$ROOT/var/lib/mysql/grastate.dat" || exit 99\necho 4 >"$STATE/wsrep"\nexit 3\n',
      0o755,
    );
    await guest.set('said');
    await guest.set('wsrep', '');
    return guest;
  };

  it('begins its cluster again after a stop that was not clean, and is in sync', async () => {
    const guest = await galera();
    expect(guest.run('database-check.sh')).toMatchObject({ code: 1, output: expect.stringContaining('not in sync') });
    const { code, output } = guest.run('database.sh');
    expect(code, output).toBe(0);
    expect(await guest.read('var/lib/mysql/grastate.dat')).toContain('safe_to_bootstrap: 1\n');
    expect(await guest.read('var/lib/mysql/grastate.dat.stackbox-before')).toBe(GRASTATE);
    expect(guest.run('database-check.sh')).toMatchObject({ code: 0 });
    const again = guest.run('database.sh');
    expect(again).toMatchObject({ code: 0, output: 'MariaDB is in sync\n' });
  });

  it.each(['4', '2'])('is left alone when it answers (%s)', async (state) => {
    const guest = await galera();
    await guest.set('wsrep', state);
    expect(guest.run('database.sh')).toMatchObject({ code: 0 });
    expect(await guest.get('said')).not.toContain('stop mariadb.service');
    expect(await guest.read('var/lib/mysql/grastate.dat')).toBe(GRASTATE);
  });

  it('is not forced where there are others that may know more', async () => {
    const guest = await galera('gcomm://172.29.236.100,172.29.236.110');
    expect(guest.run('database.sh')).toMatchObject({ code: 1, output: expect.stringContaining('other members') });
    expect(await guest.read('var/lib/mysql/grastate.dat')).toBe(GRASTATE);
  });

  it('says how it failed when that does not help', async () => {
    const guest = await galera();
    await guest.write('usr/local/bin/galera_new_cluster', '#!/bin/bash\nexit 99\n', 0o755);
    const { code, output } = guest.run('database.sh');
    expect(code).toBe(1);
    expect(output).toContain('galera_new_cluster ended with exit code 99\nmariadbd: something');
  });

  it('is nothing to look for before it is installed', async () => {
    const guest = await recipeMachine(openstackAnsible, PATHS, {});
    for (const script of ['database-check.sh', 'database.sh']) {
      expect(guest.run(script)).toMatchObject({ code: 0, output: 'MariaDB is not installed yet\n' });
    }
  });
});

describe('actions and cures', () => {
  const context = (): RecipeContext =>
    ({
      attachment: { address: '192.168.130.10' },
      options: openstackAnsible.options.parse({}),
      passwords: { admin: 'Admin123' },
    }) as unknown as RecipeContext;

  it('run the playbooks of the sources, with the words that their guides give them', async () => {
    const { actions } = openstackAnsible;
    const playbooks: string[][] = [];
    for (const { id, steps } of actions) {
      for (const step of steps) {
        const { PLAYBOOK: playbook, WORDS: words } = await openstackAnsible.env(context(), step.id);
        if (playbook !== undefined) playbooks.push([id, playbook, words ?? '']);
      }
    }
    expect(playbooks).toEqual([
      ['hosts', 'openstack.osa.setup_hosts', ''],
      ['infrastructure', 'openstack.osa.setup_infrastructure', ''],
      ['openstack', 'openstack.osa.setup_openstack', ''],
      ['health', 'openstack.osa.healthcheck.infrastructure', ''],
      ['galera', 'openstack.osa.galera_server', '-e galera_force_bootstrap=true --tags galera_server-config'],
    ]);
  });

  it('hand each word to the playbook by itself', async () => {
    const guest = await recipeMachine(openstackAnsible, PATHS, {});
    await guest.write('opt/openstack-ansible/x', '');
    const body = `printf '[%s]' "$@"; echo; echo "PLAY RECAP ****"; echo "EXIT NOTICE [Playbook execution success] ***"`;
    await guest.write('usr/local/bin/openstack-ansible', `#!/bin/bash\n${body}\n`, 0o755);
    const env = { PLAYBOOK: 'openstack.osa.galera_server', ADDRESS: '192.168.130.10' };
    expect(guest.run('run-playbook.sh', { ...env, WORDS: '-e a=true --tags b' }).output).toContain(
      '[openstack.osa.galera_server][-e][a=true][--tags][b]\n',
    );
    expect(guest.run('run-playbook.sh', env).output).toContain('[openstack.osa.galera_server]\n');
  });

  const OFFERED: readonly (readonly [line: string, cure: string])[] = [
    ['wget: unable to resolve host address ‘opendev.org’', 'fix-resolver'],
    ['E: Release file for http://x/InRelease is not valid yet (invalid for another 2h 3min 8s).', 'set-clock'],
    ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 712 (apt-get)', 'wait-for-apt'],
    ['E: Failed to fetch http://x/pool/a_1_amd64.deb  404  Not Found [IP: 1.2.3.4 80]', 'renew-package-lists'],
    ["[ERROR]: the role 'galera_server' was not found in /etc/ansible/roles", 'install-ansible-again'],
    ['ERROR 1047 (08S01) at line 1: WSREP has not yet prepared node for application use', 'start-database'],
    ["ERROR 2002 (HY000): Can't connect to server on '172.29.236.101' (115)", 'start-database'],
    ["Error: unable to perform an operation on node 'rabbit@aio1'. Please see diagnostics", 'restart-rabbitmq'],
    ['[  712.1] Out of memory: Killed process 812 (mysqld)', 'add-swap'],
    ['There is no user_secrets.yml: the all-in-one was not laid out', 'lay-out-again'],
  ];

  it.each(OFFERED)('"%s" is cured by "%s"', (line, cure) => {
    const job = followOutput({ markers: [] }, openstackAnsible.data.errors);
    job.push(`${line}\nfatal: [aio1]: FAILED! => {}\nAnsible ended with exit code 2\n`);
    expect(job.knownError()?.apply).toBe(cure);
  });

  it('are all offered for something, and every failure that offers one is tried here', () => {
    const tried = new Set(OFFERED.map(([, cure]) => cure));
    expect(openstackAnsible.cures.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
    expect(openstackAnsible.data.errors.filter(({ apply }) => apply !== undefined)).toHaveLength(OFFERED.length);
  });

  it('give RabbitMQ its name back', async () => {
    const guest = await recipeMachine(openstackAnsible, PATHS, {
      hostname: 'echo aio1',
      getent: 'grep -w "$2" "$ROOT/etc/hosts"',
      systemctl: 'echo "$*" >>"$STATE/said"',
      rabbitmqctl: 'echo "$*" >>"$STATE/said"',
    });
    await guest.write('etc/hosts', '127.0.0.1 localhost\n');
    for (let turn = 0; turn < 2; turn++) {
      expect(guest.run('cure-rabbitmq.sh')).toMatchObject({ code: 0, output: expect.stringContaining('rabbit@aio1') });
    }
    expect(await guest.read('etc/hosts')).toBe('127.0.0.1 localhost\n172.29.236.100 aio1.openstack.local aio1\n');
    expect((await guest.get('said')).slice(0, 3)).toEqual([
      'cat rabbitmq-server.service',
      'restart rabbitmq-server.service',
      'await_startup',
    ]);
  });
});
