import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { devstack } from '../../../main/recipes/devstack';
import { tempFolder } from '../../support/temp';

/** Programs that would need root or systemd; `runuser` runs the rest of its words, `systemctl` keeps a list. */
const SHIMS: Readonly<Record<string, string>> = {
  runuser: 'shift 2; [ "$1" != -- ] || shift; exec "$@"',
  chown: ':',
  systemctl: 'echo "$*" >>"$SHIMS/systemctl.log"',
};

interface Machine {
  readonly root: string;
  /** Runs a step's script as the job does, with the machine's folders in place of the real ones. */
  run(step: string, env?: Record<string, string>): { code: number; output: string };
  write(path: string, content: string, mode?: number): Promise<void>;
}

async function machine(): Promise<Machine> {
  const root = await tempFolder();
  const shims = join(root, 'shims');
  const write = async (path: string, content: string, mode = 0o644): Promise<void> => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), content);
    await chmod(join(root, path), mode);
  };
  for (const [name, body] of Object.entries(SHIMS)) await write(`shims/${name}`, `#!/bin/sh\n${body}\n`, 0o755);
  await mkdir(join(root, 'opt/stack/logs'), { recursive: true });
  return {
    root,
    write,
    run(step, env = {}) {
      const jobs = [...devstack.data.steps, ...devstack.actions.flatMap(({ steps }) => steps)];
      const file = jobs.find(({ id }) => id === step)?.script ?? '';
      const script = devstack
        .script(file)
        .replaceAll('/opt/stack', join(root, 'opt/stack'))
        .replaceAll('/etc/stackbox', join(root, 'etc/stackbox'))
        .replaceAll('/etc/systemd', join(root, 'etc/systemd'))
        .replaceAll('seq 20', 'seq 1');
      const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', `set -euo pipefail\n${script}`], {
        env: { PATH: `${shims}:${process.env['PATH'] ?? ''}`, SHIMS: shims, ...env },
        encoding: 'utf8',
      });
      return { code: status ?? -1, output: stdout + stderr };
    },
  };
}

/** A git server's `openstack/devstack` with one commit on each branch; the first is where a clone begins. */
async function gitServer(
  { root }: Machine,
  branches: readonly string[],
  tags: readonly string[] = [],
): Promise<string> {
  const tree = join(root, 'server/openstack/devstack');
  await mkdir(tree, { recursive: true });
  const git = (...words: string[]): void => {
    execFileSync('git', ['-C', tree, '-c', 'user.name=x', '-c', 'user.email=x@y', ...words], { stdio: 'ignore' });
  };
  git('init', '--initial-branch', branches[0] ?? 'master');
  for (const branch of branches) {
    git('checkout', '-B', branch);
    await writeFile(join(tree, 'stack.sh'), `${branch}\n`);
    git('add', '.');
    git('commit', '--allow-empty', '-m', branch);
  }
  for (const tag of tags) git('tag', tag);
  return join(root, 'server');
}

describe('getting DevStack', () => {
  it('takes the branch, and says where it stands', async () => {
    const guest = await machine();
    const server = await gitServer(guest, ['master', 'stable/2026.1', 'stable/2026.10']);
    const { code, output } = guest.run('clone', { GIT_BASE: server, BRANCH: 'stable/2026.1' });
    expect(code, output).toBe(0);
    expect(output).toMatch(/^DevStack is stable\/2026\.1 at [0-9a-f]{40}$/m);
    expect(readFileSync(join(guest.root, 'opt/stack/devstack/stack.sh'), 'utf8')).toBe('stable/2026.1\n');
    expect(readFileSync(join(guest.root, 'etc/stackbox/devstack-branch'), 'utf8')).toBe('stable/2026.1\n');
  });

  it.each([
    [['master', 'unmaintained/2025.1'], [], 'unmaintained/2025.1'],
    [['master'], ['2025.1-eol'], '2025.1-eol'],
  ])('finds an old branch under the name that it has now (%#)', async (branches, tags, name) => {
    const guest = await machine();
    const server = await gitServer(guest, branches, tags);
    const { code, output } = guest.run('clone', { GIT_BASE: server, BRANCH: 'stable/2025.1' });
    expect(code, output).toBe(0);
    expect(readFileSync(join(guest.root, 'etc/stackbox/devstack-branch'), 'utf8').trim()).toBe(name);
  });

  it('may be repeated: what a person changed in the tree gives way, other files stay', async () => {
    const guest = await machine();
    const server = await gitServer(guest, ['master']);
    expect(guest.run('clone', { GIT_BASE: server, BRANCH: 'master' }).code).toBe(0);
    await guest.write('opt/stack/devstack/stack.sh', 'changed\n');
    await guest.write('opt/stack/devstack/local.conf', 'mine\n');
    const { code, output } = guest.run('clone', { GIT_BASE: server, BRANCH: 'master' });
    expect(code, output).toBe(0);
    expect(readFileSync(join(guest.root, 'opt/stack/devstack/stack.sh'), 'utf8')).toBe('master\n');
    expect(readFileSync(join(guest.root, 'opt/stack/devstack/local.conf'), 'utf8')).toBe('mine\n');
  });

  it('starts anew after half a clone', async () => {
    const guest = await machine();
    const server = await gitServer(guest, ['master']);
    await guest.write('opt/stack/devstack.part/half', '');
    expect(guest.run('clone', { GIT_BASE: server, BRANCH: 'master' }).code).toBe(0);
    expect(existsSync(join(guest.root, 'opt/stack/devstack/half'))).toBe(false);
  });

  it('says when there is no such branch', async () => {
    const guest = await machine();
    const server = await gitServer(guest, ['master']);
    const { code, output } = guest.run('clone', { GIT_BASE: server, BRANCH: 'stable/2031.1' });
    expect(code).toBe(1);
    expect(output).toContain('There is no branch stable/2031.1 at');
    expect(guest.run('clone', { GIT_BASE: `${server}/nowhere`, BRANCH: 'master' }).code).not.toBe(0);
  });
});

describe('writing local.conf', () => {
  it('writes it as it is, for its user alone, and keeps what was there', async () => {
    const guest = await machine();
    const file = join(guest.root, 'opt/stack/devstack/local.conf');
    await guest.write('opt/stack/devstack/localrc', 'OLD=1\n');
    const text = '[[local|localrc]]\nADMIN_PASSWORD=Secret0123456789abcd\nX="$(touch /nowhere/x)" \\ %s\n';
    const first = guest.run('local-conf', { LOCAL_CONF: text });
    expect(first.code, first.output).toBe(0);
    expect(first.output).not.toContain('Secret');
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(join(guest.root, 'opt/stack/devstack/localrc'))).toBe(false);
    expect(guest.run('local-conf', { LOCAL_CONF: text }).output).not.toContain('kept');
    expect(guest.run('local-conf', { LOCAL_CONF: 'new\n' }).output).toContain('local.conf.previous');
    expect(readFileSync(`${file}.previous`, 'utf8')).toBe(text);
    expect(readFileSync(file, 'utf8')).toBe('new\n');
  });
});

describe('running stack.sh', () => {
  const STACK = { ADDRESS: '10.0.2.15', no_proxy: '.lab' };
  const withStack = async (body: string): Promise<Machine> => {
    const guest = await machine();
    await guest.write('opt/stack/devstack/stack.sh', `#!/bin/bash\n${body}\n`, 0o755);
    await guest.write('opt/stack/devstack/unstack.sh', '#!/bin/bash\necho "unstacked, ERROR 1045"\nexit 1\n', 0o755);
    return guest;
  };
  const finish = 'echo "This is your host IP address: 10.0.0.1" | tee ../logs/stack.sh.log';

  it('is done when it ended well and said its last words', async () => {
    const guest = await withStack(
      `[ "$USER" = stack ] && [ "$no_proxy" = localhost,127.0.0.1,10.0.2.15,.lab ] || exit 9; ${finish}`,
    );
    const { code, output } = guest.run('stack', STACK);
    expect(code, output).toBe(0);
    expect(output).toContain('This is your host IP address: 10.0.0.1\nstack.sh came to its end\n');
    expect(guest.run('stack', STACK).output).not.toContain('An earlier run');
  });

  it('leaves services that stop within the time that a shutdown has', async () => {
    const guest = await withStack(finish);
    expect(guest.run('stack', STACK).code).toBe(0);
    const settings = readFileSync(join(guest.root, 'etc/systemd/system/devstack@.service.d/stackbox.conf'), 'utf8');
    const seconds = /^\[Service\]\nTimeoutStopSec=(\d+)$/m.exec(settings)?.[1];
    expect(Number(seconds)).toBeGreaterThan(0);
    expect(Number(seconds)).toBeLessThan(120);
    expect(settings).toContain('\nKillMode=mixed\n');
  });

  it('is not done without its last words, whatever it says of itself', async () => {
    const { code, output } = (await withStack('exit 0')).run('stack', STACK);
    expect(code).toBe(1);
    expect(output).toContain('ended without its final words');
  });

  it('is not done with the last words of an earlier run', async () => {
    const guest = await withStack(finish);
    expect(guest.run('stack', STACK).code).toBe(0);
    await guest.write('opt/stack/devstack/stack.sh', '#!/bin/bash\nexit 0\n', 0o755);
    const { code, output } = guest.run('stack', STACK);
    expect(code).toBe(1);
    expect(output).toContain('ended without its final words');
  });

  it('hands on how it failed, and waits for no answer to a question', async () => {
    const guest = await withStack('read -r answer || echo "Enter a password now: nobody answers"; exit 100');
    const { code, output } = guest.run('stack', STACK);
    expect(code).toBe(100);
    expect(output).toContain('nobody answers');
    expect(output).toContain('stack.sh ended with exit code 100');
  });

  it('stops what an earlier run left behind before it runs again, and shows none of its noise', async () => {
    const guest = await withStack('exit 1');
    guest.run('stack', STACK);
    await guest.write('opt/stack/devstack/stack.sh', `#!/bin/bash\n${finish}\n`, 0o755);
    const { code, output } = guest.run('stack', STACK);
    expect(code, output).toBe(0);
    expect(output).toContain('An earlier run did not come to its end');
    expect(output).not.toContain('ERROR 1045');
    expect(readFileSync(join(guest.root, 'opt/stack/logs/unstack.log'), 'utf8')).toContain('unstacked');
    expect(readFileSync(join(guest.root, 'shims/systemctl.log'), 'utf8')).toBe('stop devstack@*\n');
  });
});

describe('the credentials files', () => {
  it.each([
    ['openrc', {}, 'admin'],
    ['openrc-demo', { ACCOUNT: 'demo' }, 'demo'],
  ])('of "%s" make openstack work as their user, and only for the login user', async (step, account, user) => {
    const guest = await machine();
    await guest.write('shims/getent', '#!/bin/sh\necho "debian:x:1000:1000::/home/debian:/bin/bash"\n', 0o755);
    const file = join(guest.root, 'etc/stackbox/openrc');
    const { code, output } = guest.run(step, {
      ...{ ADDRESS: '10.0.2.15', AUTH_URL: 'http://10.0.2.15/identity/v3', ADMIN_PASSWORD: 'Secret1', OPENRC: file },
      ...account,
    });
    expect(code, output).toBe(0);
    expect(output).not.toContain('Secret1');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const words = '. "$1"; echo "$OS_USERNAME $OS_PROJECT_NAME $OS_PASSWORD $OS_AUTH_URL"';
    const said = execFileSync('sh', ['-c', words, 'sh', file], { encoding: 'utf8' });
    expect(said.trim()).toBe(`${user} ${user} Secret1 http://10.0.2.15/identity/v3`);
  });
});

describe('taking DevStack down', () => {
  /** A machine with a stacked DevStack, whose systemctl names the units in `units` until they are stopped. */
  const stacked = async (body: string): Promise<Machine> => {
    const guest = await machine();
    await guest.write('opt/stack/devstack/.stackenv', 'HOST_IP=10.0.2.15\n');
    await guest.write('opt/stack/.stackbox-begun', '');
    await guest.write('etc/stackbox/devstack-boot', 'bridge br-ex\n');
    await guest.write('units', 'devstack@keystone.service loaded active running\n');
    await guest.write(
      'shims/systemctl',
      '#!/bin/sh\necho "$*" >>"$SHIMS/systemctl.log"\n[ "$1" != list-units ] || cat "$SHIMS/../units"\n',
      0o755,
    );
    for (const script of ['unstack.sh', 'clean.sh']) {
      await guest.write(`opt/stack/devstack/${script}`, `#!/bin/bash\n${body}\n`, 0o755);
    }
    return guest;
  };
  const EMPTY = ': >"$SHIMS/../units"';

  it('is done when no service is left, whatever unstack.sh says of itself', async () => {
    const guest = await stacked(`${EMPTY}; [ "$USER" = stack ] || exit 9; exit 3`);
    const { code, output } = guest.run('unstack');
    expect(code, output).toBe(0);
    expect(output).toContain('unstack.sh ended with exit code 3\nOpenStack is down\n');
    expect(existsSync(join(guest.root, 'opt/stack/.stackbox-begun'))).toBe(false);
    expect(existsSync(join(guest.root, 'etc/stackbox/devstack-boot'))).toBe(false);
    expect(existsSync(join(guest.root, 'opt/stack/devstack/.stackenv'))).toBe(true);
  });

  it('is not done while a service is up', async () => {
    const { code, output } = (await stacked('true')).run('unstack');
    expect(code).toBe(1);
    expect(output).toContain('Services are still up: devstack@keystone.service');
  });

  it('has nothing to do where nothing is up, as after a clean', async () => {
    const guest = await stacked('exit 9');
    await guest.write('units', '');
    execFileSync('rm', [join(guest.root, 'opt/stack/devstack/.stackenv')]);
    const { code, output } = guest.run('restack-unstack');
    expect(code, output).toBe(0);
    expect(output).toContain('Nothing of DevStack is up\n');
    expect(output).not.toContain('unstack.sh');
  });

  it('cleans, and leaves the folder that the next run logs into', async () => {
    const guest = await stacked('rm -rf .stackenv ../logs');
    const { code, output } = guest.run('clean');
    expect(code, output).toBe(0);
    expect(existsSync(join(guest.root, 'opt/stack/logs'))).toBe(true);
    expect((await stacked('exit 1')).run('clean')).toMatchObject({
      code: 1,
      output: expect.stringContaining('did not come to its end'),
    });
  });

  it('gives clean.sh the ramdisk of etcd that it unmounts, when a reboot has taken it', async () => {
    const guest = await stacked('rm -f .stackenv');
    await guest.write('opt/stack/data/etcd/.keep', '');
    await guest.write('shims/mountpoint', '#!/bin/sh\nexit 1\n', 0o755);
    await guest.write('shims/mount', '#!/bin/sh\necho "mounted $*"\n', 0o755);
    expect(guest.run('clean').output).toContain('mounted -t tmpfs -o nodev,nosuid,size=512M tmpfs');
  });
});
