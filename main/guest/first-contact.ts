/**
 * From "started" to "ready to work": a list of requirements, each with a word for a person when it is not met. None has a
 * total time limit; what counts is silence, and a console that talks is a sign of life.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { StackboxError } from '../contract/errors';
import { waitForCloudInit } from './cloud-init';
import type { ContactContext } from './contact-context';
import type { Guest } from './guest';
import type { ReadBytes } from './log-reader';
import { sshGreeting } from './ssh/greeting';

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
  /** How many times longer than usual a silence may last: more where the machine is emulated. */
  readonly patience: number;
}

const SECOND = 1000;
/**
 * An emulated guest is silent for up to 40 s while its kernel unpacks; on a computer that was busy five times over, 200 s
 * went by between its login prompt and its SSH server.
 */
const BOOT_SILENCE = 300 * SECOND;
/** Pause (ms) between attempts: short, because a person waits for the answer. */
const LOOK_EVERY = 200;
/** A wrong host key or a refused login counts only when it lasts this long (ms). */
const REFUSED_FOR = 120 * SECOND;
/** A clock that is further (seconds) from this computer's makes signatures, tokens and package lists invalid. */
const CLOCK_TOLERANCE = 60;

/** In order; each rests on the one before. */
export function firstContact(options: ContactOptions): readonly Requirement[] {
  const bootSilence = BOOT_SILENCE * options.patience;
  return [
    {
      id: 'console',
      title: 'Wait for the kernel',
      silenceMs: bootSilence,
      hint: 'The machine shows nothing on its serial console: the image may not boot here.',
      async wait(context) {
        const console = options.console();
        if (!console) {
          context.line('The serial console cannot be read by this user.');
          return 'skipped';
        }
        const tail = new ConsoleTail(console);
        while (!(await tail.news(context))) await sleep(LOOK_EVERY, undefined, { signal: context.signal });
        return 'done';
      },
    },
    {
      id: 'ssh',
      title: 'Wait for its SSH server',
      silenceMs: bootSilence,
      hint: 'The machine boots but opens no SSH: look at the serial console for a boot that stops.',
      async wait(context) {
        const tail = tailOf(options);
        // Asked once: on the session connection each question is a process.
        const place = await options.reach();
        await sshGreeting(place, context.signal, async () => void (await tail?.news(context)));
        return 'done';
      },
    },
    {
      id: 'login',
      title: 'Log in',
      silenceMs: bootSilence,
      hint: 'The machine is there but refuses our key: cloud-init has not read its seed.',
      async wait(context) {
        const tail = tailOf(options);
        let refusedSince: number | undefined;
        for (;;) {
          const refusal = await logIn(options, context.signal);
          if (!refusal) return 'done';
          // The server can be up before cloud-init has written our host key and account, but not for long.
          if (refusal.code === 'unreachable') refusedSince = undefined;
          else refusedSince ??= Date.now();
          if (refusedSince !== undefined && Date.now() - refusedSince > REFUSED_FOR * options.patience) throw refusal;
          // Only the console is a sign of life.
          await tail?.news(context);
          await sleep(LOOK_EVERY, undefined, { signal: context.signal });
        }
      },
    },
    {
      id: 'cloud-init',
      title: 'Wait for cloud-init',
      silenceMs: bootSilence,
      hint: 'cloud-init prepares the machine and has not come to its end: look at its log.',
      wait: async (context) => waitForCloudInit(options.connect(), context),
    },
    {
      id: 'sudo',
      title: 'Check that it can install',
      silenceMs: 60 * SECOND * options.patience,
      hint: 'The account cannot use sudo without a password; an install would hang at its prompt.',
      wait: async (context) => checkMachine(options.connect(), context),
    },
  ];
}

/** `$1` the time on this computer. Says whether the host name resolves and how far the clock was off, in seconds. */
const CHECK_MACHINE = `getent ahosts "$(hostname)" >/dev/null && name=yes || name=no
echo "$name $(($(date +%s) - $1))"`;

/** sudo, host name and clock, by one program: each costs a round trip. */
async function checkMachine(guest: Guest, context: ContactContext): Promise<'done'> {
  const { signal } = context;
  const now = Math.round(Date.now() / SECOND);
  const { exitCode, stdout, stderr } = await guest.exec(['sh', '-c', CHECK_MACHINE, 'sh', String(now)], {
    root: true,
    signal,
  });
  if (exitCode !== 0) {
    throw new StackboxError('guest-failed', 'The account in the guest cannot use sudo.', { output: stderr, exitCode });
  }
  const [name, seconds] = stdout.trim().split(' ');
  if (name !== 'yes') {
    throw new StackboxError('guest-failed', 'The machine cannot resolve its own host name.', {
      hint: 'OpenStack services look it up. Its /etc/hosts should name it.',
    });
  }
  const off = Number(seconds);
  if (Math.abs(off) <= CLOCK_TOLERANCE) return 'done';
  // Time synchronisation may need minutes for this, or have no server to ask.
  context.line(
    `The machine's clock is ${Math.abs(off)} s ${off < 0 ? 'behind' : 'ahead'}; it is set to this computer's.`,
  );
  await guest.exec(['date', '-s', `@${Math.round(Date.now() / SECOND)}`], { root: true, signal });
  return 'done';
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

/** @returns why it is refused, or `undefined` when it is not */
async function logIn(options: ContactOptions, signal: AbortSignal): Promise<StackboxError | undefined> {
  try {
    await options.connect().exec(['true'], { quiet: true, signal });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StackboxError && ['unreachable', 'denied', 'verification'].includes(error.code)) return error;
    throw error;
  }
}
