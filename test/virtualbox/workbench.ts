/** A VirtualBox of a test's own: its own settings, its own VBoxSVC, nothing of the person's is ever seen. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../main/host/process';
import { findVBoxManage } from '../../main/hypervisors/virtualbox/find';
import { splitWarnings } from '../../main/hypervisors/virtualbox/output';

const HERE = import.meta.dirname;
const ROOT = process.env['STACKBOX_VBOX_ROOT'] ?? '/var/cache/stackbox-virtualbox-sid';

/** The real VBoxManage: of the chroot that `setup-chroot.sh` makes, else of this computer. */
async function realVBoxManage(): Promise<string | undefined> {
  if (existsSync(join(ROOT, 'usr/bin/VBoxManage'))) return join(HERE, 'VBoxManage');
  return findVBoxManage();
}

/** `undefined` if tests may run; else why not. On CI a missing VBoxManage is a failure and not a reason to skip. */
export async function whyNoVirtualBox(): Promise<string | undefined> {
  if ((await realVBoxManage()) !== undefined) return undefined;
  const why = 'there is no VBoxManage here; as root, test/virtualbox/setup-chroot.sh provides one';
  if (process.env['CI'] === 'true') throw new Error(`CI must test with the real VirtualBox, but ${why}.`);
  return why;
}

export interface Workbench {
  /** The real VBoxManage, or the stand-in that also starts machines, by QEMU. */
  readonly program: string;
  /** Private folder, removed by `close`. */
  readonly folder: string;
  /** Runs the real VBoxManage. @returns its output without warnings */
  vbox(...args: string[]): Promise<string>;
  close(): Promise<void>;
}

/**
 * VBoxSVC, which VBoxManage starts when it is needed and which ends 5 s after its last client. A client that comes just
 * then waits 10 to 30 s for it (7.2.22): for tests of something else, one is kept until the end.
 */
async function keepServer(folder: string): Promise<{ end(): Promise<void> }> {
  // It says that it is ready on its standard output, but not before 4 kB of it are together.
  const pidFile = join(folder, 'VBoxSVC.pid');
  const child = spawn(join(HERE, 'VBoxSVC'), ['--pidfile', pidFile], { stdio: 'ignore' });
  const gone = once(child, 'exit');
  while (!existsSync(pidFile)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`VBoxSVC ended with ${child.exitCode}.`);
    await sleep(50);
  }
  return {
    async end() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/**
 * Sets the environment variables that give VirtualBox a home of its own; only one bench at a time in one process.
 * @param standIn use the program that carries out `startvm` and `controlvm` by QEMU
 * @param lasting keep VirtualBox's server, where it is the chroot's
 */
export async function openWorkbench({ standIn = false, lasting = false } = {}): Promise<Workbench> {
  const real = await realVBoxManage();
  if (real === undefined) throw new Error('There is no VBoxManage.');
  // Not in /tmp: VBoxSVC's socket lies there, and a person's own files need not be seen by it.
  await mkdir('/var/tmp/stackbox-vbox', { recursive: true });
  const folder = await mkdtemp('/var/tmp/stackbox-vbox/bench-');
  const home = join(folder, '.virtualbox');
  await mkdir(home);
  const socket = `stackbox-${basename(folder)}`;
  const before = { ...process.env };
  process.env['VBOX_USER_HOME'] = home;
  // Each home needs a VBoxSVC of its own, and this name tells them apart.
  process.env['VBOX_IPC_SOCKETID'] = socket;
  process.env['STACKBOX_REAL_VBOXMANAGE'] = real;
  const program = standIn ? join(HERE, 'vboxmanage-with-qemu') : real;
  await access(program);
  const server = lasting && real === join(HERE, 'VBoxManage') ? await keepServer(folder) : undefined;
  return {
    program,
    folder,
    vbox: async (...args) => splitWarnings((await run(real, args)).stdout).output,
    async close() {
      await server?.end();
      for (const name of ['VBOX_USER_HOME', 'VBOX_IPC_SOCKETID', 'STACKBOX_REAL_VBOXMANAGE']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
      // VBoxSVC ends by itself 5 s after its last client; its own file of settings may be written until then.
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      await rm(`/tmp/.vbox-${socket}-ipc`, { recursive: true, force: true });
    },
  };
}
