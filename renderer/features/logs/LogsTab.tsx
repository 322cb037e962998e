import { SegmentedControl } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { FileText } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogSource } from '../../../main/contract/api';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { LogList } from './LogList';
import { LogToolbar, SEARCH_FIELD } from './LogToolbar';
import { toPattern, type Search } from './pattern';
import { logSources } from './sources';
import { useLog } from './useLog';
import { useLogSearch } from './useLogSearch';
import './logs.css';

/** The logs of a cloud. A search stays while one goes from log to log. */
export function LogsTab({ cloudId }: { cloudId: string }) {
  const [source, setSource] = useState<LogSource>('install');
  const [search, setSearch] = useState<Search>({ typed: '', asRegex: false, only: false });
  return (
    <LogView
      key={source}
      cloudId={cloudId}
      source={source}
      onSource={setSource}
      search={search}
      onSearch={(part) => setSearch((before) => ({ ...before, ...part }))}
    />
  );
}

interface LogViewProps {
  readonly cloudId: string;
  readonly source: LogSource;
  readonly onSource: (source: LogSource) => void;
  readonly search: Search;
  readonly onSearch: (part: Partial<Search>) => void;
}

/** One log: follow or hold, search through all of it, save. */
function LogView({ cloudId, source, onSource, search, onSearch }: LogViewProps) {
  const { t } = useTranslation();
  const { typed, asRegex } = search;
  const [follow, setFollow] = useState(typed === '');
  /** Index into the matches. */
  const [chosen, setChosen] = useState(0);

  const log = useLog(cloudId, source);
  const pattern = useMemo(() => toPattern(typed, asRegex), [typed, asRegex]);
  const matches = useLogSearch(log.buffer, pattern);
  const at = Math.min(chosen, matches.lines.length - 1);

  useHotkeys([['mod+shift+F', () => document.querySelector<HTMLInputElement>(`#${SEARCH_FIELD}`)?.select()]], []);

  const step = (delta: number): void => {
    if (matches.lines.length === 0) return;
    setFollow(false);
    setChosen((at + delta + matches.lines.length) % matches.lines.length);
  };

  const lines = log.buffer.next - log.buffer.first;
  return (
    <div className="sb-logs">
      <LogToolbar
        lead={
          <SegmentedControl
            size="xs"
            aria-label={t('logs.source')}
            transitionDuration={120}
            value={source}
            onChange={onSource}
            data={logSources.map((value) => ({ value, label: t(`logs.sources.${value}`) }))}
          />
        }
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
        buffer={log.buffer}
        fileName={`${cloudId}-${source}.log`}
      />
      {log.buffer.first > 0 && (
        <p className="sb-logs__note sb-num">{t('logs.dropped', { lines: log.buffer.first.toLocaleString() })}</p>
      )}
      {log.error !== undefined && (
        <div className="sb-logs__error">
          <ErrorPanel title={t('logs.failed')} error={log.error} />
        </div>
      )}
      {lines === 0 && log.error === undefined ? (
        <Empty icon={FileText} title={log.loading ? t('logs.loading') : t('logs.empty')}>
          {log.loading ? undefined : t('logs.emptyHint')}
        </Empty>
      ) : (
        <LogList
          buffer={log.buffer}
          version={log.version}
          pattern={pattern}
          matches={matches}
          only={search.only && pattern.state === 'good'}
          at={at}
          follow={follow}
          onFollow={setFollow}
        />
      )}
    </div>
  );
}
