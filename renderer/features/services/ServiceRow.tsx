import { ActionIcon, Button, Menu } from '@mantine/core';
import { Ellipsis, Play, RotateCw, ScrollText, Square } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { CloudService, LogLevel, ServiceAction } from '../../../main/contract/cloud-services';
import type { Cloud } from '../../../main/contract/models';
import { useAction, useApi } from '../../app/backend';
import { showDone } from '../../app/toasts';
import { CopyButton } from '../../ui/CopyButton';
import { formatBytes } from '../../ui/format';
import { StateMark } from '../../ui/StateMark';
import { When } from '../../ui/When';
import { canAct } from '../cloud/can';
import { DebugSwitch } from './DebugSwitch';
import { serviceTone } from './tone';

interface ServiceRowProps {
  readonly cloud: Cloud;
  readonly service: CloudService;
  /** Absent until it was read. */
  readonly level: LogLevel | undefined;
  readonly onChanged: (service: CloudService) => void;
  readonly onJournal: () => void;
  /** Asks before `act` is called. */
  readonly onAsk: (action: ServiceAction, act: () => void) => void;
  /** Whether a change of its level is under way, by this switch or by another that goes by the same file. */
  readonly switching: boolean;
  readonly onSwitch: (debug: boolean) => void;
}

const ICONS = { restart: RotateCw, start: Play, stop: Square } as const;

/** One service: how it stands, and what can be done with it. What disturbs others, or lasts, asks first. */
export function ServiceRow(props: ServiceRowProps) {
  const { cloud, service, level, onChanged, onJournal, onAsk, switching, onSwitch } = props;
  const { t } = useTranslation();
  const api = useApi();
  const { unit, name, state, hurts } = service;
  const act = useAction(async (action: ServiceAction) => {
    onChanged(await api.services.act({ cloudId: cloud.id, unit, action }));
    showDone(t(`services.done.${action}`, { name }));
  });
  const begin = (action: ServiceAction): void => {
    const go = (): void => void act.run(action);
    if (action === 'stop' || (action === 'restart' && hurts !== undefined)) onAsk(action, go);
    else go();
  };
  const off = state === 'stopped' || state === 'failed';
  const first: ServiceAction = off ? 'start' : 'restart';
  const others: readonly ServiceAction[] = off ? ['restart'] : ['stop'];
  const Icon = ICONS[first];
  return (
    <li>
      <span className="sb-services__who">
        <span className="sb-services__name" title={name}>
          {name}
        </span>
        <span className="sb-mono-line sb-services__unit">
          <code title={unit}>{unit}</code>
          <CopyButton value={unit} label={t('common.copy')} />
        </span>
      </span>
      <span className="sb-services__state">
        <StateMark tone={serviceTone(state)} />
        <span className={`sb-services__word sb-tone-${serviceTone(state)}`}>
          {t(`services.state.${state}`)}
          {service.result !== undefined && ` (${service.result})`}
        </span>
        {service.since !== undefined && (
          <span className="sb-dim">
            {t('services.since')} <When time={service.since} />
          </span>
        )}
      </span>
      <span className="sb-services__facts sb-dim sb-num">
        {service.memoryBytes !== undefined && (
          <span aria-label={t('services.memory', { name })}>{formatBytes(service.memoryBytes)}</span>
        )}
        {service.restarts > 0 && <span>{t('services.restarts', { count: service.restarts })}</span>}
        {!service.enabled && <span>{t('services.notEnabled')}</span>}
      </span>
      {level?.kind === 'level' && (
        <DebugSwitch service={service} level={level} disabled={!canAct(cloud)} busy={switching} onSwitch={onSwitch} />
      )}
      <span className="sb-services__acts">
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<ScrollText size={14} aria-hidden />}
          aria-label={t('services.journalOf', { name })}
          onClick={onJournal}
        >
          {t('services.journal')}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Icon size={14} aria-hidden />}
          aria-label={t('services.actionLabel', { action: t(`services.action.${first}`), name })}
          disabled={!canAct(cloud) || switching}
          loading={act.busy}
          onClick={() => begin(first)}
        >
          {t(`services.action.${first}`)}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t('services.more', { name })} disabled={!canAct(cloud) || act.busy || switching}>
              <Ellipsis size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown maw={340}>
            {others.map((action) => {
              const Other = ICONS[action];
              return (
                <Menu.Item key={action} leftSection={<Other size={14} aria-hidden />} onClick={() => begin(action)}>
                  {t(`services.action.${action}`)}
                </Menu.Item>
              );
            })}
            {level?.kind === 'none' && (
              <>
                <Menu.Divider />
                <Menu.Label>
                  {t('services.debug.no')}
                  <span className="sb-services__why">{level.why}</span>
                </Menu.Label>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      </span>
    </li>
  );
}
