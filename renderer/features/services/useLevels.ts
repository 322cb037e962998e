import { useCallback, useEffect, useRef, useState } from 'react';
import type { LogLevel } from '../../../main/contract/cloud-services';
import type { ErrorRecord } from '../../../main/contract/errors';
import { useApi } from '../../app/backend';
import { toRecord } from '../../app/errors';

/** Pause (ms) between two questions: files change seldom, and the machine reads all of them for an answer. */
const PAUSE_MS = 60_000;

interface Levels {
  /** By unit; empty until the first answer is there. */
  readonly levels: ReadonlyMap<string, LogLevel>;
  /** Why the newest question failed; the levels are then those before. */
  readonly error: ErrorRecord | undefined;
  /** Asks now. */
  readonly ask: () => Promise<void>;
}

/** Which services log at debug, asked when somebody looks, and again after a change. */
export function useLevels(cloudId: string): Levels {
  const api = useApi();
  const [known, setKnown] = useState<Omit<Levels, 'ask'>>({ levels: new Map(), error: undefined });
  /** Only the newest question is answered. */
  const newest = useRef<AbortController>(undefined);
  const ask = useCallback(async (): Promise<void> => {
    newest.current?.abort();
    const controller = new AbortController();
    newest.current = controller;
    const { signal } = controller;
    try {
      const levels = await api.services.levels({ cloudId }, { signal });
      if (!signal.aborted) setKnown({ levels: new Map(levels.map((level) => [level.unit, level])), error: undefined });
    } catch (thrown) {
      // A failure of a question that was withdrawn concerns nobody any more.
      if (!signal.aborted) setKnown((before) => ({ ...before, error: toRecord(thrown) }));
    }
  }, [api, cloudId]);
  useEffect(() => {
    const first = setTimeout(() => void ask());
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void ask();
    }, PAUSE_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
      newest.current?.abort();
    };
  }, [ask]);
  return { ...known, ask };
}
