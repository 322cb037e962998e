/** One look at the computer for all who ask at about the same time: a window that opens asks for several things at once. */
import { raceAbort } from '../host/race-abort';

/** @returns the answer; the signal ends this caller's waiting only */
export type Ask<T> = (maxAgeMs: number, signal?: AbortSignal) => Promise<T>;

/**
 * Callers share the work that is under way and, for `maxAgeMs` after its end, its answer. A failure is kept for nobody.
 */
export function shareRecent<T>(work: () => Promise<T>): Ask<T> {
  let latest: { readonly answer: Promise<T>; endedAt: number } | undefined;

  function begin(): Promise<T> {
    const started = { answer: work(), endedAt: Number.POSITIVE_INFINITY };
    latest = started;
    started.answer.then(
      () => {
        started.endedAt = performance.now();
      },
      // Whoever waits gets the failure; the next to ask starts anew.
      () => {
        if (latest === started) latest = undefined;
      },
    );
    return started.answer;
  }

  return async (maxAgeMs, signal) => {
    signal?.throwIfAborted();
    const fresh = latest !== undefined && performance.now() - latest.endedAt <= maxAgeMs;
    return raceAbort(fresh && latest ? latest.answer : begin(), signal);
  };
}
