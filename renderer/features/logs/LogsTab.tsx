import { useHotkeys } from '@mantine/hooks';
import { FileText } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogSource } from '../../../main/contract/api';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { LogList } from './LogList';
import { LogToolbar } from './LogToolbar';
import { toPattern } from './pattern';
import { useLog } from './useLog';
import { useLogSearch } from './useLogSearch';
import './logs.css';

/** The logs of a cloud: follow or hold, search through all of it, save. */
export function LogsTab({ cloudId }: { cloudId: string }) {
  const { t } = useTranslation();
  const [source, setSource] = useState<LogSource>('install');
  const [typed, setTyped] = useState('');
  const [asRegex, setAsRegex] = useState(false);
  const [only, setOnly] = useState(false);
  const [follow, setFollow] = useState(true);
  /** Index into the matches. */
  const [chosen, setChosen] = useState(0);
  const searchField = useRef<HTMLInputElement>(null);

  const log = useLog(cloudId, source);
  const pattern = useMemo(() => toPattern(typed, asRegex), [typed, asRegex]);
  const matches = useLogSearch(log.buffer, log.version, pattern);
  const at = Math.min(chosen, matches.lines.length - 1);

  useHotkeys([['mod+shift+F', () => searchField.current?.select()]], []);
  useEffect(() => setChosen(0), [pattern]);

  const step = (delta: number): void => {
    if (matches.lines.length === 0) return;
    setFollow(false);
    setChosen((at + delta + matches.lines.length) % matches.lines.length);
  };

  const lines = log.buffer.next - log.buffer.first;
  return (
    <div className="sb-logs">
      <LogToolbar
        source={source}
        onSource={setSource}
        typed={typed}
        onType={(text) => {
          setTyped(text);
          if (text !== '') setFollow(false);
        }}
        asRegex={asRegex}
        onRegex={setAsRegex}
        only={only}
        onOnly={setOnly}
        follow={follow}
        onFollow={setFollow}
        pattern={pattern}
        matches={matches}
        at={at}
        onStep={step}
        buffer={log.buffer}
        fileName={`${cloudId}-${source}.log`}
        searchField={searchField}
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
          // Another source is another list, with a scroll position of its own.
          key={source}
          buffer={log.buffer}
          version={log.version}
          pattern={pattern}
          matches={matches}
          only={only && pattern.state === 'good'}
          at={at}
          follow={follow}
          onFollow={setFollow}
        />
      )}
    </div>
  );
}
