import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localConfValues } from '../../../main/recipes/devstack/local-conf-values';
import { finishedFile } from '../../../main/recipes/config-file';
import { devstack } from '../../../main/recipes/devstack';
import { optionsSchema } from '../../../main/recipes/devstack/options';
import { followOutput } from '../../../main/recipes/progress';
import type { RecipeCure } from '../../../main/recipes/types';
import { tempFolder } from '../../support/temp';

/** A line of each failure for which there is a cure, and the cure. */
const OFFERED: readonly (readonly [line: string, cure: string])[] = [
  ["fatal: unable to access 'https://opendev.org/': Could not resolve host: opendev.org", 'fix-resolver'],
  ['curl: (60) SSL certificate problem: certificate is not yet valid', 'set-clock'],
  ['error: RPC failed; curl 56 GnuTLS recv error (-54): Error in the pull function.', 'shallow'],
  ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 712 (apt-get)', 'wait-for-apt'],
  ['E: Failed to fetch http://x/a.deb  404  Not Found [IP: 1.2.3.4 80]', 'renew-package-lists'],
  ['ERROR: ResolutionImpossible: for help visit https://pip.pypa.io', 'leave-tempest-out'],
  ['[ERROR] lib/rpc_backend:98 Failed to set rabbitmq password', 'fix-host-name'],
  ["ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)", 'clean'],
  ['[ERROR] lib/keystone:551 keystone did not start', 'raise-time-out'],
  ['[ERROR] lib/neutron_plugins/ovn_agent:170 Socket /var/run/ovn/ovnnb_db.sock not found', 'clean'],
  ['HttpException: 503: Server Error for url: http://x/networking, No tenant network is available', 'stop-services'],
  ['[  712.1] Out of memory: Killed process 812 (mysqld)', 'add-swap'],
  ['Job for devstack@etcd.service failed because the control process exited with error code.', 'clean'],
];

function cureOf(id: string): RecipeCure {
  const cure = devstack.cures.find((one) => one.id === id);
  if (!cure) throw new Error(`no cure ${id}`);
  return cure;
}

describe('cures of DevStack', () => {
  it.each(OFFERED)('"%s" is cured by "%s"', (line, cure) => {
    const stack = devstack.data.steps.find(({ id }) => id === 'stack');
    if (!stack) throw new Error('no stack.sh');
    const job = followOutput(stack, devstack.data.errors);
    job.push(`${line}\n[ERROR] x:1 a consequence\n`);
    expect(job.knownError()?.apply).toBe(cure);
  });

  it('are all offered for something, and every failure that offers one is tried here', () => {
    const tried = new Set(OFFERED.map(([, cure]) => cure));
    expect(devstack.cures.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
    expect(devstack.data.errors.filter(({ apply }) => apply !== undefined)).toHaveLength(OFFERED.length);
  });

  it('raise the time-out in the local.conf that is written anew', () => {
    const cure = cureOf('raise-time-out');
    expect(cure.steps.map(({ id }) => id)).toEqual(['local-conf']);
    const passwords = { admin: 'A1', database: 'B1', rabbit: 'C1', service: 'D1' };
    const evidence = { kvm: false, emulated: true, zswap: true, branch: 'stable/2026.1' };
    const size = { cpus: 1, memoryMiB: 4096, diskGiB: 20 };
    const values = localConfValues({ address: '10.0.2.15', subnet: '10.0.2.0/24', size, passwords, evidence });
    const write = (more: object): string => {
      const options = optionsSchema.parse({ preset: 'identity', ...cure.set, ...more });
      return finishedFile(devstack, 'localConf', { options, size }, values);
    };
    expect(write({})).toMatch(/^SERVICE_TIMEOUT=1800$/m);
    expect(write({ serviceTimeout: 0 })).toMatch(/^SERVICE_TIMEOUT=900$/m);
    expect(optionsSchema.safeParse({ serviceTimeout: -1 }).success).toBe(false);
  });
});

interface Machine {
  readonly root: string;
  program(name: string, body: string): Promise<void>;
  run(script: string, env?: Record<string, string>): { code: number; output: string };
  read(path: string): Promise<string>;
}

/** A machine whose programs are those of the test, and whose files stand in a folder. */
async function machine(files: Readonly<Record<string, string>> = {}): Promise<Machine> {
  const root = await tempFolder();
  for (const folder of ['bin', 'etc', 'proc', 'var/lib']) await mkdir(join(root, folder), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(root, path), text);
  return {
    root,
    async program(name, body) {
      await writeFile(join(root, 'bin', name), `#!/bin/bash\n${body}\n`);
      await chmod(join(root, 'bin', name), 0o755);
    },
    run(script, env = {}) {
      const text = devstack
        .script(script)
        .replaceAll(/(?<![\w.])\/(?:etc|proc\/swaps|run|var\/lib)(?=[/\s;"']|$)/gm, `${root}$&`);
      const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', `set -euo pipefail\n${text}`], {
        env: { PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`, ROOT: root, ...env },
        encoding: 'utf8',
      });
      return { code: status ?? -1, output: stdout + stderr };
    },
    read: (path) => readFile(join(root, path), 'utf8'),
  };
}

describe('the cure for a resolver that lost its servers', () => {
  const RESOLV = 'nameserver 127.0.0.53\n';
  const broken = async (resolves: string): Promise<Machine> => {
    const guest = await machine({ 'etc/resolv.conf': RESOLV });
    await guest.program('getent', `[ "$2" = opendev.org ] || [ "$2" = pypi.org ] || exit 9; ${resolves}`);
    await guest.program('systemctl', 'case $1 in is-active) exit 0 ;; restart) echo "restarted $2" ;; esac');
    await guest.program('sleep', ':');
    await guest.program('ip', 'echo "10.0.2.2 dev ens3"; echo "default via 10.0.2.2 dev ens3"');
    await mkdir(join(guest.root, 'run/systemd/resolve'), { recursive: true });
    await writeFile(join(guest.root, 'run/systemd/resolve/resolv.conf'), 'nameserver 10.0.2.3\nsearch lab\n');
    return guest;
  };

  it('changes nothing when names are resolved again', async () => {
    const guest = await broken('exit 0');
    const { code, output } = guest.run('cure-resolver.sh', { HOST: 'opendev.org' });
    expect(code, output).toBe(0);
    expect(output).toMatch(/^opendev\.org is resolved again$/m);
    expect(output).not.toContain('restarted');
    expect(await guest.read('etc/resolv.conf')).toBe(RESOLV);
  });

  it('writes the servers of the network, and keeps what was there', async () => {
    const guest = await broken('grep -q 10.0.2.3 "$ROOT/etc/resolv.conf"');
    const { code, output } = guest.run('cure-resolver.sh', { HOST: '192.168.5.1' });
    expect(code, output).toBe(0);
    expect(output).toContain('restarted systemd-resolved');
    expect(await guest.read('etc/resolv.conf')).toMatch(/^nameserver 10\.0\.2\.3\n/);
    expect(await guest.read('etc/resolv.conf.stackbox-before')).toBe(RESOLV);
  });

  it('puts everything back when that does not help either, and fails', async () => {
    const guest = await broken('exit 2');
    const { code, output } = guest.run('cure-resolver.sh', { HOST: 'opendev.org' });
    expect(code).toBe(1);
    expect(output).toContain('opendev.org is not resolved by 10.0.2.3');
    expect(await guest.read('etc/resolv.conf')).toBe(RESOLV);
  });
});

describe('the cure for a machine without memory', () => {
  const withRoom = async (mib: number, swaps = ''): Promise<Machine> => {
    const guest = await machine({ 'etc/fstab': '', 'proc/swaps': `Filename Type\n/swapfile file\n` });
    if (swaps !== '') await writeFile(join(guest.root, 'proc/swaps'), swaps.replace('/var', `${guest.root}/var`));
    await guest.program('df', `echo Avail; echo ${mib}M`);
    for (const name of ['mkswap', 'swapon']) await guest.program(name, `echo "${name} $1"`);
    await guest.program('fallocate', 'for last; do :; done; echo "$2" >"$last"');
    return guest;
  };

  it('adds 4 GiB of swap that the next boot has too', async () => {
    const guest = await withRoom(20_000);
    const { code, output } = guest.run('cure-swap.sh');
    expect(code, output).toBe(0);
    expect(output).toContain('Added 4 GiB');
    expect(await guest.read('etc/fstab')).toBe(`${guest.root}/var/lib/stackbox-swap none swap sw 0 0\n`);
  });

  it('leaves room on the disk, and does not add the same swap twice', async () => {
    const small = (await withRoom(6000)).run('cure-swap.sh');
    expect(small).toMatchObject({ code: 1, output: expect.stringContaining('Only 6000 MiB are free') });
    const again = (await withRoom(20_000, '/var/lib/stackbox-swap file 4194300\n')).run('cure-swap.sh');
    expect(again).toMatchObject({ code: 1, output: expect.stringContaining('already') });
  });
});

describe('the cures of single programs', () => {
  it('wait for apt finishes what was cut off', async () => {
    const guest = await machine();
    await guest.program('dpkg', 'echo "dpkg $*"');
    await guest.program('timeout', 'cat >/dev/null');
    expect(guest.run('cure-apt.sh')).toMatchObject({
      code: 0,
      output: expect.stringContaining('dpkg --configure --pending'),
    });
  });

  it('new package lists are not taken for new when a server does not answer', async () => {
    const guest = await machine();
    await guest.program('timeout', 'cat >/dev/null');
    await guest.program('apt-get', 'echo "E: Failed to fetch"; exit 100');
    expect(guest.run('cure-package-lists.sh').code).toBe(100);
    await guest.program('apt-get', 'echo "$*"');
    expect(guest.run('cure-package-lists.sh')).toMatchObject({ code: 0, output: expect.stringContaining(' update\n') });
  });

  it('the host name is written once, and RabbitMQ begins anew', async () => {
    const guest = await machine({ 'etc/hosts': '127.0.0.1 localhost\n' });
    await guest.program('hostname', 'echo demo');
    await guest.program('getent', 'grep -qw "$2" "$ROOT/etc/hosts"');
    await guest.program('systemctl', '[ "$1" != restart ] || echo "restarted $2"');
    for (let turn = 0; turn < 2; turn++) {
      expect(guest.run('cure-host-name.sh')).toMatchObject({
        code: 0,
        output: expect.stringContaining('restarted rabbitmq'),
      });
    }
    expect(await guest.read('etc/hosts')).toBe('127.0.0.1 localhost\n127.0.1.1 demo\n');
  });

  it.each([
    ['yes', 0, 'The clock is right'],
    ['no', 1, 'No time server answered'],
  ])('the clock is set when a time server said so (%s)', async (synchronized, code, words) => {
    const guest = await machine();
    await guest.program('systemctl', ':');
    await guest.program('chronyc', 'echo 200 OK');
    await guest.program('sleep', ':');
    await guest.program('timedatectl', `echo ${synchronized}`);
    expect(guest.run('cure-clock.sh')).toMatchObject({ code, output: expect.stringContaining(words) });
  });
});
