import { ActionIcon, Button, MultiSelect, TextInput, Tooltip } from '@mantine/core';
import { ArrowLeft, FileText, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { requestIdSchema, type CloudService } from '../../../main/contract/cloud-services';
import { Empty } from '../../ui/Empty';
import { LogView } from '../logs/LogView';
import type { Search } from '../logs/pattern';
import { nameWidth } from './lines';
import { useJournal } from './useJournal';

/** Whose journal, and whether only the lines of one request. */
export interface JournalChoice {
  /** All services when it is empty. */
  readonly units: readonly string[];
  readonly request: string | undefined;
}

interface ServiceLogsProps {
  readonly cloudId: string;
  readonly services: readonly CloudService[];
  readonly choice: JournalChoice;
  readonly onChoice: (choice: JournalChoice | undefined) => void;
}

/** The journal of one service or several, live; one press on a request shows its way through all of them. */
export function ServiceLogs({ cloudId, services, choice, onChoice }: ServiceLogsProps) {
  const { t } = useTranslation();
  const { units, request } = choice;
  return (
    <div className="sb-logs">
      <div className="sb-services__choice">
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<ArrowLeft size={14} aria-hidden />}
          onClick={() => onChoice(undefined)}
        >
          {t('services.logs.back')}
        </Button>
        <MultiSelect
          size="xs"
          className="sb-services__which"
          aria-label={t('services.logs.choose')}
          placeholder={units.length === 0 ? t('services.logs.all') : ''}
          data={services.map(({ unit, name }) => ({ value: unit, label: name }))}
          value={[...units]}
          onChange={(chosen) => onChoice({ units: chosen, request })}
          searchable
          clearable
          hidePickedOptions
        />
        <RequestField key={request} request={request} onRequest={(id) => onChoice({ units, request: id })} />
      </div>
      <JournalView
        // Another choice is another journal.
        key={[...units, request].join(' ')}
        cloudId={cloudId}
        services={services}
        choice={choice}
        onRequest={(id) => onChoice({ units: [], request: id })}
      />
    </div>
  );
}

interface RequestFieldProps {
  readonly request: string | undefined;
  readonly onRequest: (id: string | undefined) => void;
}

/** A request that was copied from an error of a client: it counts as soon as it is whole. */
function RequestField({ request, onRequest }: RequestFieldProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(request ?? '');
  const [left, setLeft] = useState(false);
  const bad = left && typed.trim() !== '' && !requestIdSchema.safeParse(typed.trim()).success;
  return (
    <TextInput
      size="xs"
      className="sb-services__request"
      aria-label={t('services.logs.request')}
      placeholder={t('services.logs.requestHint')}
      value={typed}
      error={bad ? t('services.logs.requestRule') : undefined}
      onBlur={() => setLeft(true)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        setLeft(false);
        const parsed = requestIdSchema.safeParse(text.trim());
        if (parsed.success) onRequest(parsed.data);
        else if (text.trim() === '' && request !== undefined) onRequest(undefined);
      }}
      rightSection={
        request !== undefined && (
          <Tooltip label={t('services.logs.clear')}>
            <ActionIcon size="sm" aria-label={t('services.logs.clear')} onClick={() => onRequest(undefined)}>
              <X size={14} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )
      }
    />
  );
}

interface JournalViewProps {
  readonly cloudId: string;
  readonly services: readonly CloudService[];
  readonly choice: JournalChoice;
  readonly onRequest: (id: string) => void;
}

function JournalView({ cloudId, services, choice: { units, request }, onRequest }: JournalViewProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState<Search>({ typed: '', asRegex: false, only: false });
  // As wide as it was at first: lines that are there already keep theirs.
  const [width] = useState(() =>
    nameWidth(services.filter(({ unit }) => units.length === 0 || units.includes(unit)).map(({ name }) => name)),
  );
  const journal = useJournal({ cloudId, units, request, width });
  const lines = journal.buffer.next - journal.buffer.first;
  return (
    <LogView
      log={journal}
      search={search}
      onSearch={(part) => setSearch((before) => ({ ...before, ...part }))}
      lead={
        request !== undefined &&
        lines > 0 && (
          <span className="sb-services__found" role="status">
            <strong>{t('services.logs.of')}</strong>{' '}
            <span className="sb-dim sb-num">
              {t('services.logs.found', {
                lines: t('services.logs.lines', { count: lines }),
                services: t('services.logs.services', { count: journal.writers.size }),
              })}
            </span>
          </span>
        )
      }
      empty={<EmptyJournal loading={journal.loading} ofRequest={request !== undefined} />}
      fileName={`${cloudId}-${request ?? 'services'}.log`}
      onRequest={onRequest}
    />
  );
}

function EmptyJournal({ loading, ofRequest }: { loading: boolean; ofRequest: boolean }) {
  const { t } = useTranslation();
  if (loading) return <Empty icon={FileText} title={t('logs.loading')} />;
  return (
    <Empty icon={FileText} title={t(ofRequest ? 'services.logs.emptyRequest' : 'services.logs.empty')}>
      {t(ofRequest ? 'services.logs.emptyRequestText' : 'services.logs.emptyText')}
    </Empty>
  );
}
