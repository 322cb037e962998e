import { useCallback, useEffect, useRef, useState } from 'react';
import type { CloudService, ServiceList } from '../../../main/contract/cloud-services';
import type { ErrorRecord } from '../../../main/contract/errors';
import { useApi } from '../../app/backend';
import { toRecord } from '../../app/errors';

/** Pause (ms) between an answer and the next question, so that a slow machine is asked less often. */
const PAUSE_MS = 5000;

interface Known {
  readonly list: ServiceList | undefined;
  /** When the list was read. */
  readonly readAt: number;
  /** Why the newest question failed; the list is then the one before. */
  readonly error: ErrorRecord | undefined;
}

interface Services extends Known {
  /** Asks now, unless a question is on its way. */
  readonly ask: () => void;
  /** Puts the answer of an action into the list. */
  readonly put: (service: CloudService) => void;
}

/** The services of a cloud, asked again and again as long as this is shown and somebody can see the window. */
export function useServices(cloudId: string): Services {
  const api = useApi();
  const [known, setKnown] = useState<Known>({ list: undefined, readAt: 0, error: undefined });
  /** Ends the pause. */
  const wake = useRef<() => void>(() => undefined);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function look(): Promise<void> {
      try {
        const list = await api.services.list({ cloudId }, { signal });
        if (!signal.aborted) setKnown({ list, readAt: Date.now(), error: undefined });
      } catch (thrown) {
        // A failure of a question that was withdrawn concerns nobody any more.
        if (!signal.aborted) setKnown((before) => ({ ...before, error: toRecord(thrown) }));
      }
    }
    async function follow(): Promise<void> {
      while (!signal.aborted) {
        if (document.visibilityState === 'visible') await look();
        await new Promise((resolve) => {
          wake.current = () => resolve(undefined);
          timer = setTimeout(resolve, PAUSE_MS);
        });
        clearTimeout(timer);
      }
    }
    void follow();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [api, cloudId]);
  const ask = useCallback(() => wake.current(), []);
  const put = useCallback(
    (service: CloudService) => setKnown((before) => ({ ...before, list: withService(before.list, service) })),
    [],
  );
  return { ...known, ask, put };
}

function withService(list: ServiceList | undefined, service: CloudService): ServiceList | undefined {
  if (list?.kind !== 'units') return list;
  return { kind: 'units', services: list.services.map((one) => (one.unit === service.unit ? service : one)) };
}
