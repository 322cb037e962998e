import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type {
  CloudService,
  KnownLevel,
  LogLevel,
  ServiceAction,
  ServiceState,
} from '../../../main/contract/cloud-services';
import type { Cloud } from '../../../main/contract/models';
import { useAction, useApi } from '../../app/backend';
import { showDone } from '../../app/toasts';
import { Confirm } from '../../ui/Confirm';
import { StateMark } from '../../ui/StateMark';
import { ServiceRow } from './ServiceRow';
import { serviceTone } from './tone';

interface ServiceGroupsProps {
  readonly cloud: Cloud;
  readonly services: readonly CloudService[];
  readonly levels: ReadonlyMap<string, LogLevel>;
  /** After a change of a level: has all of them, and the services, read again. */
  readonly onLevels: () => Promise<void>;
  readonly onChanged: (service: CloudService) => void;
  readonly onJournal: (unit: string) => void;
}

interface Question {
  readonly title: string;
  readonly text: ReactNode;
  readonly confirm: string;
  readonly act: () => void;
}

/** First how many stand how, then each group under its heading. */
export function ServiceGroups({ cloud, services, levels, onLevels, onChanged, onJournal }: ServiceGroupsProps) {
  const { t } = useTranslation();
  const api = useApi();
  const [asking, setAsking] = useState(false);
  // The newest question stays while its dialog goes.
  const [question, setQuestion] = useState<Question>();
  /** The file that is being changed. */
  const [changing, setChanging] = useState<string>();
  const change = useAction(async ({ name, unit }: CloudService, level: KnownLevel, debug: boolean) => {
    setChanging(level.file);
    try {
      const { file, restarted } = await api.services.setLevel({ cloudId: cloud.id, unit, debug });
      const word = debug ? 'on' : 'off';
      const names = namesOf(services, restarted).join(', ');
      const said = restarted.includes(unit) ? 'done' : 'later';
      showDone(t(`services.debug.${said}.${word}`, { name, file, restarted: names }));
    } finally {
      // Also what failed may have changed the file.
      await onLevels();
      setChanging(undefined);
    }
  });
  const ask = (next: Question): void => {
    setQuestion(next);
    setAsking(true);
  };
  const askFor = ({ name, hurts }: CloudService, action: ServiceAction, act: () => void): void => {
    const verb = t(`services.action.${action}`);
    const text = (
      <>
        {action === 'stop' && <p>{t('services.confirm.stays', { name })}</p>}
        {hurts !== undefined && <p>{hurts}</p>}
      </>
    );
    ask({ title: t('services.confirm.title', { action: verb, name }), text, confirm: verb, act });
  };
  const switchLevel = (service: CloudService, level: KnownLevel, debug: boolean): void => {
    const go = (): void => void change.run(service, level, debug);
    const hurts = [...new Set(inUnits(services, [service.unit, ...level.alike]).flatMap((one) => one.hurts ?? []))];
    if (level.alike.length === 0 && hurts.length === 0) {
      go();
      return;
    }
    const text = (
      <>
        {level.alike.length > 0 && (
          <>
            <p>{t('services.debug.shared', { file: level.file })}</p>
            <ul>
              {namesOf(services, [service.unit, ...level.alike]).map((name) => (
                <li key={name}>{name}</li>
              ))}
            </ul>
          </>
        )}
        {hurts.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </>
    );
    const title = t(`services.debug.title.${debug ? 'on' : 'off'}`, { name: service.name });
    ask({ title, text, confirm: t('services.debug.confirm'), act: go });
  };
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
                level={levels.get(service.unit)}
                switching={isAbout(levels.get(service.unit), changing)}
                onSwitch={(debug) => {
                  const level = levels.get(service.unit);
                  if (level?.kind === 'level') switchLevel(service, level, debug);
                }}
                onAsk={(action, act) => askFor(service, action, act)}
              />
            ))}
          </ul>
        </section>
      ))}
      {question !== undefined && (
        <Confirm
          opened={asking}
          title={question.title}
          confirm={question.confirm}
          keep={t('services.confirm.keep')}
          onClose={() => setAsking(false)}
          onConfirm={question.act}
        >
          {question.text}
        </Confirm>
      )}
    </>
  );
}

function isAbout(level: LogLevel | undefined, file: string | undefined): boolean {
  return level?.kind === 'level' && level.file === file;
}

function inUnits(services: readonly CloudService[], units: readonly string[]): CloudService[] {
  return services.filter(({ unit }) => units.includes(unit));
}

function namesOf(services: readonly CloudService[], units: readonly string[]): string[] {
  return inUnits(services, units).map(({ name }) => name);
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
