import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rdo } from '../../../main/recipes/rdo';
import { scriptMachine, type ScriptMachine } from '../../support/script-machine';

const ADDRESS = '192.168.130.10';
const PACKSTACK = { ADDRESS, EXEC_TIMEOUT: '900' };

function machine(): Promise<ScriptMachine> {
  return scriptMachine(rdo, {
    dnf: '',
    localectl: '',
    hostname: 'if [ "${1:-}" = -s ]; then echo cloud-1; else cat "$ROOT/name" 2>/dev/null || echo cloud-1; fi',
    hostnamectl: 'echo "$2" >"$ROOT/name"',
    ip: `echo "2: eth0    inet ${ADDRESS}/24 brd 192.168.130.255 scope global eth0"`,
    getent: 'awk -v name="$2" \'{ for (i = 2; i <= NF; i++) if ($i == name) print $1 }\' "$ROOT/etc/hosts"',
    systemctl: '',
    getenforce: 'echo Enforcing',
    setenforce: '',
    ssh: '',
    'ssh-keygen': 'for file; do :; done; echo private >"$file"; echo "ssh-rsa AAAAB3 stackbox" >"$file.pub"',
    sleep: 'exec /bin/sleep 0.1',
    rpm: 'exit 1',
  });
}

describe('preparing the machine for packstack', () => {
  const prepared = async (): Promise<ScriptMachine> => {
    const guest = await machine();
    await guest.write('etc/hosts', '127.0.0.1 localhost\n127.0.1.1 cloud-1\n');
    await guest.write('etc/selinux/config', 'SELINUX=enforcing\n');
    return guest;
  };

  it('gives it a full name, its own key, and leaves Open vSwitch to itself', async () => {
    const guest = await prepared();
    const { code, output } = guest.run('prepare', { ADDRESS });
    expect(code, output).toBe(0);
    expect(guest.read('name')).toBe('cloud-1.stackbox.test\n');
    expect(guest.read('etc/hosts').split('\n')[0]).toBe(`${ADDRESS} cloud-1.stackbox.test cloud-1`);
    expect(guest.read('etc/cloud/cloud.cfg.d/95-stackbox-hostname.cfg')).toContain('preserve_hostname: true');
    expect(guest.read('etc/NetworkManager/conf.d/90-stackbox-openvswitch.conf')).toContain('interface-name:br-ex;');
    expect(guest.read('etc/selinux/config')).toBe('SELINUX=permissive\n');
    expect(guest.read('root/.ssh/authorized_keys')).toBe(guest.read('root/.ssh/id_rsa.pub'));
    expect(guest.calls('systemctl')).toContain('disable --quiet --now firewalld');
    expect(guest.calls('localectl')).toEqual(['set-locale LANG=en_US.UTF-8']);
  });

  it('sets its address for good, once, beside the lease', async () => {
    const guest = await prepared();
    await guest.write('profile', '');
    await guest.shim(
      'nmcli',
      `case "$*" in
  *"device show eth0") echo "cloud-init eth0" ;;
  *"connection show cloud-init eth0") cat "$ROOT/profile" ;;
  *modify*) echo "$5" >"$ROOT/profile" ;;
esac`,
    );
    expect(guest.run('prepare', { ADDRESS }).output).toContain(`The address ${ADDRESS}/24 is static\n`);
    expect(guest.run('prepare', { ADDRESS }).output).not.toContain('is static');
    expect(guest.calls('nmcli').filter((call) => call.includes('modify'))).toEqual([
      `connection modify cloud-init eth0 +ipv4.addresses ${ADDRESS}/24`,
    ]);
    await guest.shim('nmcli', 'echo --');
    expect(guest.run('prepare', { ADDRESS })).toMatchObject({
      code: 0,
      output: expect.stringContaining('NetworkManager does not look after eth0'),
    });
  });

  it('may be repeated: nothing is there twice', async () => {
    const guest = await prepared();
    guest.run('prepare', { ADDRESS });
    const before = [guest.read('etc/hosts'), guest.read('root/.ssh/authorized_keys')];
    const { code, output } = guest.run('prepare', { ADDRESS });
    expect(code, output).toBe(0);
    expect([guest.read('etc/hosts'), guest.read('root/.ssh/authorized_keys')]).toEqual(before);
  });

  it('says when the address is gone, and when ssh does not let it in', async () => {
    const guest = await prepared();
    expect(guest.run('prepare', { ADDRESS: '192.168.130.1' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('does not have its address 192.168.130.1'),
    });
    await guest.shim('ssh', 'exit 255');
    expect(guest.run('prepare', { ADDRESS }).output).toContain('does not let its own administrator in');
  });

  it('says when there is no room', async () => {
    const guest = await prepared();
    expect(guest.run('prepare', { ADDRESS, FREE_MIB: '999999999' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('No space left on device'),
    });
    expect(guest.calls('dnf')).toEqual([]);
  });
});

describe('adding the repositories of RDO', () => {
  it('does so on CentOS Stream 9, without the module that is in the way', async () => {
    const guest = await machine();
    await guest.write('etc/os-release', 'ID="centos"\nVERSION_ID="9"\n');
    const { code, output } = guest.run('repositories');
    expect(code, output).toBe(0);
    expect(guest.calls('dnf').join('\n')).toMatch(
      /--set-enabled crb[^]*module disable mariadb[^]*centos-release-openstack-epoxy[^]*update/,
    );
    expect(guest.calls('dnf').join('\n')).not.toContain('epel');
  });

  it('switches EPEL off', async () => {
    const guest = await machine();
    await guest.write('etc/os-release', 'ID="centos"\nVERSION_ID="9"\n');
    await guest.write('etc/yum.repos.d/epel.repo', '[epel]\n');
    expect(guest.run('repositories').output).toContain('EPEL is switched off');
    expect(guest.calls('dnf')).toContain('config-manager --set-disabled epel*');
  });

  it.each([
    ['ID="centos"\nVERSION_ID="10"\n', 'this is centos 10'],
    ['ID="rocky"\nVERSION_ID="9.6"\n', 'this is rocky 9.6'],
  ])('refuses anything else: %j', async (release, message) => {
    const guest = await machine();
    await guest.write('etc/os-release', release);
    const { code, output } = guest.run('repositories');
    expect(code).toBe(1);
    expect(output).toContain(message);
    expect(guest.calls('dnf')).toEqual([]);
  });
});

describe('writing the answer file', () => {
  const FILE = 'root/stackbox/answers.txt';

  it('writes it for its owner alone, and says no password', async () => {
    const guest = await machine();
    const { code, output } = guest.run('answers', { ANSWERS: '[general]\nCONFIG_A=Secret123\nCONFIG_B=%{::x} $(y)\n' });
    expect(code, output).toBe(0);
    expect(output).not.toContain('Secret');
    expect(guest.read(FILE)).toBe('[general]\nCONFIG_A=Secret123\nCONFIG_B=%{::x} $(y)\n');
    expect(statSync(join(guest.root, FILE)).mode & 0o777).toBe(0o600);
  });

  it('keeps what packstack made up in an earlier run, for services know it; what is chosen wins', async () => {
    const guest = await machine();
    await guest.write(FILE, '[general]\n\n# Comment\nCONFIG_SWIFT_HASH=abc123\nCONFIG_HORIZON_INSTALL=n\n');
    expect(guest.run('answers', { ANSWERS: '[general]\nCONFIG_HORIZON_INSTALL=y\n' }).output).toContain(
      '1 answers of an earlier run are kept',
    );
    expect(guest.read(FILE)).toBe('[general]\nCONFIG_SWIFT_HASH=abc123\nCONFIG_HORIZON_INSTALL=y\n');
  });
});

describe('running packstack', () => {
  const replay = (name: string): string =>
    readFileSync(join(import.meta.dirname, `../../fixtures/recipes/rdo-replay-${name}.txt`), 'utf8');
  const withPackstack = async (name: string, code: number): Promise<ScriptMachine> => {
    const guest = await machine();
    await guest.write('said', replay(name));
    await guest.shim('packstack', `cat "$ROOT/said"; exit ${code}`);
    return guest;
  };

  it('is done when it said so', async () => {
    const guest = await withPackstack('success', 0);
    const { code, output } = guest.run('packstack', PACKSTACK);
    expect(code, output).toBe(0);
    expect(output).toContain('packstack came to its end\n');
    expect(guest.calls('packstack')).toEqual([`--answer-file=${guest.root}/root/stackbox/answers.txt --timeout=900`]);
  });

  it('hands on how it failed', async () => {
    const { code, output } = (await withPackstack('failed', 1)).run('packstack', PACKSTACK);
    expect(code).toBe(1);
    expect(output).toContain('Unable to find a match: openstack-keystone');
    expect(output).toContain('packstack ended with exit code 1');
  });

  it('is not done without its last words', async () => {
    const { code, output } = (await withPackstack('keys-failed', 0)).run('packstack', PACKSTACK);
    expect(code).toBe(1);
    expect(output).toContain('ended without its final words');
  });

  it('shows what Puppet writes while it works, though the file is renamed in the end; old files are left out', async () => {
    const guest = await machine();
    await guest.write('var/tmp/packstack/old/manifests/1.2.3.4_network.pp.running', 'Notice: long ago\n');
    await guest.shim(
      'packstack',
      `folder=$ROOT/var/tmp/packstack/new/manifests; log=$folder/1.2.3.4_controller.pp
mkdir -p "$folder"; echo "Notice: begins" >"$log.running"; /bin/sleep 2; echo "Notice: ends" >>"$log.running"
mv "$log.running" "$log.finished"; /bin/sleep 2; echo ' **** Installation completed successfully ******'`,
    );
    const { code, output } = guest.run('packstack', PACKSTACK);
    expect(code, output).toBe(0);
    expect(output).toContain('[controller] Notice: begins\n');
    expect(output).toContain('[controller] Notice: ends\n');
    expect(output).not.toContain('long ago');
  });
});
