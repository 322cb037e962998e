import { SegmentedControl } from '@mantine/core';
import { FileText } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogSource } from '../../../main/contract/api';
import { Empty } from '../../ui/Empty';
import { LogView } from './LogView';
import type { Search } from './pattern';
import { logSources } from './sources';
import { useLog } from './useLog';

/** The logs of a cloud. A search stays while one goes from log to log. */
export function LogsTab({ cloudId }: { cloudId: string }) {
  const [source, setSource] = useState<LogSource>('install');
  const [search, setSearch] = useState<Search>({ typed: '', asRegex: false, only: false });
  return (
    <div className="sb-logs">
      <OneLog
        key={source}
        cloudId={cloudId}
        source={source}
        onSource={setSource}
        search={search}
        onSearch={(part) => setSearch((before) => ({ ...before, ...part }))}
      />
    </div>
  );
}

interface OneLogProps {
  readonly cloudId: string;
  readonly source: LogSource;
  readonly onSource: (source: LogSource) => void;
  readonly search: Search;
  readonly onSearch: (part: Partial<Search>) => void;
}

function OneLog({ cloudId, source, onSource, search, onSearch }: OneLogProps) {
  const { t } = useTranslation();
  const log = useLog(cloudId, source);
  return (
    <LogView
      log={log}
      search={search}
      onSearch={onSearch}
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
      empty={
        <Empty icon={FileText} title={log.loading ? t('logs.loading') : t('logs.empty')}>
          {log.loading ? undefined : t('logs.emptyHint')}
        </Empty>
      }
      fileName={`${cloudId}-${source}.log`}
    />
  );
}
