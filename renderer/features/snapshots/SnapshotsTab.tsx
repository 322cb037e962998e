import { Camera, CameraOff } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cloud, Snapshot } from '../../../main/contract/models';
import { useApi, useQuestion } from '../../app/backend';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { RunOutcome } from '../progress/RunOutcome';
import { RunSummary } from '../progress/RunSummary';
import { SnapshotRow } from './SnapshotRow';
import { TakeSnapshot } from './TakeSnapshot';
import './snapshots.css';

/** The states of a cloud that a person can go back to. */
export function SnapshotsTab({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const able = cloud.machines.every(({ abilities }) => abilities.snapshots);
  if (!able) {
    return (
      <Empty icon={CameraOff} title={t('snapshots.cannot')}>
        {t('snapshots.cannotText')}
      </Empty>
    );
  }
  return <Snapshots cloud={cloud} />;
}

function Snapshots({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const api = useApi();
  const { id: cloudId, run, state } = cloud;
  const [answer, ask] = useQuestion<Snapshot[]>();
  // Nothing tells of a snapshot that was taken elsewhere, but every run of ours has an end.
  useEffect(
    () => ask((signal) => api.clouds.snapshots.list({ cloudId }, { signal })),
    // oxlint-disable-next-line react/exhaustive-deps -- a run that began or ended is the reason to ask again
    [api, ask, cloudId, run?.id, run?.state, state],
  );
  const known = answer.state === 'ready' ? answer.value : [];
  return (
    <div className="sb-snapshots">
      <div>
        <h2>{t('snapshots.title')}</h2>
        <p className="sb-dim">{t('snapshots.lead')}</p>
      </div>
      {run?.kind.endsWith('-snapshot') === true && run.state === 'running' && (
        <section className="sb-card sb-snapshots__run">
          <RunSummary run={run} />
        </section>
      )}
      {run?.kind.endsWith('-snapshot') === true && run.state !== 'running' && run.state !== 'done' && (
        <RunOutcome cloud={cloud} run={run} />
      )}
      <TakeSnapshot cloud={cloud} known={known} />
      {answer.state === 'loading' && <p className="sb-dim">{t('snapshots.loading')}</p>}
      {answer.state === 'failed' && <ErrorPanel title={t('snapshots.failed')} error={answer.error} />}
      {answer.state === 'ready' && known.length === 0 && (
        <Empty icon={Camera} title={t('snapshots.empty')}>
          {t('snapshots.emptyText')}
        </Empty>
      )}
      {known.length > 0 && (
        <ul className="sb-card sb-snapshots__list" aria-label={t('snapshots.list')}>
          {known.map((snapshot) => (
            <SnapshotRow key={snapshot.id} cloud={cloud} snapshot={snapshot} />
          ))}
        </ul>
      )}
    </div>
  );
}
