import { Skeleton } from '@mantine/core';
import { useCallback, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Draft } from '../../../main/contract/models';
import { useApi, useQuestion } from '../../app/backend';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { CreateForm } from './CreateForm';
import './create.css';

/** Asks the core for the best plan for this computer, then shows it with the button already enabled. */
export function CreatePage() {
  const { t } = useTranslation();
  const api = useApi();
  const [draft, ask] = useQuestion<Draft>();
  const load = useCallback(() => ask((signal) => api.plans.draft({}, { signal })), [api, ask]);
  useEffect(load, [load]);
  if (draft.state === 'ready') return <CreateForm draft={draft.value} />;
  return (
    <Page title={t('create.title')} lead={t('create.lead')}>
      {draft.state === 'failed' ? (
        <ErrorPanel title={t('create.failed')} error={draft.error} onRetry={load} />
      ) : (
        <div className="sb-create__loading" role="status" aria-label={t('create.loading')}>
          <Skeleton h={64} />
          <Skeleton h={150} />
          <Skeleton h={220} />
        </div>
      )}
    </Page>
  );
}
