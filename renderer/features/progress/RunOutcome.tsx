import { Button } from '@mantine/core';
import { FileText, Play, RotateCcw, SquareTerminal, Trash2, Wrench } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cloud, Run } from '../../../main/contract/models';
import { useAction, useApi } from '../../app/backend';
import { navigate } from '../../app/route';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { StateMark } from '../../ui/StateMark';
import { canConnect } from '../cloud/can';
import { DeleteCloud } from '../cloud/DeleteCloud';
import './progress.css';

/** A run that did not reach its end: what happened, the likely cause and cure, and every way on. */
export function RunOutcome({ cloud, run }: { cloud: Cloud; run: Run }) {
  const { t } = useTranslation();
  const failed = run.steps.find((step) => step.state === 'failed');
  const error = run.error ?? failed?.error;
  if (run.state === 'failed' && error !== undefined) {
    return (
      <ErrorPanel
        title={failed === undefined ? t('progress.failedRun') : t('progress.failedAt', { step: failed.title })}
        error={error}
      >
        {run.remedy !== undefined && (
          <dl className="sb-remedy">
            <div>
              <dt>{t('progress.cause')}</dt>
              <dd>{run.remedy.cause}</dd>
            </div>
            <div>
              <dt>{t('progress.cure')}</dt>
              <dd>{run.remedy.cure}</dd>
            </div>
          </dl>
        )}
        <WaysOn
          cloud={cloud}
          cure={run.remedy?.action}
          retryLabel={t(run.kind === 'try' ? 'trial.again' : 'progress.retry')}
          retryIcon={<RotateCcw size={15} aria-hidden />}
        />
      </ErrorPanel>
    );
  }
  const cancelled = run.state === 'cancelled';
  const words = run.kind === 'try' ? TRIAL : OTHER;
  return (
    <section className="sb-error sb-error--attention" role="status">
      <div className="sb-error__head">
        <StateMark tone="attention" size={18} />
        <div className="sb-error__words">
          <h2>{t(cancelled ? 'progress.cancelledTitle' : 'progress.interruptedTitle')}</h2>
          <p>{t(cancelled ? words.cancelled : words.interrupted)}</p>
        </div>
      </div>
      <WaysOn
        cloud={cloud}
        retryLabel={t(cancelled ? words.goOn : 'progress.resume')}
        retryIcon={<Play size={15} aria-hidden />}
      />
    </section>
  );
}

/** A trial that has ended has removed what it made; other runs go on where they were. */
const TRIAL = {
  cancelled: 'trial.cancelledText',
  interrupted: 'trial.interruptedText',
  goOn: 'trial.again',
} as const;
const OTHER = {
  cancelled: 'progress.cancelledText',
  interrupted: 'progress.interruptedText',
  goOn: 'progress.resume',
} as const;

interface WaysOnProps {
  readonly cloud: Cloud;
  /** What Stackbox can do about the failure before it tries again. */
  readonly cure?: NonNullable<Run['remedy']>['action'] | undefined;
  readonly retryLabel: string;
  readonly retryIcon: ReactNode;
}

function WaysOn({ cloud, cure, retryLabel, retryIcon }: WaysOnProps) {
  const { t } = useTranslation();
  const api = useApi();
  const [deleting, setDeleting] = useState(false);
  const retry = useAction(() => api.clouds.retry({ cloudId: cloud.id }));
  const heal = useAction((cureId: string) => api.clouds.retry({ cloudId: cloud.id, cure: cureId }));
  const go = (tab: 'logs' | 'terminal') => (): void => navigate({ page: 'cloud', cloudId: cloud.id, tab });
  return (
    <div className="sb-ways">
      {cure !== undefined && (
        <Button
          leftSection={<Wrench size={15} aria-hidden />}
          loading={heal.busy}
          disabled={retry.busy}
          onClick={() => void heal.run(cure.id)}
        >
          {cure.title}
        </Button>
      )}
      <Button
        {...(cure !== undefined && { variant: 'default' })}
        leftSection={retryIcon}
        loading={retry.busy}
        disabled={heal.busy}
        onClick={() => void retry.run()}
      >
        {retryLabel}
      </Button>
      <Button variant="default" leftSection={<FileText size={15} aria-hidden />} onClick={go('logs')}>
        {t('progress.viewLog')}
      </Button>
      <Button
        variant="default"
        leftSection={<SquareTerminal size={15} aria-hidden />}
        disabled={!canConnect(cloud)}
        onClick={go('terminal')}
      >
        {t('progress.openTerminal')}
      </Button>
      <Button
        variant="default"
        className="sb-tone-failed"
        leftSection={<Trash2 size={15} aria-hidden />}
        onClick={() => setDeleting(true)}
      >
        {t('progress.delete')}
      </Button>
      <DeleteCloud cloud={cloud} opened={deleting} onClose={() => setDeleting(false)} />
    </div>
  );
}
