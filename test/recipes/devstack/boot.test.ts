import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { devstack } from '../../../main/recipes/devstack';
import { tempFolder } from '../../support/temp';

/**
 * A kernel as small as the scripts need it: what is set stands in files of `$STATE`, one line each, and a boot empties them.
 * Output as that of iproute2 6.1, iptables 1.8.9 and util-linux 2.38.
 */
const PROGRAMS: Readonly<Record<string, string>> = {
  ip: `case "$*" in
  "-o link show up dev br-ex") grep br-ex "$STATE/up" || true ;;
  "-o addr show dev br-ex"*) while read -r a; do echo "4: br-ex    inet $a scope global br-ex"; done <"$STATE/addresses" ;;
  "-4 route show dev br-ex") cat "$STATE/routes" ;;
  "-6 route show dev br-ex") ;;
  "-4 route show "*" dev br-ex") grep "^$4 " "$STATE/routes" || true ;;
  "link set br-ex up") echo br-ex >"$STATE/up" ;;
  "addr replace "*" dev br-ex") echo "$3" >>"$STATE/addresses" ;;
  "-4 route replace "*) shift 3; echo "$1 $2 $3" >>"$STATE/routes" ;;
  *) echo "ip $*?" >&2; exit 2 ;;
esac`,
  iptables: `case "$3" in
  -S) echo "-P POSTROUTING ACCEPT"; sed 's/^/-A POSTROUTING /' "$STATE/nat"; echo "-A POSTROUTING -j LIBVIRT_PRT" ;;
  -C) shift 4; grep -qxF -e "$*" "$STATE/nat" ;;
  -A) shift 4; echo "$*" >>"$STATE/nat" ;;
esac`,
  sysctl: `case $1 in
  -n) value=$(grep "^$2=" "$STATE/sysctl") || exit 255; echo "\${value#*=}" ;;
  -q) grep -q "^\${3%=*}=" "$STATE/modules" "$STATE/sysctl" || exit 255
      sed -i "/^\${3%=*}=/d" "$STATE/sysctl"; echo "$3" >>"$STATE/sysctl" ;;
esac`,
  modprobe: 'echo "net.bridge.bridge-nf-call-iptables=" >>"$STATE/modules"',
  losetup: `case "$*" in
  --list*) cat "$STATE/loops" ;;
  --associated*) grep -qxF "$2" "$STATE/loops" && echo /dev/loop3 || true ;;
  --find*) echo "$2" >>"$STATE/loops" ;;
esac`,
  findmnt: 'grep "^/opt" "$STATE/mounts" | sed "s/$/ rw,nosuid,nodev,relatime,size=524288k,inode64/" || true',
  mountpoint: 'grep -qxF "$2" "$STATE/mounts"',
  mount: 'for last; do :; done; echo "$last" >>"$STATE/mounts"',
  vgchange: 'echo "vgchange $*" >>"$STATE/said"',
  'ovs-vsctl': 'printf "br-ex\\nbr-int\\n"',
  systemctl: `echo "$*" >>"$STATE/said"
case $1 in
  cat) [ -e "$STATE/units-known" ] ;;
  restart) case $2 in
      *-backing-file.service) echo "/opt/stack/data/\${2%.service}" >>"$STATE/loops" ;;
      *) echo "$2" >>"$STATE/active" ;;
    esac ;;
  is-enabled) [ ! -e "$STATE/disabled" ] || ! grep -qxF "$3" "$STATE/disabled" ;;
  is-active) grep -qxF "$2" "$STATE/active" && echo active || { echo failed; exit 3; } ;;
  list-units) shift 5; for pattern; do while read -r unit; do
      case $unit in $pattern) echo "$unit loaded active running x" ;; esac
    done <"$STATE/active"; done ;;
esac`,
};

interface Machine {
  /** Runs a script of the recipe with the machine's files in place of the real ones. */
  run(file: string, env?: Record<string, string>): { code: number; output: string };
  set(file: string, ...lines: string[]): Promise<void>;
  get(file: string): Promise<string[]>;
  /** What a reboot leaves: nothing of what was set by hand. */
  reboot(): Promise<void>;
}

async function machine(): Promise<Machine> {
  const root = await tempFolder();
  const [bin, state] = [join(root, 'bin'), join(root, 'state')];
  await mkdir(bin);
  await mkdir(state);
  for (const [name, body] of Object.entries(PROGRAMS)) {
    await writeFile(join(bin, name), `#!/bin/bash\n${body}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const set = (file: string, ...lines: string[]): Promise<void> =>
    writeFile(join(state, file), lines.map((line) => `${line}\n`).join(''));
  const guest: Machine = {
    set,
    get: async (file) => (await readFile(join(state, file), 'utf8')).split('\n').filter((line) => line !== ''),
    run(file, env = {}) {
      const script = devstack
        .script(file)
        .replaceAll('/etc/stackbox', join(root, 'etc'))
        .replaceAll('/etc/fstab', join(state, 'fstab'));
      const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', `set -euo pipefail\n${script}`], {
        env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, STATE: state, ...env },
        encoding: 'utf8',
      });
      return { code: status ?? -1, output: stdout + stderr };
    },
    async reboot() {
      for (const file of ['up', 'addresses', 'routes', 'nat', 'loops', 'mounts', 'modules', 'said']) await set(file);
      await set('sysctl', 'net.ipv4.ip_forward=0', 'net.ipv6.conf.all.forwarding=0');
      await set('active', 'mariadb.service', 'devstack@keystone.service');
    },
  };
  // As stack.sh leaves a machine with the default services.
  await set('fstab', 'UUID=1 / ext4 defaults 0 1', '/opt/s.img /opt/swift xfs loop,comment=devstack-opts.img 0 0');
  await set('up', 'br-ex');
  await set('addresses', '172.24.4.1/24');
  await set('routes', '10.20.0.0/22 via 172.24.4.137 linkdown');
  await set('nat', '-s 172.24.4.0/24 -o ens3 -j MASQUERADE');
  await set(
    'sysctl',
    'net.ipv4.ip_forward=1',
    'net.ipv6.conf.all.forwarding=1',
    'net.bridge.bridge-nf-call-iptables=1',
  );
  await set('loops', '/opt/stack/data/stack-volumes-lvmdriver-1-backing-file', '/var/lib/snapd/x.snap');
  await set('mounts', '/opt/stack/data/etcd', '/opt/swift');
  await set('active', 'mariadb.service', 'devstack@keystone.service', 'devstack@n-cpu.service');
  await set('modules');
  await set('said');
  return guest;
}

const RECORD = { ADDRESS: '10.0.2.15' };
const REPAIRS = ['boot-disks', 'boot-network', 'boot-services'] as const;
const STATE = ['up', 'addresses', 'routes', 'nat', 'sysctl', 'loops', 'mounts', 'active'] as const;

async function everything(guest: Machine): Promise<string[][]> {
  return Promise.all(
    STATE.map(async (file) => (await guest.get(file)).filter((line) => !line.includes('snapd')).sort()),
  );
}

describe('what a boot takes away from DevStack', () => {
  it('is all there after the install: nothing is repaired', async () => {
    const guest = await machine();
    const { code, output } = guest.run('boot-record.sh', RECORD);
    expect(code, output).toBe(0);
    expect(output).toContain('Wrote down 13 things');
    for (const repair of REPAIRS) expect(guest.run(`${repair}-check.sh`), repair).toMatchObject({ code: 0 });
  });

  it('is found, brought back, and not missed any more', async () => {
    const guest = await machine();
    guest.run('boot-record.sh', RECORD);
    await guest.set('units-known', 'yes');
    // Said of a link by the kernel, and refused by ip when it is told.
    const before = (await everything(guest)).map((lines) => lines.map((line) => line.replace(' linkdown', '')));
    await guest.reboot();
    const lost: Record<(typeof REPAIRS)[number], string[]> = {
      'boot-disks': [
        'loop device of /opt/stack/data/stack-volumes',
        'mount of /opt/swift',
        'ramdisk at /opt/stack/data/etcd',
      ],
      'boot-network': [
        ...['br-ex is down', '172.24.4.1/24 on br-ex', 'route to 10.20.0.0/22', 'NAT rule -s 172.24.4.0/24 -o ens3'],
        ...['net.ipv4.ip_forward=1', 'net.bridge.bridge-nf-call-iptables=1'],
      ],
      'boot-services': ['devstack@n-cpu.service is failed'],
    };
    for (const repair of REPAIRS) {
      const check = guest.run(`${repair}-check.sh`);
      expect(check.code, check.output).toBe(1);
      for (const what of lost[repair]) expect(check.output).toContain(`Gone: ${what}`);
      const done = guest.run(`${repair}.sh`);
      expect(done.code, done.output).toBe(0);
      expect(guest.run(`${repair}-check.sh`), repair).toMatchObject({ code: 0 });
    }
    expect(await everything(guest)).toEqual(before);
    const said = await guest.get('said');
    expect(said).toContain('vgchange --activate y stack-volumes-lvmdriver-1');
    expect(said.indexOf('stop devstack@etcd.service')).toBeLessThan(said.indexOf('start devstack@etcd.service'));
  });

  it('comes back without units for the loop devices too, as older branches have it', async () => {
    const guest = await machine();
    guest.run('boot-record.sh', RECORD);
    await guest.reboot();
    expect(guest.run('boot-disks.sh')).toMatchObject({ code: 0 });
    expect(await guest.get('loops')).toEqual(['/opt/stack/data/stack-volumes-lvmdriver-1-backing-file']);
  });

  it('is not touched where br-ex has the address by which we reach the machine', async () => {
    const guest = await machine();
    await guest.set('addresses', '10.0.2.15/24', '172.24.4.1/24');
    const { output } = guest.run('boot-record.sh', RECORD);
    expect(output).toContain("br-ex has the machine's own address and is left alone");
    await guest.set('addresses');
    await guest.set('up');
    expect(guest.run('boot-network-check.sh')).toMatchObject({ code: 0 });
  });

  it('is not looked for where nothing was written down, as in a cloud of an older Stackbox', async () => {
    const guest = await machine();
    for (const repair of REPAIRS) expect(guest.run(`${repair}-check.sh`), repair).toMatchObject({ code: 0 });
  });

  it('leaves alone what a developer has disabled since', async () => {
    const guest = await machine();
    guest.run('boot-record.sh', RECORD);
    await guest.reboot();
    await guest.set('disabled', 'devstack@n-cpu.service');
    expect(guest.run('boot-services-check.sh')).toMatchObject({ code: 0 });
  });

  it('is a failure when it cannot be brought back', async () => {
    const guest = await machine();
    guest.run('boot-record.sh', RECORD);
    await guest.reboot();
    await guest.set('sysctl');
    expect(guest.run('boot-network.sh').code).not.toBe(0);
  });
});
