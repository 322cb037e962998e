/** A freshly made ordinary user: no group but its own, a home, a runtime folder. Only root can make one. */
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, type ProcessResult } from '../../../main/host/process';

export interface OrdinaryUser {
  readonly name: string;
  readonly home: string;
  /** Runs a program as that user, in a clean environment. */
  run(file: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ProcessResult>;
  /** Ends what still runs as that user (its libvirt session) and removes the user with everything it had. */
  remove(): Promise<void>;
}

export async function makeOrdinaryUser(): Promise<OrdinaryUser> {
  const name = `stackbox-t${process.pid}`;
  await run('useradd', ['--create-home', '--shell', '/bin/bash', name]);
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)),
  );
  const runtime = await mkdtemp(join(tmpdir(), 'stackbox-run-'));
  await chown(runtime, uid ?? -1, gid ?? -1);
  await chmod(runtime, 0o700);
  const home = `/home/${name}`;
  const environment = [
    `HOME=${home}`,
    `USER=${name}`,
    `PATH=${process.env['PATH'] ?? ''}`,
    `XDG_RUNTIME_DIR=${runtime}`,
  ];
  return {
    name,
    home,
    async run(file, args, env = {}) {
      const added = Object.entries(env).map(([key, value]) => `${key}=${value}`);
      const who = ['--reuid', name, '--regid', name, '--clear-groups', '--reset-env'];
      // 1 is an answer: the caller looks at what was said.
      return await run('setpriv', [...who, 'env', ...environment, ...added, file, ...args], {
        okCodes: [1],
        silenceMs: 280_000,
        cwd: process.cwd(),
      });
    },
    async remove() {
      const { stdout } = await run('ps', ['-o', 'pid=', '-u', name], { okCodes: [1] });
      for (const pid of stdout.split('\n').map(Number).filter(Boolean)) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended by itself since the listing.
        }
      }
      await run('userdel', ['--force', '--remove', name], { okCodes: [12] });
      await rm(runtime, { recursive: true, force: true });
    },
  };
}
