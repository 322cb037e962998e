import { Button } from '@mantine/core';
import { Boxes, PowerOff, ScrollText, ServerOff, SquareTerminal } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cloud } from '../../../main/contract/models';
import { navigate } from '../../app/route';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { MonoLine } from '../../ui/Mono';
import { formatMoment } from '../../ui/format';
import { canConnect } from '../cloud/can';
import { ServiceGroups } from './ServiceGroups';
import { ServiceLogs, type JournalChoice } from './ServiceLogs';
import { useLevels } from './useLevels';
import { useServices } from './useServices';
import './services.css';

/** What OpenStack is made of in the machine: how each service stands, what can be done with it, and what it writes. */
export function ServicesTab({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  if (!cloud.services) {
    return (
      <Empty icon={ServerOff} title={t('services.none')}>
        {t('services.noneText')}
      </Empty>
    );
  }
  if (!canConnect(cloud)) {
    return (
      <Empty icon={PowerOff} title={t('services.off')}>
        {t('services.offText')}
      </Empty>
    );
  }
  return <Services cloud={cloud} />;
}

function Services({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const { list, readAt, error, ask, put } = useServices(cloud.id);
  const levels = useLevels(cloud.id);
  const [choice, setChoice] = useState<JournalChoice | undefined>();
  if (list === undefined) {
    if (error === undefined) return <p className="sb-services__wait">{t('services.loading')}</p>;
    return (
      <div className="sb-services">
        <ErrorPanel title={t('services.failed')} error={error} onRetry={ask} />
      </div>
    );
  }
  if (list.kind === 'elsewhere') {
    return (
      <Empty
        icon={Boxes}
        title={t('services.elsewhere')}
        action={
          <div className="sb-services__elsewhere">
            <MonoLine value={list.command} copyLabel={t('services.copyCommand')} />
            <Button
              variant="default"
              leftSection={<SquareTerminal size={16} aria-hidden />}
              onClick={() => navigate({ page: 'cloud', cloudId: cloud.id, tab: 'terminal' })}
            >
              {t('services.openTerminal')}
            </Button>
          </div>
        }
      >
        {list.text}
      </Empty>
    );
  }
  const { services } = list;
  if (choice !== undefined) {
    return <ServiceLogs cloudId={cloud.id} services={services} choice={choice} onChoice={setChoice} />;
  }
  return (
    <div className="sb-services">
      <div className="sb-services__head">
        <div>
          <h2>{t('services.title')}</h2>
          <p className="sb-dim">{t('services.lead')}</p>
        </div>
        {services.length > 0 && (
          <Button
            variant="default"
            leftSection={<ScrollText size={15} aria-hidden />}
            onClick={() => setChoice({ units: [], request: undefined })}
          >
            {t('services.allLogs')}
          </Button>
        )}
      </div>
      {error !== undefined && (
        <ErrorPanel title={t('services.failed')} error={error} onRetry={ask}>
          <p className="sb-dim">{t('services.stale', { when: formatMoment(readAt, readAt) })}</p>
        </ErrorPanel>
      )}
      {levels.error !== undefined && error === undefined && services.length > 0 && (
        <ErrorPanel title={t('services.debug.failed')} error={levels.error} onRetry={() => void levels.ask()} />
      )}
      {services.length === 0 ? (
        <Empty icon={Boxes} title={t('services.empty')}>
          {t('services.emptyText')}
        </Empty>
      ) : (
        <ServiceGroups
          cloud={cloud}
          services={services}
          levels={levels.levels}
          onLevels={async () => {
            ask();
            await levels.ask();
          }}
          onChanged={(service) => {
            put(service);
            // A restart may have made a level true.
            void levels.ask();
          }}
          onJournal={(unit) => setChoice({ units: [unit], request: undefined })}
        />
      )}
    </div>
  );
}
