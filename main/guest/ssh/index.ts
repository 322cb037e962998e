/** A guest over SSH: the one implementation of {@link Guest} outside tests. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'ssh2';
import PQueue from 'p-queue';
import { StackboxError } from '../../contract/errors';
import { OUTPUT_KEPT, hideSecrets, type CommandLog } from '../../host/process';
import type { Guest, GuestCallOptions, GuestJob, GuestJobState, GuestResult } from '../guest';
import { Jobs } from '../jobs';
import { SshConnection, type SshTarget } from './connection';
import { SessionRefused, execute, type ExecResult } from './exec';

export interface ConnectOptions extends SshTarget {
  readonly log?: CommandLog;
  /** Texts that never reach the log. */
  readonly secrets?: readonly string[];
}

/** A guest whose connection can also carry terminals. */
export interface SshGuest extends Guest {
  /** The live connection. @throws StackboxError `unreachable`, `denied` or `verification` */
  client(): Promise<Client>;
}

/** An SSH server allows ten sessions a connection (`MaxSessions`); two are left for terminals. */
const SESSIONS = 8;

const DEFAULT_SILENCE_MS = 120_000;

/** How often a session may be refused in a row, and the pause (ms) after it, which grows each time. */
const REFUSALS_BORNE = 6;
const REFUSED_PAUSE = 200;

/** Pauses (ms) between attempts to come back to a guest whose connection was lost. */
const RETRY_AFTER = [200, 1000, 2000, 5000];

/** Makes a guest; it connects when first used. */
export function connectGuest(options: ConnectOptions): SshGuest {
  const connection = new SshConnection(options);
  const sessions = new PQueue({ concurrency: SESSIONS });

  async function call(argv: readonly string[], call: GuestCallOptions = {}, quiet = false): Promise<ExecResult> {
    const startedAt = Date.now();
    const run = async (): Promise<ExecResult> => {
      for (let refusals = 0; ; refusals++) {
        try {
          return await execute(await connection.client(), {
            argv,
            root: call.root ?? false,
            input: call.input,
            silenceMs: call.silenceMs ?? DEFAULT_SILENCE_MS,
            signal: call.signal,
          });
        } catch (error) {
          // A busy server counts a session for a moment longer than we do. The program was not started: asking again is safe.
          if (!(error instanceof SessionRefused) || refusals >= REFUSALS_BORNE) throw error;
          await sleep(REFUSED_PAUSE * (refusals + 1), undefined, call.signal ? { signal: call.signal } : {});
        }
      }
    };
    // Without the queue's own signal: it adds a listener for each call and never takes it away (p-queue 8).
    const result = await sessions.add(run);
    // p-queue types its result as optional because of a time limit that is not used here.
    if (!result) throw new StackboxError('internal', 'A call to the guest gave no result.');
    if (!quiet) {
      const clean = (text: string): string => hideSecrets(text, [...(options.secrets ?? []), ...(call.secrets ?? [])]);
      options.log?.({
        argv: (call.root ? ['sudo', ...argv] : argv).map(clean),
        startedAt,
        durationMs: Date.now() - startedAt,
        exitCode: result.exitCode,
        output: clean(Buffer.concat([result.stdout, result.stderr]).toString('utf8').slice(-OUTPUT_KEPT)),
      });
    }
    return result;
  }

  /** For calls that are safe to repeat: comes back after a lost connection, until the signal ends it. */
  async function again<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures++) {
      try {
        return await attempt();
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof StackboxError) || error.code !== 'unreachable') throw error;
        await sleep(RETRY_AFTER[Math.min(failures, RETRY_AFTER.length - 1)], undefined, { signal });
      }
    }
  }

  const jobs = new Jobs(call, again);
  return {
    client: () => connection.client(),
    async exec(argv, execOptions): Promise<GuestResult> {
      const { exitCode, stdout, stderr } = await call(argv, execOptions);
      return { exitCode, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
    },
    async writeFile(path, content, { mode = 0o644, root = false, signal } = {}) {
      const argv = ['sh', '-c', WRITE_FILE, 'sh', path, mode.toString(8)];
      const result = await call(argv, { root, input: content, ...(signal && { signal }) }, true);
      if (result.exitCode !== 0) throw fileError(`${path} could not be written`, result);
    },
    async readFile(path, offset, length, { root = false, signal } = {}) {
      const argv = ['sh', '-c', READ_FILE, 'sh', path, String(offset + 1), String(length)];
      const result = await call(argv, { root, ...(signal && { signal }) }, true);
      if (result.exitCode !== 0) throw fileError(`${path} could not be read`, result);
      const end = result.stdout.indexOf('\n');
      return {
        size: Number(result.stdout.subarray(0, end).toString('latin1')),
        bytes: new Uint8Array(result.stdout.subarray(end + 1)),
      };
    },
    startJob: (job: GuestJob, signal?: AbortSignal): Promise<void> => jobs.start(job, signal),
    jobState: (name, signal): Promise<GuestJobState> => jobs.state(name, signal),
    followJob: (name, from, onText, signal) => jobs.follow(name, from, onText, signal),
    forgetJob: (name, signal) => jobs.forget(name, signal),
    jobLog: (name) => Jobs.log(name),
    close: () => connection.close(),
  };
}

/** Atomic: written beside its place, then renamed. `$1` path, `$2` mode. */
const WRITE_FILE = `set -e
mkdir -p -- "$(dirname -- "$1")"
t=$(mktemp -- "$1.XXXXXX")
trap 'rm -f -- "$t"' EXIT
cat >"$t"
chmod -- "$2" "$t"
mv -f -- "$t" "$1"`;

/** Size, line break, bytes. An absent file is empty. `$1` path, `$2` first byte counted from 1, `$3` length. */
const READ_FILE = `if [ ! -e "$1" ]; then echo 0; exit 0; fi
if [ ! -r "$1" ]; then echo 'Permission denied' >&2; exit 1; fi
stat -Lc %s -- "$1"
tail -c +"$2" -- "$1" | head -c "$3"`;

function fileError(message: string, { exitCode, stderr }: ExecResult): StackboxError {
  const output = stderr.toString('utf8').trim();
  return new StackboxError('guest-failed', `${message}: ${output || `exit code ${exitCode}`}`, { output, exitCode });
}
