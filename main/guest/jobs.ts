/**
 * Long work in the guest: a transient systemd unit that writes to a file. It outlives our connection, our crash and the
 * lid of the laptop; we only read its file by byte offset. How it ended is written down by systemd itself.
 */
import { quote } from 'shell-quote';
import { StackboxError } from '../contract/errors';
import type { GuestCallOptions, GuestJob, GuestJobState } from './guest';
import { ASK, FOLLOW, FORGET, START } from './job-scripts';
import type { ExecResult } from './ssh/exec';

/** What jobs need of a guest. */
export interface JobGuest {
  /** Runs a program in the guest. */
  call(argv: readonly string[], options?: GuestCallOptions): Promise<ExecResult>;
  /** Repeats what lost its connection. */
  again<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T>;
  /** Hands on a program's output with back-pressure. */
  stream(
    argv: readonly string[],
    onBytes: (bytes: Buffer) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<{ exitCode: number }>;
}

const JOB_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,100}$/;

export class Jobs {
  private readonly guest: JobGuest;

  constructor(guest: JobGuest) {
    this.guest = guest;
  }

  /** Path in the guest of the job's output. */
  static log(name: string): string {
    return `/var/log/stackbox/${checked(name)}.log`;
  }

  /** Starts the job unless it runs or has ended. The values of `env` travel by standard input only. */
  async start(job: GuestJob, signal?: AbortSignal): Promise<void> {
    const folder = folderOf(job.name);
    const script = Buffer.from(scriptOf(job));
    const words = [folder, job.name, Jobs.log(job.name), job.user ?? 'root', String(script.length)];
    const { exitCode, stderr, stdout } = await this.guest.call(['sh', '-c', START, 'sh', ...words], {
      root: true,
      input: script,
      ...(signal && { signal }),
    });
    if (exitCode === 0) return;
    throw new StackboxError('guest-failed', `The job ${job.name} could not be started in the guest.`, {
      output: Buffer.concat([stdout, stderr]).toString('utf8').trim(),
      exitCode,
    });
  }

  async state(name: string, signal?: AbortSignal): Promise<GuestJobState> {
    const argv = ['sh', '-c', ASK, 'sh', folderOf(name), unitOf(name)];
    const { exitCode, stdout, stderr } = await this.guest.call(argv, { quiet: true, ...(signal && { signal }) });
    if (exitCode !== 0) {
      throw new StackboxError('guest-failed', `The job ${name} could not be asked for its state.`, {
        output: stderr.toString('utf8'),
        exitCode,
      });
    }
    return parseState(stdout.toString('latin1').trim());
  }

  async follow(
    name: string,
    from: number,
    onText: (text: string, next: number) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<{ exitCode: number; result: string }> {
    const decoder = new TextDecoder();
    let next = from;
    const onBytes = async (bytes: Buffer): Promise<void> => {
      next += bytes.length;
      await onText(decoder.decode(bytes, { stream: true }), next);
    };
    for (;;) {
      const state = await this.guest.again(signal, async () => {
        const words = [folderOf(name), unitOf(name), Jobs.log(name), String(next)];
        await this.guest.stream(['bash', '-c', FOLLOW, 'bash', ...words], onBytes, signal);
        return this.state(name, signal);
      });
      if (state.state === 'ended') return state;
      if (state.state === 'absent') {
        throw new StackboxError('guest-failed', `The job ${name} is not in the guest any more.`);
      }
    }
  }

  async forget(name: string, signal?: AbortSignal): Promise<void> {
    const argv = ['sh', '-c', FORGET, 'sh', folderOf(name), unitOf(name)];
    const { exitCode, stderr } = await this.guest.call(argv, { root: true, ...(signal && { signal }) });
    if (exitCode === 0) return;
    throw new StackboxError('guest-failed', `The job ${name} could not be ended.`, {
      output: stderr.toString('utf8'),
      exitCode,
    });
  }
}

/** The script as bash gets it, with its values before it. @throws StackboxError `internal` for an impossible name */
export function scriptOf({ script, env = {} }: Pick<GuestJob, 'script' | 'env'>): string {
  const exports = Object.entries(env).map(([name, value]) => `export ${checkedVariable(name)}=${quote([value])}\n`);
  return `set -euo pipefail\n${exports.join('')}${script}`;
}

/** `running`, `absent`, `interrupted`, or `ended`, systemd's result and the exit status: a number, or a signal's name. */
function parseState(line: string): GuestJobState {
  const [word = '', result = '', code = ''] = line.split(' ');
  switch (word) {
    case 'running':
      return { state: 'running' };
    case 'ended':
      if (/^\d+$/.test(code)) return { state: 'ended', exitCode: Number(code), result };
      // A signal and yet no failure: systemd itself stopped it, as it does when the guest shuts down.
      return { state: 'ended', exitCode: 255, result: result === 'success' ? 'interrupted' : result };
    case 'interrupted':
      return { state: 'ended', exitCode: 255, result: 'interrupted' };
    default:
      return { state: 'absent' };
  }
}

function unitOf(name: string): string {
  return `${checked(name)}.service`;
}

function folderOf(name: string): string {
  return `/var/lib/stackbox/jobs/${checked(name)}`;
}

function checked(name: string): string {
  if (JOB_NAME.test(name)) return name;
  throw new StackboxError('internal', `"${name}" cannot be the name of a job.`);
}

function checkedVariable(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new StackboxError('internal', `"${name}" cannot be the name of a variable.`);
}
