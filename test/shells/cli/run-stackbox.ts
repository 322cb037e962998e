/** The command line over a fake core, as a test sees it. */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createRouterClient, implement } from '@orpc/server';
import { contract } from '../../../main/contract/api';
import { runCommandLine } from '../../../main/shells/cli/program';
import { FakeCore } from '../../fakes/fake-api';

interface Ended {
  code: number;
  out: string;
  err: string;
  closed: boolean;
}

interface Setting {
  core?: FakeCore;
  stdin?: string;
  ownCore?: boolean;
  guest?: (argv: string[], input?: Buffer) => { exitCode: number; stdout: string; stderr: string };
}

/** Runs one command against the fake core, without a terminal. */
export async function stackbox(args: string[], setting: Setting = {}): Promise<Ended> {
  const { core = new FakeCore(), ownCore = true, guest } = setting;
  const router = core.router();
  const exec = implement(contract).clouds.exec.handler(({ input }) => {
    if (!guest) throw new Error('There is no guest.');
    return guest(input.argv, input.input === undefined ? undefined : Buffer.from(input.input, 'base64'));
  });
  const stdin = new PassThrough();
  stdin.end(setting.stdin ?? '');
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const [out, err] = [text(stdout), text(stderr)];
  let closed = false;
  const code = await runCommandLine(args, {
    io: { stdin, stdout, stderr },
    dataFolder: '/nowhere',
    windowFolder: '/nowhere',
    openBackend: async () => ({
      api: createRouterClient({ ...router, clouds: { ...router.clouds, exec } }),
      ownCore,
      share: async () => undefined,
      async close() {
        closed = true;
      },
    }),
  });
  stdout.end();
  stderr.end();
  return { code, out: await out, err: await err, closed };
}
