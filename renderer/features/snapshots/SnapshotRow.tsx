import { ActionIcon, Badge, Button, Tooltip } from '@mantine/core';
import { History, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cloud, Snapshot } from '../../../main/contract/models';
import { useAction, useApi } from '../../app/backend';
import { Confirm } from '../../ui/Confirm';
import { When } from '../../ui/When';
import { canChange } from './can-change';

interface SnapshotRowProps {
  readonly cloud: Cloud;
  readonly snapshot: Snapshot;
}

/** One snapshot with its time, and the two things that can be done with it; both ask first. */
export function SnapshotRow({ cloud, snapshot }: SnapshotRowProps) {
  const { t } = useTranslation();
  const api = useApi();
  const [asking, setAsking] = useState<'restore' | 'delete'>();
  const { name, withMemory, current } = snapshot;
  const place = { cloudId: cloud.id, snapshotId: snapshot.id };
  const restore = useAction(() => api.clouds.snapshots.restore(place));
  const remove = useAction(() => api.clouds.snapshots.delete(place));
  const idle = canChange(cloud);
  const close = (): void => setAsking(undefined);
  return (
    <li>
      <span className="sb-snapshots__name" title={name}>
        {name}
      </span>
      <span className="sb-snapshots__marks">
        {withMemory && (
          <Tooltip label={t('snapshots.withMemoryHint')}>
            <Badge size="sm" variant="default" tt="none">
              {t('snapshots.withMemory')}
            </Badge>
          </Tooltip>
        )}
        {current && (
          <Badge size="sm" variant="light" tt="none">
            {t('snapshots.current')}
          </Badge>
        )}
      </span>
      <span className="sb-snapshots__acts">
        <span className="sb-dim sb-snapshots__time">
          <When time={snapshot.takenAt} />
        </span>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<History size={14} aria-hidden />}
          aria-label={t('snapshots.restoreLabel', { name })}
          disabled={!idle}
          loading={restore.busy}
          onClick={() => setAsking('restore')}
        >
          {t('snapshots.restore')}
        </Button>
        <Tooltip label={t('snapshots.delete', { name })}>
          <ActionIcon
            aria-label={t('snapshots.delete', { name })}
            disabled={!idle}
            loading={remove.busy}
            onClick={() => setAsking('delete')}
          >
            <Trash2 size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </span>
      <Confirm
        opened={asking === 'restore'}
        title={t('snapshots.restoreConfirm.title', { name })}
        confirm={t('snapshots.restoreConfirm.button')}
        keep={t('snapshots.restoreConfirm.keep')}
        onClose={close}
        onConfirm={() => void restore.run()}
      >
        <p>{t('snapshots.restoreConfirm.gone')}</p>
        <p>{t(withMemory ? 'snapshots.restoreConfirm.runs' : 'snapshots.restoreConfirm.off')}</p>
        <p>{t('snapshots.restoreConfirm.others')}</p>
      </Confirm>
      <Confirm
        opened={asking === 'delete'}
        title={t('snapshots.deleteConfirm.title', { name })}
        confirm={t('snapshots.deleteConfirm.button')}
        onClose={close}
        onConfirm={() => void remove.run()}
      >
        <p>{t('snapshots.deleteConfirm.text')}</p>
      </Confirm>
    </li>
  );
}
