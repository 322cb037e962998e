/**
 * The one way to run a program on this computer: an argument array (never a shell string), a limit on silence, a cancel
 * signal and a log. It returns what the program said or throws one `StackboxError` with the facts as fields.
 */
import { createInterface } from 'node:readline';
import { execa, ExecaError } from 'execa';
import { StackboxError } from '../contract/errors';
import { hideSecrets } from './hide-secrets';

/** A finished program. */
export interface ProcessResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly durationMs: number;
}

/** One line in "Commands": what was run and how it ended. */
export interface CommandEntry {
  readonly argv: readonly string[];
  readonly startedAt: number;
  readonly durationMs: number;
  readonly exitCode: number | undefined;
  /** Both streams, at most {@link OUTPUT_KEPT} characters from the end, secrets removed. */
  readonly output: string;
}
/** Receives every command after it ended; a run's log keeps them for "Commands". */
export type CommandLog = (entry: CommandEntry) => void;

export interface ProcessOptions {
  readonly signal?: AbortSignal | undefined;
  readonly log?: CommandLog | undefined;
  /** Without any output for this long (ms) the program is ended and `silent` is thrown. */
  readonly silenceMs?: number;
  readonly input?: string | Uint8Array;
  /** Added to this process's environment. The language is always `C.UTF-8`, so that output can be parsed. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Exit codes that are an answer and not a failure; 0 always is. */
  readonly okCodes?: readonly number[];
  /** Sees the output while it comes. */
  readonly onOutput?: (text: string) => void;
  /** Texts that must never reach a log or an error. */
  readonly secrets?: readonly string[];
}

/** Characters of output that are kept for "Commands" and error texts. */
export const OUTPUT_KEPT = 8192;

/** libvirt answers slowly where KVM is broken: 88 s for a define were measured. Silence limits must stay above that. */
const DEFAULT_SILENCE_MS = 120_000;

/** After a polite SIGTERM a program has this long (ms) before SIGKILL. */
const KILL_AFTER_MS = 5000;

/** The most output (characters) a program may give; a program that says more than this has gone wrong. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * Runs `file` with `args` and waits for its end.
 * @throws StackboxError `missing-tool`, `command-failed` or `silent`; the signal's reason when cancelled.
 */
export async function run(file: string, args: readonly string[], options: ProcessOptions = {}): Promise<ProcessResult> {
  options.signal?.throwIfAborted();
  const silenceMs = options.silenceMs ?? DEFAULT_SILENCE_MS;
  const silence = new AbortController();
  const signals = options.signal ? [options.signal, silence.signal] : [silence.signal];
  let timer: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), silenceMs);
  };

  const startedAt = Date.now();
  heard();
  const child = execa(file, args, {
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...options.env, LC_ALL: 'C.UTF-8', LANGUAGE: 'C' },
    cancelSignal: AbortSignal.any(signals),
    forceKillAfterDelay: KILL_AFTER_MS,
    maxBuffer: MAX_OUTPUT,
    reject: false,
    stripFinalNewline: false,
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      heard();
      options.onOutput?.(chunk.toString('utf8'));
    });
  }
  const result = await child;
  clearTimeout(timer);

  const clean = (text: string): string => hideSecrets(text, options.secrets ?? []);
  const argv = [file, ...args].map(clean);
  const output = clean((result.stdout + result.stderr).slice(-OUTPUT_KEPT));
  options.log?.({ argv, startedAt, durationMs: result.durationMs, exitCode: result.exitCode, output });

  options.signal?.throwIfAborted();
  if (silence.signal.aborted) {
    throw new StackboxError('silent', `${file} said nothing for ${Math.round(silenceMs / 1000)} s and was ended.`, {
      command: argv,
      output,
    });
  }
  // With `reject: false` execa hands its error over as the result; without an exit code the program never ran.
  const failure: unknown = result;
  if (failure instanceof ExecaError && failure.exitCode === undefined) throw couldNotRun(file, argv, output, failure);
  const exitCode = result.exitCode ?? -1;
  if (exitCode !== 0 && !options.okCodes?.includes(exitCode)) {
    throw new StackboxError(
      'command-failed',
      `${file} ${args[0] ?? ''} failed: ${lastLine(output) || `exit code ${exitCode}`}`,
      {
        command: argv,
        output,
        exitCode,
      },
    );
  }
  return { stdout: result.stdout, stderr: result.stderr, exitCode, durationMs: result.durationMs };
}

export interface FollowOptions {
  /** Ends the program. */
  readonly signal: AbortSignal;
  /** Sees every line of standard output while it comes. */
  readonly onLine: (line: string) => void;
}

/**
 * Runs a program that is meant to last, like one that reports events: there is no limit on its silence and nothing of
 * its output is kept.
 * @throws StackboxError `missing-tool` or `command-failed` when it ends by itself with a failure; the signal's reason
 */
export async function follow(file: string, args: readonly string[], options: FollowOptions): Promise<void> {
  options.signal.throwIfAborted();
  const child = execa(file, args, {
    stdin: 'ignore',
    stderr: 'ignore',
    buffer: false,
    env: { LC_ALL: 'C.UTF-8', LANGUAGE: 'C' },
    cancelSignal: options.signal,
    forceKillAfterDelay: KILL_AFTER_MS,
    reject: false,
    windowsHide: true,
  });
  const lines = createInterface({ input: child.stdout, crlfDelay: Infinity });
  lines.on('line', options.onLine);
  const result = await child;
  lines.close();
  options.signal.throwIfAborted();
  const argv = [file, ...args];
  const failure: unknown = result;
  if (failure instanceof ExecaError && failure.exitCode === undefined) throw couldNotRun(file, argv, '', failure);
  if (result.exitCode !== 0) {
    throw new StackboxError('command-failed', `${file} ended with exit code ${result.exitCode ?? -1}.`, {
      command: argv,
    });
  }
}

function couldNotRun(file: string, command: string[], output: string, error: ExecaError): StackboxError {
  if (error.code === 'ENOENT') {
    return new StackboxError('missing-tool', `${file} is not installed.`, { command }, { cause: error });
  }
  return new StackboxError(
    'command-failed',
    `${file} could not be run: ${error.originalMessage ?? error.shortMessage}`,
    { command, output },
    { cause: error },
  );
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
