/** One program in the guest: started over SSH, listened to, ended when nobody wants it any more. */
import type { Client } from 'ssh2';
import { quote } from 'shell-quote';
import { StackboxError } from '../../contract/errors';
import { openExec, type OpenChannel } from './channel';

export interface ExecRequest {
  readonly argv: readonly string[];
  /** Through `sudo -n`. */
  readonly root: boolean;
  readonly input: string | Uint8Array | undefined;
  /** Without any output for this long (ms) the program is ended. */
  readonly silenceMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export interface RunningProgram {
  /**
   * How it ended. Rejects at once when it is cancelled or silent, however dead the link is: `silent`, or `unreachable` when
   * the connection was lost; the signal's reason when cancelled.
   */
  readonly result: Promise<ExecResult>;
  /** The server has its session back. Never rejects. */
  readonly closed: Promise<void>;
}

/** The most bytes of one stream that are kept; a program that says more is asked for less, or is a job. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * Says its process group first: closing a channel does not end a program, and signals over SSH do nothing in many guests, so
 * ending it needs a number. The fifth word of `stat` is the group (proc(5)); without a terminal the server gives each session
 * one of its own, which holds everything that the program starts.
 */
const WRAPPER = 'read -r _ _ _ _ group _ </proc/$$/stat; echo "$group"; exec "$@"';

/** SSH hands the remote shell one text, so the words are quoted by a library. */
function commandText({ argv, root }: ExecRequest): string {
  const program = root ? ['sudo', '-n', '--', ...argv] : [...argv];
  return quote(['sh', '-c', WRAPPER, 'sh', ...program]);
}

/**
 * Starts the program.
 * @throws NotStarted when it certainly was not; StackboxError `unreachable` when nobody knows; the signal's reason when it is
 * already cancelled
 */
export async function startProgram(client: Client, request: ExecRequest): Promise<RunningProgram> {
  request.signal?.throwIfAborted();
  const opened = await openExec(client, commandText(request));
  const closed = new Promise<void>((resolve) => {
    opened.channel.once('close', () => resolve());
  });
  return { result: listen(client, opened, request), closed };
}

function listen(client: Client, { channel, ...opened }: OpenChannel, request: ExecRequest): Promise<ExecResult> {
  const name = request.argv[0] ?? '';
  return new Promise((resolve, reject) => {
    const stdout = new Collector();
    const stderr = new Collector();
    let ending = false;
    let timer: NodeJS.Timeout | undefined;

    const settle = (): void => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', cancelled);
    };
    const end = (reason: Error): void => {
      if (ending) return;
      ending = true;
      settle();
      reject(reason);
      endProgram();
    };
    // Its number may still be on the way; until it has come nobody could end it, so the channel stays open.
    const endProgram = (): void => {
      const group = stdout.firstLine();
      if (group === undefined) return;
      kill(client, group, request.root);
      channel.close();
    };
    const heard = (): void => {
      clearTimeout(timer);
      if (ending) return;
      timer = setTimeout(() => {
        const seconds = Math.round(request.silenceMs / 1000);
        end(new StackboxError('silent', `${name} said nothing in the guest for ${seconds} s.`));
      }, request.silenceMs);
    };
    const cancelled = (): void => end(request.signal?.reason as Error);
    const collect = (collector: Collector, chunk: Buffer): void => {
      heard();
      if (!ending) {
        if (!collector.add(chunk)) end(new StackboxError('guest-failed', `${name} said too much.`));
      } else if (collector === stdout && stdout.firstLine() === undefined) {
        stdout.add(chunk);
        endProgram();
      }
      // What else comes while it ends is read, or the channel would never close, and let go.
    };

    heard();
    request.signal?.addEventListener('abort', cancelled, { once: true });
    channel.on('data', (chunk: Buffer) => collect(stdout, chunk));
    channel.stderr.on('data', (chunk: Buffer) => collect(stderr, chunk));
    channel.on('close', () => {
      settle();
      const exitCode = opened.exitCode();
      if (exitCode === undefined) reject(new StackboxError('unreachable', 'The connection to the guest was lost.'));
      else resolve({ exitCode, stdout: stdout.afterFirstLine(), stderr: stderr.all() });
    });
    channel.end(request.input === undefined ? undefined : Buffer.from(request.input));
    // Cancelled while the channel was opened: nobody told the listener above.
    if (request.signal?.aborted) cancelled();
  });
}

/** Ends a program in the guest and what it started. sudo hands the signal on to what it runs. */
function kill(client: Client, group: string, root: boolean): void {
  // 0 and 1 would be everything.
  if (!/^[1-9]\d*$/.test(group) || group === '1') return;
  const words = ['sh', '-c', 'kill -- "-$1"', 'sh', group];
  openExec(client, quote(root ? ['sudo', '-n', '--', ...words] : words)).then(
    ({ channel }) => channel.resume().stderr.resume(),
    // Without a connection there is nobody to ask; the guest's sshd ends its sessions by itself.
    () => undefined,
  );
}

/** Output of one stream, up to {@link MAX_OUTPUT}. */
class Collector {
  private readonly chunks: Buffer[] = [];
  private length = 0;

  /** @returns false when it has become too much */
  add(chunk: Buffer): boolean {
    this.length += chunk.length;
    if (this.length > MAX_OUTPUT) return false;
    this.chunks.push(chunk);
    return true;
  }

  all(): Buffer {
    return Buffer.concat(this.chunks);
  }

  firstLine(): string | undefined {
    const head = this.chunks[0];
    const end = head?.indexOf('\n') ?? -1;
    return end < 0 ? undefined : head?.subarray(0, end).toString('latin1');
  }

  afterFirstLine(): Buffer {
    const all = this.all();
    return all.subarray(all.indexOf('\n') + 1);
  }
}
