import { useTranslation } from 'react-i18next';
import type { CloudService, ServiceState } from '../../../main/contract/cloud-services';
import type { Cloud } from '../../../main/contract/models';
import { StateMark } from '../../ui/StateMark';
import { ServiceRow } from './ServiceRow';
import { serviceTone } from './tone';

interface ServiceGroupsProps {
  readonly cloud: Cloud;
  readonly services: readonly CloudService[];
  readonly onChanged: (service: CloudService) => void;
  readonly onJournal: (unit: string) => void;
}

/** First how many stand how, then each group under its heading. */
export function ServiceGroups({ cloud, services, onChanged, onJournal }: ServiceGroupsProps) {
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
              />
            ))}
          </ul>
        </section>
      ))}
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
