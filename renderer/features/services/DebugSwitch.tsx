import { Switch, Tooltip } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { CloudService, KnownLevel } from '../../../main/contract/cloud-services';

interface DebugSwitchProps {
  readonly service: CloudService;
  readonly level: KnownLevel;
  readonly disabled: boolean;
  /** Whether a change is under way. */
  readonly busy: boolean;
  readonly onSwitch: (debug: boolean) => void;
}

/** Whether a service logs at debug. The file that says so, and what a press does, are told on demand. */
export function DebugSwitch({ service: { name }, level, disabled, busy, onSwitch }: DebugSwitchProps) {
  const { t } = useTranslation();
  const described = useId();
  const about = [
    t('services.debug.file', { file: level.file, value: level.debug ? 'True' : 'False' }),
    ...(level.stale ? [t('services.debug.stale')] : []),
    t('services.debug.restarts'),
  ].join(' ');
  return (
    <span className="sb-services__debug">
      <Tooltip label={about} multiline w={320} events={{ hover: true, focus: true, touch: true }}>
        <Switch
          size="xs"
          label={t('services.debug.label')}
          aria-label={t('services.debug.of', { name })}
          aria-describedby={described}
          checked={busy ? !level.debug : level.debug}
          disabled={disabled || busy}
          onChange={({ currentTarget }) => onSwitch(currentTarget.checked)}
        />
      </Tooltip>
      <span id={described} hidden>
        {about}
      </span>
      {busy && (
        <span className="sb-dim" role="status">
          {t('services.debug.busy')}
        </span>
      )}
      {level.stale && !busy && <span className="sb-dim">{t('services.debug.afterRestart')}</span>}
    </span>
  );
}
