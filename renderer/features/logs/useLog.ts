import { useEffect, useState } from 'react';
import type { LogSource } from '../../../main/contract/api';
import { useApi } from '../../app/backend';
import { toRecord } from '../../app/errors';
import { LogBuffer, MAX_CHARS } from './LogBuffer';
import type { FollowedLog } from './LogView';

/** How long the core holds an answer when there is nothing new. */
const WAIT_MS = 20_000;
/** Pause after a failed read, so that a broken log does not keep both sides busy. */
const RETRY_MS = 3000;
/** The screen is drawn at most this often while a long log streams in. */
const DRAW_MS = 80;

/**
 * Follows a log from its beginning (or as far back as is kept) to its end, and on, for as long as it is shown. Another
 * log needs another component: give it a `key`.
 */
export function useLog(cloudId: string, source: LogSource): FollowedLog {
  const api = useApi();
  const [log, setLog] = useState<FollowedLog>(() => ({
    buffer: new LogBuffer(),
    version: 0,
    loading: true,
    error: undefined,
  }));
  const { buffer } = log;
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    buffer.clear();
    let drawing: ReturnType<typeof setTimeout> | undefined;
    const draw = (part: Partial<FollowedLog>): void => {
      clearTimeout(drawing);
      drawing = undefined;
      setLog((before) => ({ ...before, ...part, version: before.version + 1 }));
    };
    async function follow(): Promise<void> {
      let offset = 0;
      let started = false;
      while (!signal.aborted) {
        try {
          const chunk = await api.logs.read({ cloudId, source, offset, waitMs: started ? WAIT_MS : 0 }, { signal });
          if (signal.aborted) return;
          if (!started && chunk.size > MAX_CHARS) {
            // Only as much as is kept anyway; from there the reader catches up with the end.
            offset = chunk.size - MAX_CHARS;
            started = true;
            continue;
          }
          started = true;
          // A log that became shorter was begun anew: a machine that was made again.
          if (chunk.size < offset) {
            offset = 0;
            buffer.clear();
            continue;
          }
          offset = chunk.next;
          buffer.append(chunk.text);
          const loading = chunk.next < chunk.size;
          if (!loading) draw({ loading, error: undefined });
          else drawing ??= setTimeout(() => draw({ loading, error: undefined }), DRAW_MS);
        } catch (thrown) {
          if (signal.aborted) return;
          draw({ loading: false, error: toRecord(thrown) });
          await new Promise((resolve) => {
            setTimeout(resolve, RETRY_MS);
          });
        }
      }
    }
    void follow();
    return () => {
      controller.abort();
      clearTimeout(drawing);
    };
  }, [api, buffer, cloudId, source]);
  return log;
}
