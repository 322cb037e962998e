/** Trying again, for what may pass: a lost connection, a stall, a server that is busy. */
import { setTimeout } from 'node:timers/promises';
import { StackboxError } from '../contract/errors';

/** A failure that may pass. When the tries are used up, `error` is thrown. */
export class Retryable extends Error {
  readonly error: StackboxError;

  constructor(error: StackboxError) {
    super(error.message, { cause: error });
    this.error = error;
  }
}

export interface RetryOptions {
  readonly signal: AbortSignal;
  /** First pause in ms; it doubles with every failure in a row. */
  readonly pauseMs: number;
  /** What has been reached, in any unit. While it grows, failures do not add up. */
  readonly reached: () => Promise<number>;
}

/** Failures in a row, without any gain, before giving up. */
const MOST_FAILURES = 5;

/** @throws StackboxError; the signal's reason when cancelled */
export async function retrying<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, pauseMs, reached } = options;
  let best = await reached();
  for (let failures = 0; ;) {
    try {
      signal.throwIfAborted();
      return await attempt();
    } catch (thrown) {
      signal.throwIfAborted();
      const failure = explain(thrown);
      if (!(failure instanceof Retryable)) throw failure;
      const now = await reached();
      failures = now > best ? 1 : failures + 1;
      best = Math.max(best, now);
      if (failures >= MOST_FAILURES) throw failure.error;
      await pause(pauseMs * 2 ** (failures - 1), signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch {
    // The timer rejects with an error of its own; whoever waits expects the signal's reason.
    signal.throwIfAborted();
  }
}

const TLS_CODES = /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_)/;
const STALL_CODES = new Set(['UND_ERR_BODY_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']);
const FILE_CODES = new Set(['EACCES', 'ENOENT', 'EROFS', 'EISDIR', 'EIO', 'EDQUOT', 'EMFILE']);

/** Says what a failure of fetch or of the file system means. fetch hides the reason in `cause`. */
function explain(thrown: unknown): StackboxError | Retryable {
  if (thrown instanceof StackboxError || thrown instanceof Retryable) return thrown;
  const reasons = causesOf(thrown);
  const code = reasons.map(codeOf).find((each) => each !== undefined) ?? '';
  const text = reasons.at(-1)?.message ?? String(thrown);
  const options = { cause: thrown };
  if (code === 'ENOSPC') {
    const hint = 'Delete images or files that nobody uses; the download goes on from where it is.';
    return new StackboxError('no-room', 'The disk is full.', { hint }, options);
  }
  if (FILE_CODES.has(code)) return new StackboxError('storage', text, {}, options);
  if (TLS_CODES.test(code)) {
    const hint =
      'If your company inspects traffic, start Stackbox with NODE_EXTRA_CA_CERTS set to a file with its certificate.';
    return new StackboxError('network', `The server's certificate is not trusted: ${text}.`, { hint }, options);
  }
  if (thrown instanceof TypeError || code !== '') {
    const message = STALL_CODES.has(code) ? 'The server sent nothing for too long.' : `The connection failed: ${text}.`;
    const hint = 'Check the network and the proxy; the download goes on from where it is.';
    return new Retryable(new StackboxError('network', message, { hint }, options));
  }
  return StackboxError.from(thrown);
}

function causesOf(thrown: unknown): Error[] {
  return thrown instanceof Error ? [thrown, ...causesOf(thrown.cause)] : [];
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
