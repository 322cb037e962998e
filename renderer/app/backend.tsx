import { createContext, use, useCallback, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ErrorRecord } from '../../main/contract/errors';
import type { Api, Connection } from './connection';
import type { CoreState, CoreStore } from './core-store';
import { toRecord } from './errors';
import { showError } from './toasts';

interface Backend {
  readonly connection: Connection;
  readonly store: CoreStore;
}

const BackendContext = createContext<Backend | undefined>(undefined);

export function BackendProvider({ backend, children }: { backend: Backend; children: ReactNode }) {
  return <BackendContext value={backend}>{children}</BackendContext>;
}

export function useBackend(): Backend {
  const backend = use(BackendContext);
  if (backend === undefined) throw new Error('A view was drawn outside of its BackendProvider.');
  return backend;
}

export function useApi(): Api {
  return useBackend().connection.api;
}

/** A part of what the core last said; the view is drawn again only when that part changes. */
export function useCore<T>(select: (state: CoreState) => T): T {
  return useStore(useBackend().store, select);
}

export interface Action<A extends unknown[]> {
  /** Runs the action; a failure is shown as a toast, so the promise never rejects. */
  readonly run: (...args: A) => Promise<void>;
  readonly busy: boolean;
}

/** Something a button does: busy while it runs, and a failure that is said to the person. */
export function useAction<A extends unknown[]>(action: (...args: A) => Promise<unknown>): Action<A> {
  const [busy, setBusy] = useState(false);
  const run = async (...args: A): Promise<void> => {
    setBusy(true);
    try {
      await action(...args);
    } catch (thrown) {
      showError(toRecord(thrown));
    } finally {
      setBusy(false);
    }
  };
  return { run, busy };
}

export type Answer<T> =
  | { readonly state: 'loading'; readonly value?: undefined }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly error: ErrorRecord; readonly value?: undefined };

/** An answer that is asked for by `ask()`, with what to draw until it is there. A newer question beats an older one. */
export function useQuestion<T>(): [Answer<T>, (question: (signal: AbortSignal) => Promise<T>) => () => void] {
  const [answer, setAnswer] = useState<Answer<T>>({ state: 'loading' });
  const ask = useCallback((question: (signal: AbortSignal) => Promise<T>): (() => void) => {
    const controller = new AbortController();
    const { signal } = controller;
    const answerIt = async (): Promise<void> => {
      try {
        const value = await question(signal);
        if (!signal.aborted) setAnswer({ state: 'ready', value });
      } catch (thrown) {
        // A failure of a question that was withdrawn concerns nobody any more.
        if (!signal.aborted) setAnswer({ state: 'failed', error: toRecord(thrown) });
      }
    };
    void answerIt();
    return () => controller.abort();
  }, []);
  return [answer, ask];
}
