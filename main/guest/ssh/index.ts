/** A guest over SSH: the one implementation of {@link Guest} outside tests. */
import { setTimeout as sleep } from 'node:timers/promises';
import { StackboxError } from '../../contract/errors';
import { hideSecrets } from '../../host/hide-secrets';
import { OUTPUT_KEPT, type CommandLog } from '../../host/process';
import type { Guest, GuestCallOptions, GuestJob, GuestJobState, GuestResult } from '../guest';
import { Jobs, type JobGuest } from '../jobs';
import { NotStarted } from './channel';
import type { SshTarget } from './connection';
import { startProgram, type ExecRequest, type ExecResult, type RunningProgram } from './exec';
import { Sessions } from './sessions';
import { openShell, type Shell, type ShellOptions } from './shell';
import { openStream } from './stream';

export interface ConnectOptions extends SshTarget {
  readonly log?: CommandLog;
  /** Texts that never reach the log. */
  readonly secrets?: readonly string[];
}

/** A guest that can also carry terminals. */
export interface SshGuest extends Guest {
  /** @throws StackboxError `unreachable`, `denied` or `verification` */
  openShell(options: ShellOptions): Promise<Shell>;
}

const DEFAULT_SILENCE_MS = 120_000;

/** How often a session may be refused in a row, and the pause (ms) after it, which grows each time. */
const REFUSALS_BORNE = 6;
const REFUSED_PAUSE = 200;

/** Pauses (ms) between attempts to come back to a guest whose connection was lost. */
const RETRY_AFTER = [200, 1000, 2000, 5000];

/** While a guest boots it refuses logins (`pam_nologin`): a refusal counts only when it lasts this long (ms). */
const REFUSED_FOR = 120_000;

/** Makes a guest; it connects when first used. */
export function connectGuest(options: ConnectOptions): SshGuest {
  const sessions = new Sessions(options);

  async function start(request: ExecRequest): Promise<RunningProgram> {
    for (let refusals = 0; ; refusals++) {
      try {
        return await startProgram(await sessions.connection.client(), request);
      } catch (error) {
        // The connection was lost before anything was sent, or a busy server counts a session for a moment longer than we do.
        if (!(error instanceof NotStarted) || refusals >= REFUSALS_BORNE) throw error;
        await sleep(REFUSED_PAUSE * (refusals + 1), undefined, request.signal ? { signal: request.signal } : {});
      }
    }
  }

  /** Settles as soon as it is known how the program ended; its session is free only when the server says so. */
  function execute(request: ExecRequest): Promise<ExecResult> {
    return new Promise((resolve, reject) => {
      const cancelled = (): void => reject(request.signal?.reason as Error);
      if (request.signal?.aborted) cancelled();
      // Also while it waits for a session or a connection, which can take a minute.
      request.signal?.addEventListener('abort', cancelled, { once: true });
      const task = async (): Promise<void> => {
        try {
          const program = await start(request);
          program.result.then(resolve, reject);
          await program.closed;
        } catch (error) {
          reject(error);
        } finally {
          request.signal?.removeEventListener('abort', cancelled);
        }
      };
      void sessions.short(task);
    });
  }

  async function call(argv: readonly string[], call: GuestCallOptions = {}): Promise<ExecResult> {
    const startedAt = Date.now();
    const clean = (text: string): string => hideSecrets(text, [...(options.secrets ?? []), ...(call.secrets ?? [])]);
    const record = (exitCode: number | undefined, output: string): void => {
      if (call.quiet) return;
      options.log?.({
        argv: (call.root ? ['sudo', ...argv] : argv).map(clean),
        startedAt,
        durationMs: Date.now() - startedAt,
        exitCode,
        output: clean(output.slice(-OUTPUT_KEPT)),
      });
    };
    try {
      const result = await execute({
        argv,
        root: call.root ?? false,
        input: call.input,
        silenceMs: call.silenceMs ?? DEFAULT_SILENCE_MS,
        signal: call.signal,
      });
      record(result.exitCode, Buffer.concat([result.stdout, result.stderr]).toString('utf8'));
      return result;
    } catch (error) {
      record(undefined, error instanceof Error ? error.message : '');
      throw error;
    }
  }

  /** For calls that are safe to repeat: comes back after a lost connection or a reboot, until the signal ends it. */
  async function again<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    let refusedSince: number | undefined;
    for (let failures = 0; ; failures++) {
      try {
        return await attempt();
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof StackboxError)) throw error;
        if (error.code === 'denied') refusedSince ??= Date.now();
        else if (error.code === 'unreachable') refusedSince = undefined;
        else throw error;
        if (refusedSince !== undefined && Date.now() - refusedSince > REFUSED_FOR) throw error;
        await sleep(RETRY_AFTER[Math.min(failures, RETRY_AFTER.length - 1)], undefined, { signal });
      }
    }
  }

  const stream: JobGuest['stream'] = async (argv, onBytes, signal) => {
    const output = await sessions.lasting((client) => openStream(client, argv));
    return output.read(onBytes, signal);
  };

  const jobs = new Jobs({ call, again, stream });
  return {
    openShell: (shell) => sessions.lasting((client) => openShell(client, shell)),
    async exec(argv, execOptions): Promise<GuestResult> {
      const { exitCode, stdout, stderr } = await call(argv, execOptions);
      return { exitCode, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
    },
    async writeFile(path, content, { mode = 0o644, root = false, signal } = {}) {
      const input = Buffer.from(content);
      const argv = ['sh', '-c', WRITE_FILE, 'sh', path, mode.toString(8), String(input.length)];
      const result = await call(argv, { root, input, quiet: true, ...(signal && { signal }) });
      if (result.exitCode !== 0) throw fileError(`${path} could not be written`, result);
    },
    async readFile(path, offset, length, { root = false, waitMs = 0, signal } = {}) {
      const words = [offset, length, Math.ceil(waitMs / LOOK_EVERY)].map(String);
      const argv = ['sh', '-c', READ_FILE, 'sh', path, ...words];
      const result = await call(argv, { root, quiet: true, ...(signal && { signal }) });
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
    close: () => sessions.close(),
  };
}

/**
 * Atomic: written beside its place, then renamed. A connection that is lost in the middle looks like the end of the content,
 * hence the length. `$1` path, `$2` mode, `$3` length.
 */
const WRITE_FILE = `set -e
mkdir -p -- "$(dirname -- "$1")"
t=$(mktemp -- "$1.XXXXXX")
trap 'rm -f -- "$t"' EXIT
cat >"$t"
[ "$(stat -c %s -- "$t")" = "$3" ] || { rm -f -- "$t"; echo 'It came incomplete.' >&2; exit 1; }
chmod -- "$2" "$t"
mv -f -- "$t" "$1"`;

/** How often (ms) a file is looked at while somebody waits for more of it; the script below says it in seconds. */
const LOOK_EVERY = 500;

/** Size, line break, bytes. An absent file is empty. `$1` path, `$2` offset, `$3` length, `$4` times to look for more. */
const READ_FILE = `n=0
while :; do
  size=0
  if [ -e "$1" ]; then size=$(stat -Lc %s -- "$1") || exit 1; fi
  if [ "$size" -ne "$2" ] || [ "$n" -ge "$4" ]; then break; fi
  n=$((n + 1))
  sleep 0.5
done
if [ "$3" -gt 0 ] && [ "$size" -gt "$2" ] && [ ! -r "$1" ]; then echo "Permission denied" >&2; exit 1; fi
echo "$size"
if [ "$3" -gt 0 ] && [ "$size" -gt "$2" ]; then tail -c +"$(($2 + 1))" -- "$1" | head -c "$3"; fi`;

function fileError(message: string, { exitCode, stderr }: ExecResult): StackboxError {
  const output = stderr.toString('utf8').trim();
  return new StackboxError('guest-failed', `${message}: ${output || `exit code ${exitCode}`}`, { output, exitCode });
}
