import { useCallback, useEffect, useRef, useState } from 'react';
import type { ErrorRecord } from '../../../main/contract/errors';
import { useApi, useCore } from '../../app/backend';
import { toRecord } from '../../app/errors';
import { dropSession, sessionOf } from './sessions';
import type { TerminalSession, TerminalWish } from './session';

/** What a terminal starts with; it takes its real size as soon as it is in sight. */
const START_SIZE = { cols: 80, rows: 24 } as const;

interface Terminals {
  /** `undefined` until the core has said which ones there are. */
  readonly sessions: readonly TerminalSession[] | undefined;
  readonly current: TerminalSession | undefined;
  readonly error: ErrorRecord | undefined;
  readonly opening: boolean;
  /** What was asked for last: it is what failed, if something did. */
  readonly wanted: TerminalWish;
  readonly choose: (terminalId: string) => void;
  readonly open: (wish: TerminalWish) => void;
  readonly close: (terminalId: string) => void;
}

/** The terminals of a cloud: found again after a reload, opened, closed. The first one opens by itself. */
export function useTerminals(cloudId: string, connectable: boolean): Terminals {
  const api = useApi();
  const generation = useCore((state) => state.generation);
  const [sessions, setSessions] = useState<readonly TerminalSession[] | undefined>();
  const [currentId, setCurrentId] = useState<string | undefined>();
  const [error, setError] = useState<ErrorRecord | undefined>();
  const [opening, setOpening] = useState(false);
  const [wanted, setWanted] = useState<TerminalWish>({ kind: 'shell' });
  const openedFirst = useRef(false);

  const open = useCallback(
    async (wish: TerminalWish): Promise<void> => {
      setOpening(true);
      setWanted(wish);
      setError(undefined);
      try {
        const { terminalId } = await api.terminals.open({ cloudId, ...wish, ...START_SIZE });
        const session = sessionOf(api, terminalId, wish);
        session.listen();
        // The core has one serial console for all: it may be among these already.
        setSessions((before) => [...(before ?? []).filter(({ id }) => id !== terminalId), session]);
        setCurrentId(terminalId);
      } catch (thrown) {
        setError(toRecord(thrown));
      } finally {
        setOpening(false);
      }
    },
    [api, cloudId],
  );

  useEffect(() => {
    let gone = false;
    const find = async (): Promise<void> => {
      // Streams end with their connection and begin again on the next one; before the first there is nobody to ask.
      if (generation === 0) return;
      try {
        const list = await api.terminals.list({ cloudId });
        if (gone) return;
        const found = list.map(({ terminalId, state, ...wish }) => {
          const session = sessionOf(api, terminalId, wish);
          if (state !== 'open') session.status.setState({ state, message: '' });
          session.listen();
          return session;
        });
        setSessions(found);
        setError(undefined);
        if (found.length === 0 && connectable && !openedFirst.current) {
          openedFirst.current = true;
          await open({ kind: 'shell' });
        }
      } catch (thrown) {
        if (!gone) setError(toRecord(thrown));
      }
    };
    void find();
    return () => {
      gone = true;
    };
  }, [api, cloudId, connectable, generation, open]);

  const close = (terminalId: string): void => {
    // A terminal that the core has lost already needs no closing. While we still listen, or a console at which others look
    // as well would be closed for them, too.
    api.terminals.close({ terminalId }).catch(() => undefined);
    dropSession(terminalId);
    setSessions((before) => before?.filter((session) => session.id !== terminalId));
  };

  return {
    sessions,
    current: sessions?.find((session) => session.id === currentId) ?? sessions?.[0],
    error,
    opening,
    wanted,
    choose: setCurrentId,
    open: (wish) => void open(wish),
    close,
  };
}
