import { useEffect, useState } from 'react';
import type { JournalEntry } from '../../../main/contract/cloud-services';
import { useApi } from '../../app/backend';
import { toRecord } from '../../app/errors';
import { LogBuffer } from '../logs/LogBuffer';
import type { FollowedLog } from '../logs/LogView';
import { linesOf } from './lines';

/** How many entries are read at first; from there it is followed. */
const FIRST = 1000;
/** How long the core holds an answer when there is nothing new. */
const WAIT_MS = 20_000;
/** Pause after a failed read, and after an empty journal, which has no place to wait at. */
const RETRY_MS = 3000;

interface Journal extends FollowedLog {
  /** Services that have written something. */
  readonly writers: ReadonlySet<string>;
}

export interface JournalOf {
  readonly cloudId: string;
  /** All services when it is empty. */
  readonly units: readonly string[];
  readonly request: string | undefined;
  /** Width of the names, in characters. */
  readonly width: number;
}

/** Follows the journal of services for as long as it is shown. Another choice needs another component: give it a `key`. */
export function useJournal({ cloudId, units, request, width }: JournalOf): Journal {
  const api = useApi();
  const [journal, setJournal] = useState<Journal>(() => ({
    buffer: new LogBuffer(),
    version: 0,
    loading: true,
    error: undefined,
    writers: new Set(),
  }));
  const { buffer } = journal;
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    buffer.clear();
    const draw = (part: Partial<Journal>): void => {
      setJournal((before) => ({ ...before, ...part, version: before.version + 1 }));
    };
    const pause = (): Promise<void> =>
      new Promise((resolve) => {
        setTimeout(resolve, RETRY_MS);
      });
    const query = { cloudId, units: [...units], lines: FIRST, ...(request !== undefined && { request }) };
    const writers = new Set<string>();
    const add = (entries: readonly JournalEntry[]): void => {
      for (const entry of entries) {
        writers.add(entry.service);
        buffer.append(linesOf(entry, width));
      }
    };
    async function follow(): Promise<void> {
      let after: string | undefined;
      while (!signal.aborted) {
        try {
          const place = after === undefined ? {} : { after, waitMs: WAIT_MS };
          const page = await api.services.journal({ ...query, ...place }, { signal });
          if (signal.aborted) return;
          add(page.entries);
          after = page.next;
          draw({ loading: false, error: undefined, writers: new Set(writers) });
          if (after === undefined) await pause();
        } catch (thrown) {
          if (signal.aborted) return;
          draw({ loading: false, error: toRecord(thrown) });
          await pause();
        }
      }
    }
    void follow();
    return () => controller.abort();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the choice is this component's key
  }, [api, buffer, cloudId]);
  return journal;
}
