/**
 * What jobs do in a guest, carried out by this computer's own shells in a folder of the test. systemd is played by a script:
 * the real one is in `guest.real.test.ts`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StackboxError } from '../../main/contract/errors';
import { Jobs, type JobGuest } from '../../main/guest/jobs';
import { tempFolder } from '../support/temp';

interface Workbench {
  readonly jobs: Jobs;
  readonly folder: string;
  /** Cuts the connection of whoever follows now. */
  readonly cut: () => void;
}

/** @param upload what arrives of a standard input */
async function workbench(upload = (input: Buffer): Buffer => input): Promise<Workbench> {
  const root = await tempFolder();
  const bin = join(root, 'bin');
  await mkdir(bin);
  const systemctl = `#!/bin/sh\ncat '${root}/unit' 2>/dev/null || echo inactive\n`;
  await writeFile(join(bin, 'systemctl'), systemctl);
  await writeFile(join(bin, 'systemd-run'), `#!/bin/sh\necho active >'${root}/unit'\n`);
  for (const name of ['systemctl', 'systemd-run']) await chmod(join(bin, name), 0o755);
  for (const each of ['var/lib/stackbox/jobs', 'var/log/stackbox']) await mkdir(join(root, each), { recursive: true });

  let cut = (): void => undefined;
  /** Every path of a guest lies in our folder here. */
  const start = (argv: readonly string[]): ReturnType<typeof spawn> => {
    const [file = '', ...args] = argv.map((word) => word.replaceAll(/\/var\/(lib|log)\/stackbox/g, `${root}$&`));
    return spawn(file, args, { env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` } });
  };
  const guest: JobGuest = {
    async call(argv, options = {}) {
      const child = start(argv);
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
      // A program that reads no input may end before it was given any.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(upload(Buffer.from(options.input ?? '')));
      const [code] = (await once(child, 'close')) as [number];
      return { exitCode: code, stdout: Buffer.concat(out), stderr: Buffer.concat(err) };
    },
    async again(signal, attempt) {
      for (;;) {
        try {
          return await attempt();
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof StackboxError) || error.code !== 'unreachable') throw error;
        }
      }
    },
    async stream(argv, onBytes) {
      const child = start(argv);
      let lost = false;
      cut = () => {
        lost = true;
        // As sshd does it: the program sees the end of its input and nobody reads it any more.
        child.stdin?.end();
        child.stdout?.destroy();
      };
      const closed = once(child, 'exit') as Promise<[number]>;
      try {
        for await (const chunk of child.stdout ?? []) await onBytes(chunk as Buffer);
      } catch (error) {
        if (!lost) throw error;
      }
      const [exitCode] = await closed;
      if (lost) throw new StackboxError('unreachable', 'cut');
      return { exitCode };
    },
  };
  return { jobs: new Jobs(guest), folder: root, cut: () => cut() };
}

/** A job as systemd would have it: `state` is its unit's, `end` what its end wrote down. */
async function jobThat(folder: string, state: string, end?: string): Promise<string> {
  const job = join(folder, 'var/lib/stackbox/jobs/install');
  await mkdir(job, { recursive: true });
  await writeFile(join(job, 'begun'), '');
  await writeFile(join(folder, 'unit'), `${state}\n`);
  if (end !== undefined) await writeFile(join(job, 'end'), `${end}\n`);
  await appendFile(join(folder, 'var/log/stackbox/install.log'), '');
  return join(folder, 'var/log/stackbox/install.log');
}

it('hands on every byte once, while it is written and after cuts in the middle of characters', async () => {
  const { jobs, folder, cut } = await workbench();
  const log = await jobThat(folder, 'active');
  const text = Array.from({ length: 30 }, (_, n) => `line ${n} ☃🔥\n`).join('');
  const bytes = Buffer.from(text);
  let seen = '';
  let next = 0;
  const following = jobs.follow(
    'install',
    0,
    (piece, offset) => {
      seen += piece;
      next = offset;
    },
    new AbortController().signal,
  );
  for (let at = 0; at < bytes.length; at += 101) {
    await appendFile(log, bytes.subarray(at, at + 101));
    await expect.poll(() => next, { timeout: 10_000 }).toBe(Math.min(bytes.length, at + 101));
    if (at === 101 || at === 202) cut();
  }
  await appendFile(log, 'last words\n');
  await jobThat(folder, 'inactive', 'exit-code 3');
  expect(await following).toEqual({ state: 'ended', exitCode: 3, result: 'exit-code' });
  expect(seen).toBe(`${text}last words\n`);
});

it('tells how a job ended: by itself, by a signal, stopped with the machine, or cut off with it', async () => {
  for (const [end, expected] of [
    ['success 0', { exitCode: 0, result: 'success' }],
    ['exit-code 100', { exitCode: 100, result: 'exit-code' }],
    ['oom-kill KILL', { exitCode: 255, result: 'oom-kill' }],
    ['success TERM', { exitCode: 255, result: 'interrupted' }],
    [undefined, { exitCode: 255, result: 'interrupted' }],
  ] as const) {
    const { jobs, folder } = await workbench();
    expect(await jobs.state('install')).toEqual({ state: 'absent' });
    await jobThat(folder, 'active');
    expect(await jobs.state('install')).toEqual({ state: 'running' });
    await jobThat(folder, 'inactive', end);
    expect(await jobs.state('install')).toEqual({ state: 'ended', ...expected });
  }
});

it('never starts half a script, and starts the whole one at the next attempt', async () => {
  const user = process.env['USER'] ?? 'root';
  let most = 20;
  const { jobs, folder } = await workbench((input) => input.subarray(0, most));
  const script = 'rm -rf /tmp/some-folder/that-is-named-in-full';
  const job = { name: 'install', script, user, env: { PASSWORD: `a'b "c" $(d)\nsecond line` } };
  await expect(jobs.start(job)).rejects.toMatchObject({ code: 'guest-failed' });
  expect(await jobs.state('install')).toEqual({ state: 'absent' });
  expect(await readdir(join(folder, 'var/lib/stackbox/jobs'))).toEqual([]);
  most = Infinity;
  await jobs.start(job);
  expect(await jobs.state('install')).toEqual({ state: 'running' });
  const run = await readFile(join(folder, 'var/lib/stackbox/jobs/install/run'), 'utf8');
  expect(run.endsWith(script)).toBe(true);
  await jobs.forget('install');
  expect(await jobs.state('install')).toEqual({ state: 'absent' });
});

it('takes no name that would lead elsewhere', async () => {
  const { jobs } = await workbench();
  for (const name of ['../../etc', 'a b', '', '-x', 'a;b', 'é', 'x'.repeat(300)]) {
    await expect(jobs.state(name)).rejects.toMatchObject({ code: 'internal' });
  }
  const job = { name: 'install', script: 'true', env: { 'A;B': 'x' } };
  await expect(jobs.start(job)).rejects.toMatchObject({ code: 'internal' });
});
