import { useHotkeys } from '@mantine/hooks';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorRecord } from '../../../main/contract/errors';
import { ErrorPanel } from '../../ui/ErrorPanel';
import type { LogBuffer } from './LogBuffer';
import { LogList } from './LogList';
import { LogToolbar, SEARCH_FIELD } from './LogToolbar';
import { toPattern, type Search } from './pattern';
import { useLogSearch } from './useLogSearch';
import './logs.css';

/** What is known of a log that is being read. */
export interface FollowedLog {
  readonly buffer: LogBuffer;
  /** Grows with every draw; the buffer itself changes in place. */
  readonly version: number;
  readonly loading: boolean;
  readonly error: ErrorRecord | undefined;
}

interface LogViewProps {
  readonly log: FollowedLog;
  readonly search: Search;
  readonly onSearch: (part: Partial<Search>) => void;
  /** What stands in front of the search. */
  readonly lead: ReactNode;
  /** Instead of the lines while there are none. */
  readonly empty: ReactNode;
  /** Under which the log is saved. */
  readonly fileName: string;
  /** Told of a request that was pressed; requests are plain text, if absent. */
  readonly onRequest?: (id: string) => void;
}

/** A log, wherever its lines come from: follow or hold, search through all of it, save. */
export function LogView({ log, search, onSearch, lead, empty, fileName, onRequest }: LogViewProps) {
  const { t } = useTranslation();
  const { buffer, version, error } = log;
  const { typed, asRegex } = search;
  const [follow, setFollow] = useState(typed === '');
  /** Index into the matches. */
  const [chosen, setChosen] = useState(0);

  const pattern = useMemo(() => toPattern(typed, asRegex), [typed, asRegex]);
  const matches = useLogSearch(buffer, pattern);
  const at = Math.min(chosen, matches.lines.length - 1);

  useHotkeys([['mod+shift+F', () => document.querySelector<HTMLInputElement>(`#${SEARCH_FIELD}`)?.select()]], []);

  const step = (delta: number): void => {
    if (matches.lines.length === 0) return;
    setFollow(false);
    setChosen((at + delta + matches.lines.length) % matches.lines.length);
  };

  return (
    <>
      <LogToolbar
        lead={lead}
        search={search}
        onSearch={(part) => {
          onSearch(part);
          setChosen(0);
          if (part.typed !== undefined && part.typed !== '') setFollow(false);
        }}
        follow={follow}
        onFollow={setFollow}
        pattern={pattern}
        matches={matches}
        at={at}
        onStep={step}
        buffer={buffer}
        fileName={fileName}
      />
      {buffer.first > 0 && (
        <p className="sb-logs__note sb-num">{t('logs.dropped', { lines: buffer.first.toLocaleString() })}</p>
      )}
      {error !== undefined && (
        <div className="sb-logs__error">
          <ErrorPanel title={t('logs.failed')} error={error} />
        </div>
      )}
      {buffer.next === buffer.first && error === undefined ? (
        empty
      ) : (
        <LogList
          buffer={buffer}
          version={version}
          pattern={pattern}
          matches={matches}
          only={search.only && pattern.state === 'good'}
          at={at}
          follow={follow}
          onFollow={setFollow}
          {...(onRequest && { onRequest })}
        />
      )}
    </>
  );
}
