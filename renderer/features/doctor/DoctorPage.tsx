import { Button } from '@mantine/core';
import { RefreshCw, Stethoscope } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../../main/contract/models';
import { useAction, useApi, useBackend, useCore } from '../../app/backend';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { FindingRow } from './FindingRow';
import { summarise } from './summary';
import './doctor.css';

const ORDER = ['problem', 'warning', 'unknown', 'ok'] as const satisfies readonly Finding['state'][];

/** The whole ladder of checks, worst first. */
export function DoctorPage() {
  const { t } = useTranslation();
  const api = useApi();
  const { store } = useBackend();
  const findings = useCore((state) => state.findings);
  const [announcement, setAnnouncement] = useState('');
  const check = useAction(async () => {
    const fresh = await api.doctor();
    store.setState({ findings: fresh });
    setAnnouncement(t('doctor.checked', { summary: summarise(fresh, t) }));
  });
  return (
    <Page
      title={t('doctor.title')}
      lead={t('doctor.lead')}
      actions={
        <Button
          variant="default"
          leftSection={<RefreshCw size={15} />}
          loading={check.busy}
          onClick={() => void check.run()}
        >
          {t('doctor.checkAgain')}
        </Button>
      }
    >
      <p className="sb-hidden" role="status">
        {announcement}
      </p>
      {findings.length === 0 && <Empty icon={Stethoscope} title={t('doctor.empty')} />}
      {ORDER.map((state) => {
        const group = findings.filter((finding) => finding.state === state);
        if (group.length === 0) return null;
        return (
          <section key={state} className="sb-section">
            <h2>{t(`doctor.groups.${state}`)}</h2>
            <ul className="sb-card sb-findings">
              {group.map((finding) => (
                <FindingRow key={finding.id} finding={finding} />
              ))}
            </ul>
          </section>
        );
      })}
    </Page>
  );
}
