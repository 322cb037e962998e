import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CloudService, ServiceAction, ServiceState } from '../../../main/contract/cloud-services';
import type { Cloud } from '../../../main/contract/models';
import { Confirm } from '../../ui/Confirm';
import { StateMark } from '../../ui/StateMark';
import { ServiceRow } from './ServiceRow';
import { serviceTone } from './tone';

interface ServiceGroupsProps {
  readonly cloud: Cloud;
  readonly services: readonly CloudService[];
  readonly onChanged: (service: CloudService) => void;
  readonly onJournal: (unit: string) => void;
}

interface Question {
  readonly service: CloudService;
  readonly action: ServiceAction;
  readonly act: () => void;
}

/** First how many stand how, then each group under its heading. */
export function ServiceGroups({ cloud, services, onChanged, onJournal }: ServiceGroupsProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  // The newest question stays while its dialog goes.
  const [question, setQuestion] = useState<Question>();
  const groups = [...new Set(services.map(({ group }) => group))];
  return (
    <>
      <Counts services={services} />
      {groups.map((group) => (
        <section key={group} className="sb-services__group">
          <h3 id={headingOf(group)}>{group}</h3>
          <ul className="sb-card sb-services__list" aria-labelledby={headingOf(group)}>
            {inGroup(services, group).map((service) => (
              <ServiceRow
                key={service.unit}
                cloud={cloud}
                service={service}
                onChanged={onChanged}
                onJournal={() => onJournal(service.unit)}
                onAsk={(action, act) => {
                  setQuestion({ service, action, act });
                  setAsking(true);
                }}
              />
            ))}
          </ul>
        </section>
      ))}
      {question !== undefined && (
        <Confirm
          opened={asking}
          title={t('services.confirm.title', {
            action: t(`services.action.${question.action}`),
            name: question.service.name,
          })}
          confirm={t(`services.action.${question.action}`)}
          onClose={() => setAsking(false)}
          onConfirm={question.act}
        >
          {question.action === 'stop' && <p>{t('services.confirm.stays', { name: question.service.name })}</p>}
          {question.service.hurts !== undefined && <p>{question.service.hurts}</p>}
        </Confirm>
      )}
    </>
  );
}

function inGroup(services: readonly CloudService[], group: string): CloudService[] {
  return services.filter((service) => service.group === group);
}

function headingOf(group: string): string {
  return `sb-services-${group.replace(/\W+/g, '-')}`;
}

/** The worst first: it is what a person came for. */
const WORST_FIRST: readonly ServiceState[] = [
  'failed',
  'restarting',
  'stopped',
  'stopping',
  'starting',
  'running',
  'done',
];

function Counts({ services }: { services: readonly CloudService[] }) {
  const { t } = useTranslation();
  return (
    <p className="sb-services__counts" role="status">
      {WORST_FIRST.map((state) => [state, services.filter((one) => one.state === state).length] as const)
        .filter(([, count]) => count > 0)
        .map(([state, count]) => (
          <span key={state}>
            <StateMark tone={serviceTone(state)} />
            <span className="sb-num">{t('services.count', { count, state: t(`services.state.${state}`) })}</span>
          </span>
        ))}
    </p>
  );
}
