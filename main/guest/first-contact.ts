/**
 * From "started" to "ready to work": a list of requirements, each with a word for a person when it is not met. None has a
 * total time limit; what counts is silence, and a console that talks is a sign of life.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:net';
import { z } from 'zod';
import { StackboxError } from '../contract/errors';
import type { Guest } from './guest';
import type { ReadBytes } from './log-reader';

export interface ContactContext {
  readonly signal: AbortSignal;
  /** A sign of life, with what it is at. */
  progress(fraction: number | undefined, detail?: string): void;
  line(text: string): void;
}

export interface Requirement {
  readonly id: string;
  readonly title: string;
  /** Without a sign of life for this long (ms) the requirement is not met. */
  readonly silenceMs: number;
  /** What to look at when it is not met. */
  readonly hint: string;
  wait(context: ContactContext): Promise<'done' | 'skipped'>;
}

export interface ContactOptions {
  /** Where the SSH server is to be reached. */
  reach(): Promise<{ host: string; port: number }>;
  connect(): Guest;
  /** The serial console, or `undefined` when this user may not read it. */
  console(): ReadBytes | undefined;
}

const SECOND = 1000;
/** An emulated guest is silent for up to 40 s while its kernel unpacks. */
const BOOT_SILENCE = 300 * SECOND;
/** Pause (ms) between attempts: short, because a person waits for the answer. */
const LOOK_EVERY = 200;

/** In order; each rests on the one before. */
export function firstContact(options: ContactOptions): readonly Requirement[] {
  return [
    {
      id: 'console',
      title: 'Wait for the kernel',
      silenceMs: BOOT_SILENCE,
      hint: 'The machine shows nothing on its serial console: the image may not boot here.',
      async wait(context) {
        const console = options.console();
        if (!console) return 'skipped';
        const tail = new ConsoleTail(console);
        while (!(await tail.news(context))) await sleep(LOOK_EVERY, undefined, { signal: context.signal });
        return 'done';
      },
    },
    {
      id: 'ssh',
      title: 'Wait for its SSH server',
      silenceMs: BOOT_SILENCE,
      hint: 'The machine boots but opens no SSH: look at the serial console for a boot that stops.',
      async wait(context) {
        const tail = tailOf(options);
        // Asked once: on the session connection each question is a process.
        const place = await options.reach();
        while (!(await answersSsh(place, context.signal))) {
          await tail?.news(context);
          await sleep(LOOK_EVERY, undefined, { signal: context.signal });
        }
        return 'done';
      },
    },
    {
      id: 'login',
      title: 'Log in',
      silenceMs: BOOT_SILENCE,
      hint: 'The machine is there but refuses our key: cloud-init has not read its seed.',
      async wait(context) {
        const tail = tailOf(options);
        for (;;) {
          if (await canLogIn(options, context.signal)) return 'done';
          context.signal.throwIfAborted();
          // The server is up before cloud-init has written our host key and account: only the console is a sign of life.
          await tail?.news(context);
          await sleep(LOOK_EVERY, undefined, { signal: context.signal });
        }
      },
    },
    {
      id: 'cloud-init',
      title: 'Wait for cloud-init',
      silenceMs: BOOT_SILENCE,
      hint: 'cloud-init prepares the machine and has not come to its end: look at its log.',
      wait: async (context) => waitForCloudInit(options.connect(), context),
    },
    {
      id: 'sudo',
      title: 'Check that it can install',
      silenceMs: 60 * SECOND,
      hint: 'The account cannot use sudo without a password; an install would hang at its prompt.',
      async wait({ signal }) {
        const guest = options.connect();
        const { exitCode, stderr } = await guest.exec(['true'], { root: true, signal });
        if (exitCode === 0) return 'done';
        throw new StackboxError('guest-failed', 'The account in the guest cannot use sudo.', {
          output: stderr,
          exitCode,
        });
      },
    },
  ];
}

function tailOf(options: ContactOptions): ConsoleTail | undefined {
  const console = options.console();
  return console && new ConsoleTail(console);
}

/** New lines of the serial console, handed on as signs of life. */
class ConsoleTail {
  private readonly read: ReadBytes;
  private next: number | undefined;

  constructor(read: ReadBytes) {
    this.read = read;
  }

  /** @returns whether the console has said anything since the last look; the first look counts what is there */
  async news(context: ContactContext): Promise<boolean> {
    const { size } = await this.read(0, 0);
    const from = this.next ?? 0;
    this.next = size;
    if (size <= from) return false;
    const { bytes } = await this.read(Math.max(from, size - 2048), 2048);
    // oxlint-disable-next-line no-control-regex -- the console is full of them
    const text = new TextDecoder().decode(bytes).replace(/\u001b\[[0-9;?]*[A-Za-z]|\r|\0/g, '');
    const last = text.split('\n').findLast((line) => line.trim() !== '');
    if (last !== undefined) context.line(last.trim());
    return true;
  }
}

/** Whether something that speaks SSH answers; a forward answers before its guest does, so the greeting is read. */
function answersSsh({ host, port }: { host: string; port: number }, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 3 * SECOND });
    const end = (answer: boolean): void => {
      signal.removeEventListener('abort', cancelled);
      socket.destroy();
      resolve(answer);
    };
    const cancelled = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', cancelled, { once: true });
    socket.once('data', (greeting: Buffer) => end(greeting.toString('latin1').startsWith('SSH-')));
    for (const event of ['error', 'close', 'timeout']) socket.once(event, () => end(false));
  });
}

async function canLogIn(options: ContactOptions, signal: AbortSignal): Promise<boolean> {
  try {
    const guest = options.connect();
    await guest.exec(['true'], { signal });
    return true;
  } catch (error) {
    if (error instanceof StackboxError && ['unreachable', 'denied', 'verification'].includes(error.code)) return false;
    throw error;
  }
}

/** `cloud-init status --format json`; `errors` and `recoverable_errors` since 23.4. */
const statusSchema = z.object({
  status: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.string()).default([]),
  recoverable_errors: z.record(z.string(), z.array(z.string())).default({}),
});

async function waitForCloudInit(guest: Guest, context: ContactContext): Promise<'done'> {
  let seen = '';
  for (;;) {
    // 0 done, 1 error, 2 recoverable errors: all are answers. Over JSON, because the plain text has changed often.
    const { stdout } = await guest.exec(['cloud-init', 'status', '--format', 'json'], { signal: context.signal });
    const parsed = statusSchema.safeParse(parseJson(stdout));
    const status = parsed.data?.status ?? 'not started';
    // Its log grows with everything it does: that it is still "running" alone is no sign of life.
    const log = await guest.exec(['stat', '-c', '%s', '/var/log/cloud-init.log'], { signal: context.signal });
    if (`${status} ${log.stdout}` !== seen) context.progress(undefined, `cloud-init: ${status}`);
    seen = `${status} ${log.stdout}`;
    if (status === 'done' || status === 'disabled' || status.startsWith('degraded')) {
      const [warning] = Object.values(parsed.data?.recoverable_errors ?? {}).flat();
      if (warning !== undefined) context.line(warning);
      return 'done';
    }
    if (status === 'error') throw await cloudInitError(guest, parsed.data?.errors ?? [], context.signal);
    await sleep(LOOK_EVERY * 2, undefined, { signal: context.signal });
  }
}

async function cloudInitError(guest: Guest, errors: readonly string[], signal: AbortSignal): Promise<StackboxError> {
  const { bytes } = await guest.readFile('/var/log/cloud-init-output.log', 0, 64 * 1024, { root: true, signal });
  const tail = new TextDecoder().decode(bytes).split('\n').slice(-30).join('\n');
  const reason = errors[0] ?? 'it did not say why';
  return new StackboxError('guest-failed', `cloud-init failed in the machine: ${reason}`, {
    output: [...errors, tail].join('\n'),
    hint: 'Its log is under Logs, cloud-init.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Before its first stage cloud-init prints plain text or nothing: it has not started.
    return undefined;
  }
}
