/** One program in the guest: started over SSH, listened to, ended when nobody wants it any more. */
import type { Client, ClientChannel } from 'ssh2';
import { quote } from 'shell-quote';
import { StackboxError } from '../../contract/errors';

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

/** The most bytes of one stream that are kept; a program that says more is asked for less, or is a job. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/** Exit code of a program that was killed by a signal, as OpenSSH's client reports it. */
const KILLED = 255;

/**
 * SSH hands the remote shell one text, so the words are quoted by a library. The wrapper says its process id first:
 * closing a channel does not end a program, and signals over SSH do nothing in many guests, so ending it needs a number.
 */
function commandText({ argv, root }: ExecRequest): string {
  const program = root ? ['sudo', '-n', '--', ...argv] : [...argv];
  return quote(['sh', '-c', 'echo $$; exec "$@"', 'sh', ...program]);
}

/**
 * Runs the program to its end.
 * @throws StackboxError `silent`, or `unreachable` when the connection was lost; the signal's reason when cancelled
 */
export async function execute(client: Client, request: ExecRequest): Promise<ExecResult> {
  request.signal?.throwIfAborted();
  const channel = await openChannel(client, commandText(request));
  return new Promise((resolve, reject) => {
    const stdout = new Collector();
    const stderr = new Collector();
    let exitCode: number | undefined;
    let ending: Error | undefined;
    let timer: NodeJS.Timeout | undefined;

    const end = (reason: Error): void => {
      if (ending) return;
      ending = reason;
      const pid = stdout.firstLine();
      if (pid !== undefined) kill(client, pid, request.root);
      channel.close();
    };
    const heard = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const seconds = Math.round(request.silenceMs / 1000);
        end(new StackboxError('silent', `${request.argv[0] ?? ''} said nothing in the guest for ${seconds} s.`));
      }, request.silenceMs);
    };
    const cancelled = (): void => end(request.signal?.reason as Error);
    const collect = (collector: Collector, chunk: Buffer): void => {
      heard();
      if (!collector.add(chunk)) end(new StackboxError('guest-failed', `${request.argv[0] ?? ''} said too much.`));
    };

    heard();
    request.signal?.addEventListener('abort', cancelled, { once: true });
    channel.on('data', (chunk: Buffer) => collect(stdout, chunk));
    channel.stderr.on('data', (chunk: Buffer) => collect(stderr, chunk));
    channel.on('exit', (code: number | null) => {
      exitCode = code ?? KILLED;
    });
    channel.on('close', () => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', cancelled);
      if (ending) reject(ending);
      else if (exitCode === undefined)
        reject(new StackboxError('unreachable', 'The connection to the guest was lost.'));
      else resolve({ exitCode, stdout: stdout.afterFirstLine(), stderr: stderr.all() });
    });
    channel.end(request.input === undefined ? undefined : Buffer.from(request.input));
  });
}

/** The guest is there but opens no further session now; the program was not started. */
export class SessionRefused extends StackboxError {
  constructor(cause: Error) {
    super('unreachable', `The guest opens no session: ${cause.message}`, {}, { cause });
  }
}

function openChannel(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const lost = (): void => reject(new StackboxError('unreachable', 'The connection to the guest was lost.'));
    client.once('close', lost);
    try {
      client.exec(command, (error, channel) => {
        client.removeListener('close', lost);
        if (error) reject(new SessionRefused(error));
        else resolve(channel);
      });
    } catch (error) {
      // ssh2 throws at once when the connection is already gone.
      client.removeListener('close', lost);
      reject(new StackboxError('unreachable', 'The connection to the guest was lost.', {}, { cause: error }));
    }
  });
}

/** Ends a program in the guest. sudo hands the signal on to what it runs. */
function kill(client: Client, pid: string, root: boolean): void {
  if (!/^\d+$/.test(pid)) return;
  const words = root ? ['sudo', '-n', 'kill', pid] : ['kill', pid];
  openChannel(client, quote(words)).then(
    (channel) => channel.resume().stderr.resume(),
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
