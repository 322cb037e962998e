import { describe, expect, it } from 'vitest';
import { rdo } from '../../../main/recipes/rdo';
import { scriptMachine, type ScriptMachine } from '../../support/script-machine';
import { wholeRecipe } from '../../support/whole-recipe';

const ADDRESS = '192.168.130.10';
const CHECKS = ['disks', 'network', 'services'] as const;
const STATE = ['up', 'addresses', 'filter', 'nat', 'kernel', 'loops', 'mounts', 'active'] as const;

/**
 * A kernel as small as the scripts need it: what is set stands in files, one line each. Output as that of iproute2 6.x,
 * iptables-nft 1.8.10 and util-linux 2.37 of CentOS Stream 9; rules as packstack's manifests make them.
 */
const PROGRAMS: Readonly<Record<string, string>> = {
  ip: `case "$*" in
  "-o link show up dev br-ex") grep br-ex "$ROOT/up" || true ;;
  "-o addr show dev br-ex"*) while read -r a; do echo "4: br-ex    inet $a scope global br-ex"; done <"$ROOT/addresses" ;;
  "link set br-ex up") echo br-ex >"$ROOT/up" ;;
  "addr replace "*" dev br-ex") echo "$3" >>"$ROOT/addresses" ;;
  *) echo "ip $*?" >&2; exit 2 ;;
esac`,
  // Compares as the kernel does: the words, whatever quotes they came in.
  iptables: `[ "$1 $2" = "-w -t" ] || exit 2
table=$ROOT/$3
case $4 in
  -S) echo "-P FORWARD ACCEPT"; cat "$table"; echo "-A INPUT -j REJECT --reject-with icmp-host-prohibited" ;;
  -C) shift 4; grep -qxF -e "-A $*" <(tr -d '"' <"$table") ;;
  -I) shift 4; sed -i "1i -A $*" "$table" 2>/dev/null; [ -s "$table" ] || echo "-A $*" >"$table" ;;
esac`,
  sysctl: `case $1 in
  -n) value=$(grep "^$2=" "$ROOT/kernel") || exit 255; echo "\${value#*=}" ;;
  -q) grep -q "^\${3%%=*}=" "$ROOT/modules" "$ROOT/kernel" || exit 255
      sed -i "/^\${3%%=*}=/d" "$ROOT/kernel"; echo "$3" >>"$ROOT/kernel" ;;
esac`,
  modprobe: 'echo "net.bridge.bridge-nf-call-iptables=" >>"$ROOT/modules"',
  losetup: `case "$*" in
  --list*) cat "$ROOT/loops" ;;
  --associated*) grep -qxF "$2" "$ROOT/loops" && echo /dev/loop0 || true ;;
esac`,
  mountpoint: 'grep -qxF "$2" "$ROOT/mounts"',
  mount: 'echo "$1" >>"$ROOT/mounts"',
  vgchange: '',
  'ovs-vsctl': 'printf "br-ex\\nbr-int\\n"',
  sleep: 'exec /bin/sleep 0.01',
  systemctl: `case $1 in
  restart) [ "$2" != openstack-losetup.service ] || echo /var/lib/cinder/cinder-volumes >>"$ROOT/loops"
    echo "$2" >>"$ROOT/active" ;;
  is-enabled) [ ! -e "$ROOT/disabled" ] || ! grep -qxF "$3" "$ROOT/disabled" ;;
  is-active) grep -qxF "$2" "$ROOT/active" && echo active || { echo failed; exit 3; } ;;
  list-units) shift 4; for pattern; do while read -r unit; do
      # shellcheck disable=SC2053 -- a pattern
      [[ $unit != $pattern ]] || echo "$unit loaded active running x"
    done <"$ROOT/active"; done ;;
esac`,
};

const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join('');

/** As packstack leaves a machine with the preset "full". */
async function machine(): Promise<ScriptMachine> {
  const guest = await scriptMachine(wholeRecipe(rdo), PROGRAMS);
  const files: Readonly<Record<string, string>> = {
    'etc/fstab': lines('UUID=1 / xfs defaults 0 0', '/srv/loopback-device/x /srv/node/x xfs noatime,nofail,loop 0 0'),
    up: lines('br-ex'),
    addresses: lines('172.24.4.1/24'),
    filter: lines(
      '-A INPUT -p tcp -m multiport --dports 5000 -m comment --comment "001 keystone incoming keystone" -j ACCEPT',
      '-A FORWARD -i br-ex -m comment --comment "000 forward in" -j ACCEPT',
      '-A INPUT -p icmp -j ACCEPT',
    ),
    nat: lines('-A POSTROUTING -s 172.24.4.0/24 -o eth0 -m comment --comment "000 nat" -j MASQUERADE'),
    kernel: lines('net.ipv4.ip_forward=1', 'net.bridge.bridge-nf-call-iptables=1'),
    loops: lines('/var/lib/cinder/cinder-volumes', '/var/lib/other'),
    mounts: lines('/srv/node/x'),
    modules: '',
    active: lines(
      ...['mariadb.service', 'httpd.service', 'neutron-server.service', 'openstack-nova-compute.service'],
      ...['openstack-losetup.service', 'neutron-ovs-cleanup.service', 'sshd.service'],
    ),
  };
  for (const [name, text] of Object.entries(files)) await guest.write(name, text);
  return guest;
}

async function recorded(): Promise<ScriptMachine> {
  const guest = await machine();
  const { code, output } = guest.run('boot-record', { ADDRESS });
  expect(code, output).toBe(0);
  return guest;
}

/** What a reboot leaves: nothing of what was set by hand, and the services that did not give up. */
async function reboot(guest: ScriptMachine): Promise<void> {
  for (const file of ['up', 'addresses', 'filter', 'nat', 'loops', 'mounts', 'modules']) await guest.write(file, '');
  await guest.write('kernel', lines('net.ipv4.ip_forward=0'));
  await guest.write('active', lines('mariadb.service', 'httpd.service', 'openstack-losetup.service'));
}

function everything(guest: ScriptMachine): string[][] {
  return STATE.map((file) =>
    guest
      .read(file)
      .split('\n')
      .map((line) => line.replaceAll('"', ''))
      // What packstack neither made nor needs.
      .filter((line) => !/^$|other|icmp|cleanup|sshd/.test(line))
      .sort(),
  ).map((all) => [...new Set(all)]);
}

describe('what a boot takes away from RDO', () => {
  it('is written down: what packstack made, and nothing else', async () => {
    const guest = await recorded();
    expect(guest.read('etc/stackbox/rdo-boot').trimEnd().split('\n')).toEqual([
      'loop /var/lib/cinder/cinder-volumes',
      'mount /srv/node/x',
      'bridge br-ex',
      'address br-ex 172.24.4.1/24',
      'rule filter INPUT -p tcp -m multiport --dports 5000 -m comment --comment "001 keystone incoming keystone" -j ACCEPT',
      'rule filter FORWARD -i br-ex -m comment --comment "000 forward in" -j ACCEPT',
      'rule nat POSTROUTING -s 172.24.4.0/24 -o eth0 -m comment --comment "000 nat" -j MASQUERADE',
      'sysctl net.bridge.bridge-nf-call-iptables 1',
      'sysctl net.ipv4.ip_forward 1',
      ...['mariadb', 'openstack-losetup', 'httpd', 'neutron-server', 'openstack-nova-compute'].map(
        (name) => `unit ${name}.service`,
      ),
    ]);
  });

  it('is all there after the install: nothing is repaired', async () => {
    const guest = await recorded();
    for (const id of CHECKS) expect(guest.run(`check-${id}`), id).toMatchObject({ code: 0, output: '' });
  });

  it('is found, brought back, and not missed any more', async () => {
    const guest = await recorded();
    const before = everything(guest);
    await reboot(guest);
    const lost: Record<(typeof CHECKS)[number], string[]> = {
      disks: ['loop device of /var/lib/cinder/cinder-volumes', 'mount of /srv/node/x'],
      network: [
        ...['br-ex is down', '172.24.4.1/24 on br-ex', 'filter rule INPUT', 'nat rule POSTROUTING -s 172.24.4.0/24'],
        ...['net.bridge.bridge-nf-call-iptables=1', 'net.ipv4.ip_forward=1'],
      ],
      services: ['neutron-server.service is failed', 'openstack-nova-compute.service is failed'],
    };
    for (const id of CHECKS) {
      const check = guest.run(`check-${id}`);
      expect(check.code, check.output).toBe(1);
      for (const what of lost[id]) expect(check.output).toContain(`Gone: ${what}`);
      const repair = guest.run(`repair-${id}`);
      expect(repair.code, repair.output).toBe(0);
      expect(guest.run(`check-${id}`), id).toMatchObject({ code: 0 });
    }
    expect(everything(guest)).toEqual(before);
    expect(guest.calls('vgchange')).toEqual(['--activate y cinder-volumes']);
  });

  it('is put in front of the rule that refuses everything', async () => {
    const guest = await recorded();
    await reboot(guest);
    await guest.write('filter', '-A INPUT -j REJECT\n');
    expect(guest.run('repair-network').code).toBe(0);
    expect(guest.read('filter').trimEnd().split('\n').at(-1)).toBe('-A INPUT -j REJECT');
  });

  it('is not touched where br-ex has the address by which we reach the machine', async () => {
    const guest = await machine();
    await guest.write('addresses', `${ADDRESS}/24\n`);
    expect(guest.run('boot-record', { ADDRESS }).output).toContain('is left alone');
    await guest.write('addresses', '');
    await guest.write('up', '');
    expect(guest.run('check-network')).toMatchObject({ code: 0 });
  });

  it('is not looked for where nothing was written down, as in a cloud of an older Stackbox', async () => {
    const guest = await machine();
    await reboot(guest);
    for (const id of CHECKS) expect(guest.run(`check-${id}`), id).toMatchObject({ code: 0 });
  });

  it('leaves alone what a person has disabled since', async () => {
    const guest = await recorded();
    await reboot(guest);
    await guest.write('disabled', 'neutron-server.service\nopenstack-nova-compute.service\n');
    expect(guest.run('check-services')).toMatchObject({ code: 0 });
  });

  it('is a failure when it cannot be brought back', async () => {
    const guest = await recorded();
    await reboot(guest);
    await guest.shim('modprobe');
    expect(guest.run('repair-network').code).not.toBe(0);
  });
});
