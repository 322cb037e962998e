/** One piece of work for many who wait for it. It is given up when the last of them is gone, not before. */

import { raceAbort } from '../host/race-abort';

/** Progress as 0…1, or `undefined` while nobody knows, and what is being done. */
export type Report = (fraction: number | undefined, detail: string) => void;

export interface WaitOptions {
  /** Ends the waiting, and with the last one the work. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Report | undefined;
}

export class SharedWork<T> {
  private readonly controller = new AbortController();
  private readonly listeners = new Set<Report>();
  private readonly result: Promise<T>;
  private waiting = 0;

  constructor(work: (signal: AbortSignal, report: Report) => Promise<T>) {
    this.result = work(this.controller.signal, (fraction, detail) => {
      for (const listener of this.listeners) listener(fraction, detail);
    });
    // Everybody may be gone when it fails; those who wait get the failure from `join`.
    this.result.catch(() => undefined);
  }

  /** Whether nobody waits any more and the work is being given up. Nobody can join then. */
  get abandoned(): boolean {
    return this.controller.signal.aborted;
  }

  /** Resolves when the work has ended, in whatever way. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.result]);
  }

  /** @returns the result; rejects with the failure of the work, or with the reason of `signal` */
  async join({ signal, onProgress }: WaitOptions): Promise<T> {
    const listener: Report = (fraction, detail) => onProgress?.(fraction, detail);
    this.listeners.add(listener);
    this.waiting++;
    try {
      return await raceAbort(this.result, signal);
    } finally {
      this.listeners.delete(listener);
      this.waiting--;
      if (this.waiting === 0) this.controller.abort(signal?.reason);
    }
  }

  abort(reason: unknown): void {
    this.controller.abort(reason);
  }
}
