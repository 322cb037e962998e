import { Tabs } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Plan } from '../../../main/contract/plan';
import { useApi, useQuestion } from '../../app/backend';
import { MonoBlock } from '../../ui/Mono';

const DOCUMENTS = ['userData', 'metaData', 'networkConfig'] as const;
type Documents = Record<(typeof DOCUMENTS)[number], string>;

const PAUSE_MS = 300;

/** The cloud-init documents that the plan leads to, to read and to copy. */
export function Preview({ plan }: { plan: Plan }) {
  const { t } = useTranslation();
  const api = useApi();
  const [documents, ask] = useQuestion<Documents>();
  useEffect(() => {
    let withdraw = (): void => undefined;
    const timer = setTimeout(() => {
      withdraw = ask((signal) => api.plans.preview({ plan }, { signal }));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      withdraw();
    };
  }, [api, ask, plan]);
  return (
    <div className="sb-advanced__field">
      <span className="sb-label">{t('create.preview')}</span>
      <span className="sb-dim">{t('create.previewHint')}</span>
      {documents.state === 'failed' && (
        <p className="sb-dim" role="status">
          {documents.error.message} {t('create.previewFailed')}
        </p>
      )}
      {documents.state === 'ready' && (
        <Tabs defaultValue={DOCUMENTS[0]} variant="pills" className="sb-preview">
          <Tabs.List aria-label={t('create.preview')} mb={8}>
            {DOCUMENTS.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {t(`create.previewDocs.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {DOCUMENTS.map((name) => (
            <Tabs.Panel key={name} value={name}>
              <MonoBlock
                text={documents.value[name]}
                label={t(`create.previewDocs.${name}`)}
                copyLabel={t('common.copy')}
              />
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
    </div>
  );
}
