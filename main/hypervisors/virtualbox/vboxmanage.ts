/**
 * VBoxManage itself: every command of the driver goes through here. VBoxManage does not bear changes at the same time, so
 * they wait in one line. Reads, which take 0.1 s, wait in another: of VBoxManages that start at the same moment every now
 * and then one hangs for 10 to 20 s (seen with 7.2.22), and a change of minutes must not hold them up.
 */
import PQueue from 'p-queue';
import { StackboxError } from '../../contract/errors';
import { run, type ProcessOptions } from '../../host/process';
import type { CallOptions } from '../driver';
import { knownFailure } from './known-failures';
import { splitWarnings } from './output';
import { parseVersion, type Version } from './version';

/** Without a word for this long (ms) VBoxManage is given up. Its answers take 0.1 s; a busy disk can make it 30 s. */
const SILENCE_MS = 120_000;

/** A machine that was just switched off stays locked for a moment. Ask again after this (ms), this many times. */
const LOCK_PAUSE_MS = 250;
const LOCK_TRIES = 40;

/**
 * VBoxSVC, which does the work, ends 5 s after its last client. Clients that come while it ends or starts are turned away
 * before they did anything (seen with 7.2.22 when several start at once), so they simply come again after this long (ms).
 */
const SERVER_ABSENT = /COM server is not running|Failed to create the VirtualBox object/;
const SERVER_PAUSE_MS = 500;
const SERVER_TRIES = 10;

export interface ChangeOptions extends CallOptions, Pick<ProcessOptions, 'onOutput' | 'silenceMs'> {}

export interface VBoxManage {
  /** Where VBoxManage is; `undefined` if it is nowhere. Looked for until it is found. */
  program(): Promise<string | undefined>;
  /** Asks, one question at a time, beside changes. @returns what was printed, without warnings about the kernel module */
  read(args: readonly string[], options?: CallOptions): Promise<string>;
  /** Changes something; one at a time, in the order of the calls. A change that fails or hangs does not stop the next. */
  change(args: readonly string[], options?: ChangeOptions): Promise<string>;
  /** A change that waits up to 10 s for a machine that is just being unlocked. */
  changeUnlocked(args: readonly string[], options?: ChangeOptions): Promise<string>;
  /** Calls back before and after every change, so that what was read before can be forgotten. */
  onChange(listener: () => void): void;
  /** Asked once, then known. */
  version(options?: CallOptions): Promise<Version>;
}

/** @param find how VBoxManage is found; see `findVBoxManage` */
export function openVBoxManage(find: () => Promise<string | undefined>, silenceMs: number = SILENCE_MS): VBoxManage {
  let found: string | undefined;
  const program = async (): Promise<string | undefined> => (found ??= await find());
  const changes = new PQueue({ concurrency: 1 });
  const reads = new PQueue({ concurrency: 1 });
  const listeners: (() => void)[] = [];
  let version: Version | undefined;

  async function call(args: readonly string[], options: ChangeOptions = {}): Promise<string> {
    const file = (await program()) ?? 'VBoxManage';
    for (let tries = 1; ; tries++) {
      try {
        const { stdout } = await run(file, args, { silenceMs, ...options });
        return splitWarnings(stdout).output;
      } catch (thrown) {
        const absent = thrown instanceof StackboxError && SERVER_ABSENT.test(thrown.facts.output ?? '');
        if (!absent || tries >= SERVER_TRIES) throw explain(thrown, args);
      }
      await pause(SERVER_PAUSE_MS, options.signal);
    }
  }

  const change: VBoxManage['change'] = (args, options = {}) =>
    inTurn(
      changes,
      async () => {
        for (const tell of listeners) tell();
        try {
          return await call(args, options);
        } finally {
          for (const tell of listeners) tell();
        }
      },
      options.signal,
    );

  return {
    program,
    read: (args, options = {}) => inTurn(reads, () => call(args, options), options.signal),
    change,
    async changeUnlocked(args, options = {}) {
      for (let tries = 1; ; tries++) {
        try {
          return await change(args, options);
        } catch (thrown) {
          if (!(thrown instanceof StackboxError) || thrown.code !== 'busy' || tries >= LOCK_TRIES) throw thrown;
        }
        await pause(LOCK_PAUSE_MS, options.signal);
      }
    },
    onChange: (listener) => void listeners.push(listener),
    async version(options = {}) {
      version ??= parseVersion(await call(['--version'], options));
      return version;
    },
  };
}

/**
 * Runs `task` when its turn comes. One that is cancelled while it waits leaves at once; one that runs ends its program first,
 * so that two changes never overlap.
 */
export function inTurn<T>(queue: PQueue, task: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => reject(signal?.reason as Error);
    if (signal?.aborted) {
      leave();
      return;
    }
    signal?.addEventListener('abort', leave, { once: true });
    void queue.add(async () => {
      signal?.removeEventListener('abort', leave);
      if (signal?.aborted) return;
      await task().then(resolve, reject);
    });
  });
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  signal?.throwIfAborted();
}

/** Lines of VBoxManage's own that say what went wrong, without its prefix and without where in its code. */
function complaint(output: string): string | undefined {
  return output
    .split('\n')
    .filter((line) => line.startsWith('VBoxManage: error: '))
    .map((line) => line.slice('VBoxManage: error: '.length).trim())
    .find((line) => !/^(?:Details|Context): /.test(line));
}

/** A failure of VBoxManage with its cause and cure, where they are known. */
function explain(thrown: unknown, args: readonly string[]): unknown {
  if (!(thrown instanceof StackboxError)) return thrown;
  if (thrown.code === 'missing-tool') {
    return new StackboxError('missing-tool', 'VBoxManage is not installed.', {
      ...thrown.facts,
      hint: 'Install VirtualBox, then try again.',
    });
  }
  if (thrown.code === 'silent') {
    return new StackboxError('silent', `VirtualBox did not answer "${args[0] ?? ''}".`, {
      ...thrown.facts,
      hint: 'Close VirtualBox’s windows and end the program VBoxSVC, then try again.',
    });
  }
  if (thrown.code !== 'command-failed') return thrown;
  const text = thrown.facts.output ?? '';
  const { warnings, output } = splitWarnings(text);
  // A start that dies without a word says why only in the warning in front of it.
  const known = knownFailure(output) ?? (args[0] === 'startvm' ? knownFailure(warnings.join('\n')) : undefined);
  const said = complaint(output) ?? thrown.message;
  if (!known) return new StackboxError('hypervisor', said, thrown.facts, { cause: thrown });
  // It ends without a full stop, and a hint follows.
  return new StackboxError(known.code, `${known.cause} VirtualBox says: ${said.replace(/(?<![.!?])$/, '.')}`, {
    ...thrown.facts,
    hint: known.cure,
  });
}
