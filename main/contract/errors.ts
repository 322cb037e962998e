/**
 * The one error class of Stackbox. Whatever fails anywhere below the window ends up as a
 * {@link StackboxError}: a code from a closed list, a sentence for a person, and the facts.
 */

/** Every kind of failure a person can meet. The window maps each to a help text; nothing invents codes on the fly. */
export const ERROR_CODES = [
  /** A plan, name, option or file from outside does not fit its schema. */
  'bad-input',
  /** The thing named does not exist (any more). */
  'not-found',
  /** A name, address, port, domain or file is already taken by somebody else. */
  'conflict',
  /** The thing is busy with another run. */
  'busy',
  /** A program that we need is not installed, or is too old. */
  'missing-tool',
  /** An external program ended with a failure. */
  'command-failed',
  /** Nothing was heard for longer than the step's silence deadline. */
  'silent',
  /** The hypervisor refused or is not usable. */
  'hypervisor',
  /** Not enough memory, disk or processors on this computer. */
  'no-room',
  /** A download or other network access of this computer failed. */
  'network',
  /** A checksum, host key or signature was wrong. */
  'verification',
  /** The guest could not be reached or did not answer. */
  'unreachable',
  /** Something inside the guest failed (cloud-init, a job, a service). */
  'guest-failed',
  /** The state on disk could not be read or written. */
  'storage',
  /** Another Stackbox uses the same data folder. */
  'locked',
  /** Not permitted, or the token was wrong. */
  'denied',
  /** A defect in Stackbox itself. */
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What an error carries besides its sentence. All texts are free of secrets. */
export interface ErrorFacts {
  /** What the person can do about it, in one or two sentences. */
  hint?: string;
  /** The program and its arguments, one element each. */
  command?: readonly string[];
  /** Last lines of the output of that program, or of the log in question. */
  output?: string;
  /** Exit code of that program. */
  exitCode?: number;
  /** Field of the input that is wrong, as a dotted path: `machine.memoryMiB`. */
  field?: string;
}

/** An error as it crosses a wire or is kept in a journal. */
export interface ErrorRecord extends ErrorFacts {
  code: ErrorCode;
  message: string;
}

/** Thrown by everything in `main`. Cancelling is not an error: a cancelled operation rejects with its signal's reason. */
export class StackboxError extends Error {
  override readonly name = 'StackboxError';
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.facts = facts;
  }

  /** Plain data for the wire and the journal; the stack and the cause stay here. */
  toRecord(): ErrorRecord {
    return { code: this.code, message: this.message, ...this.facts };
  }

  /** Makes an error again from what crossed the wire. */
  static fromRecord(record: ErrorRecord): StackboxError {
    const { code, message, ...facts } = record;
    return new StackboxError(code, message, facts);
  }

  /** Whatever was thrown, as one of ours: an unknown error is a defect, so its code is `internal`. */
  static from(thrown: unknown): StackboxError {
    if (thrown instanceof StackboxError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new StackboxError('internal', message, {}, { cause: thrown });
  }
}
