import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { Download, Ellipsis, Moon, Play, PowerOff, Square, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cloud } from '../../../main/contract/models';
import { useAction, useApi } from '../../app/backend';
import { AccelerationBadge } from '../../ui/AccelerationBadge';
import { Confirm } from '../../ui/Confirm';
import { saveFile } from '../../ui/save-file';
import { StateMark } from '../../ui/StateMark';
import { cloudTone } from '../../ui/tone';
import { planText } from '../create/plan-file';
import { TryButton } from '../trial/TryButton';
import { ActionsMenu } from './ActionsMenu';
import { canResume, canSave, canStart, canStop } from './can';
import { DeleteCloud } from './DeleteCloud';

/** Name, state, and what can be done with the cloud in this state. */
export function CloudHeader({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const api = useApi();
  const [deleting, setDeleting] = useState(false);
  const [forcing, setForcing] = useState(false);
  const start = useAction(() => api.clouds.start({ cloudId: cloud.id }));
  const stop = useAction((force: boolean) => api.clouds.stop({ cloudId: cloud.id, force }));
  const save = useAction(() => api.clouds.save({ cloudId: cloud.id }));
  const acceleration = cloud.machines[0]?.acceleration;
  return (
    <header className="sb-cloud__head">
      <div className="sb-cloud__who">
        <h1 title={cloud.name}>{cloud.name}</h1>
        <div className="sb-cloud__state">
          <StateMark tone={cloudTone(cloud)} size={14} />
          <span className="sb-cloud__word">{t(`cloud.state.${cloud.state}`)}</span>
          <span className="sb-dim sb-cloud__status" title={cloud.status}>
            {withoutWord(cloud.status, t(`cloud.state.${cloud.state}`))}
          </span>
          {acceleration !== undefined && <AccelerationBadge acceleration={acceleration} />}
        </div>
      </div>
      <div className="sb-cloud__actions">
        {canStart(cloud) && (
          <Button leftSection={<Play size={15} aria-hidden />} loading={start.busy} onClick={() => void start.run()}>
            {t(canResume(cloud) ? 'cloud.resume' : 'cloud.start')}
          </Button>
        )}
        {canSave(cloud) && (
          <Tooltip label={t('cloud.saveHint')} multiline maw={280}>
            <Button
              variant="default"
              leftSection={<Moon size={15} aria-hidden />}
              loading={save.busy}
              onClick={() => void save.run()}
            >
              {t('cloud.save')}
            </Button>
          </Tooltip>
        )}
        {canStop(cloud) && (
          <Button
            variant="default"
            leftSection={<Square size={14} aria-hidden />}
            loading={stop.busy}
            onClick={() => void stop.run(false)}
          >
            {t('cloud.stop')}
          </Button>
        )}
        <TryButton cloud={cloud} />
        <ActionsMenu cloud={cloud} />
        <Button
          variant="default"
          className="sb-cloud__delete"
          leftSection={<Trash2 size={15} aria-hidden />}
          disabled={cloud.state === 'deleting'}
          onClick={() => setDeleting(true)}
        >
          {t('cloud.delete')}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size={36} aria-label={t('cloud.more')}>
              <Ellipsis size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<Download size={15} aria-hidden />}
              onClick={() => saveFile(`${cloud.name}.plan.json`, [planText(cloud.plan)], 'application/json')}
            >
              {t('cloud.exportPlan')}
            </Menu.Item>
            <Menu.Item
              leftSection={<PowerOff size={15} aria-hidden />}
              disabled={!canStop(cloud) && cloud.state !== 'stopping'}
              onClick={() => setForcing(true)}
            >
              {t('cloud.forceStop')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <DeleteCloud cloud={cloud} opened={deleting} onClose={() => setDeleting(false)} />
      <Confirm
        opened={forcing}
        title={t('cloud.forceConfirm.title', { name: cloud.name })}
        confirm={t('cloud.forceConfirm.button')}
        onClose={() => setForcing(false)}
        onConfirm={() => void stop.run(true)}
      >
        <p>{t('cloud.forceConfirm.text')}</p>
      </Confirm>
    </header>
  );
}

/** The status begins with the state's word often enough; beside that word it need not. */
function withoutWord(status: string, word: string): string {
  return status.startsWith(word) ? status.slice(word.length).replace(/^[:,.\s]+/, '') : status;
}
