/**
 * A machine from the inside: what recipes and first contact may do with it. The only implementation outside tests
 * speaks SSH (`main/guest/ssh/`).
 */

/** A program that ended in the guest. Exit code 255 with `signal` means that it was killed. */
export interface GuestResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GuestCallOptions {
  readonly signal?: AbortSignal;
  readonly input?: string | Uint8Array;
  /** Run as root through `sudo -n`; ordinary user otherwise. */
  readonly root?: boolean;
  /** Without any output for this long (ms) the call is given up with `silent`. Default 120,000. */
  readonly silenceMs?: number;
  /** Not for "Commands", where a command counts as a sign of life: a question that is asked over and over. */
  readonly quiet?: boolean;
  /** Texts that must never reach "Commands", a log or an error. */
  readonly secrets?: readonly string[];
}

/** Long work in the guest: a systemd unit that writes to a file and outlives the connection. */
export interface GuestJob {
  /** Unit name without `.service`: `stackbox-keystone-install`. Letters, digits and hyphens. */
  readonly name: string;
  /** A bash script, run with `set -euo pipefail`. Values come in through `env`, never by templating. */
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Run as this user; root by default. */
  readonly user?: string;
}

export type GuestJobState =
  | { readonly state: 'absent' }
  | { readonly state: 'running' }
  | { readonly state: 'ended'; readonly exitCode: number; readonly result: string };

export interface Guest {
  /** Runs a program and waits for it. A non-zero exit is an answer, not an error. */
  exec(argv: readonly string[], options?: GuestCallOptions): Promise<GuestResult>;
  /** Writes a file atomically (temporary name, then rename). `mode` is octal, like 0o600. */
  writeFile(
    path: string,
    content: string | Uint8Array,
    options?: { mode?: number; root?: boolean; signal?: AbortSignal },
  ): Promise<void>;
  /**
   * At most `length` bytes from `offset`; an absent file reads as empty. At the file's end the guest waits up to `waitMs` for
   * more, so that whoever follows a file need not ask all the time.
   */
  readFile(
    path: string,
    offset: number,
    length: number,
    options?: { root?: boolean; waitMs?: number; signal?: AbortSignal },
  ): Promise<{ bytes: Uint8Array; size: number }>;

  /** Starts the job unless it runs already or has ended; see `forgetJob` to run it again. */
  startJob(job: GuestJob, signal?: AbortSignal): Promise<void>;
  /** As systemd has it; survives a lost connection and a crash of the app. */
  jobState(name: string, signal?: AbortSignal): Promise<GuestJobState>;
  /**
   * Hands on the job's output from byte `from` until the job has ended and all was read. Reconnects by itself.
   * @returns the job's end
   */
  followJob(
    name: string,
    from: number,
    onText: (text: string, next: number) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<{ exitCode: number; result: string }>;
  /** Stops the job if it runs and forgets its end, so that it can be started again. Its log file is kept and appended to. */
  forgetJob(name: string, signal?: AbortSignal): Promise<void>;
  /** Path in the guest of the job's output. */
  jobLog(name: string): string;

  close(): void;
}
