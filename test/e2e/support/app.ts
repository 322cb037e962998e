/** The built Stackbox with a data folder of its own, served to a browser; and the same from the command line. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const CLI = resolve(import.meta.dirname, '../../../out/main/cli.js');

/** The core gives everything 15 s to let go; the rest is for a busy computer (ms). */
const CLOSES_WITHIN = 60_000;

export interface App {
  /** Address with its token, as `serve` prints it. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it as Ctrl-C does, and waits until it is gone. */
  close(): Promise<void>;
}

/** Environment of a Stackbox that shares nothing with the person's own. */
export function environment(dataFolder: string, catalogue: string): NodeJS.ProcessEnv {
  return { ...process.env, STACKBOX_HOME: dataFolder, STACKBOX_CATALOGUE: catalogue };
}

export async function serveApp(env: NodeJS.ProcessEnv): Promise<App> {
  const child = spawn(process.execPath, [CLI, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const url = await new Promise<string>((found, failed) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const match = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/.exec(said);
      if (match) found(match[0]);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => failed(new Error(`serve ended with ${code}: ${said}`)));
  });
  return {
    url,
    process: child,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit', { signal: AbortSignal.timeout(CLOSES_WITHIN) });
      child.kill('SIGINT');
      try {
        await gone;
      } catch {
        child.kill('SIGKILL');
        throw new Error(`serve did not end within ${CLOSES_WITHIN / 1000} s of SIGINT; it said: ${said}`);
      }
    },
  };
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of the command line to its end. */
export async function stackbox(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Deletes what a failed test left: its machines must not run on beside the next test. */
export async function deleteAll(env: NodeJS.ProcessEnv): Promise<void> {
  const { stdout } = await stackbox(env, 'list', '--json');
  for (const { name } of JSON.parse(stdout) as { name: string }[]) await stackbox(env, 'delete', name, '--yes');
}
