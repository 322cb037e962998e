import { Button, TextInput } from '@mantine/core';
import { Camera } from 'lucide-react';
import { useState } from 'react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Cloud, Snapshot } from '../../../main/contract/models';
import { SNAPSHOT_NAME_LENGTH, snapshotNameSchema } from '../../../main/contract/snapshot-name';
import { useAction, useApi } from '../../app/backend';
import { canChange } from './can-change';

interface TakeSnapshotProps {
  readonly cloud: Cloud;
  readonly known: readonly Snapshot[];
}

/** A name and a button. Says before whether the memory is kept too, and why it cannot be done now. */
export function TakeSnapshot({ cloud, known }: TakeSnapshotProps) {
  const { t } = useTranslation();
  const api = useApi();
  const [name, setName] = useState('');
  const take = useAction(async () => {
    await api.clouds.snapshots.take({ cloudId: cloud.id, name: name.trim() });
    setName('');
  });
  const problem = nameProblem(name, known, t);
  const hindrance = hindranceOf(cloud, t);
  const hint =
    hindrance ?? t(cloud.machines[0]?.state === 'running' ? 'snapshots.takeRunning' : 'snapshots.takeStopped');
  return (
    <form
      className="sb-card sb-snapshots__take"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === undefined && hindrance === undefined && name.trim() !== '') void take.run();
      }}
    >
      <TextInput
        label={t('snapshots.name')}
        description={t('snapshots.nameHint')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={SNAPSHOT_NAME_LENGTH}
        autoComplete="off"
        error={problem}
        disabled={hindrance !== undefined}
      />
      <Button
        type="submit"
        leftSection={<Camera size={15} aria-hidden />}
        loading={take.busy}
        disabled={hindrance !== undefined || problem !== undefined || name.trim() === ''}
      >
        {t('snapshots.take')}
      </Button>
      <p className="sb-dim">{hint}</p>
    </form>
  );
}

function nameProblem(name: string, known: readonly Snapshot[], t: TFunction): string | undefined {
  if (name.trim() === '') return undefined;
  if (!snapshotNameSchema.safeParse(name).success) return t('snapshots.nameRule');
  return known.some((one) => one.name === name.trim()) ? t('snapshots.nameTaken') : undefined;
}

/** Why no snapshot can be taken now. */
function hindranceOf(cloud: Cloud, t: TFunction): string | undefined {
  if (cloud.run?.kind === 'create' && cloud.run.state !== 'done') return t('snapshots.notYet');
  if (cloud.state === 'gone') return t('snapshots.noMachine');
  if (cloud.state === 'saved') return t('snapshots.saved');
  return canChange(cloud) ? undefined : t('snapshots.busy');
}
