import { Button } from '@mantine/core';
import { ListChecks, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cloud, Run } from '../../../main/contract/models';
import { useAction, useApi } from '../../app/backend';
import { Empty } from '../../ui/Empty';
import { TrialCard } from '../trial/TrialCard';
import { CommandsPanel } from './CommandsPanel';
import { groupSteps, countOver } from './run-maths';
import { RunOutcome } from './RunOutcome';
import { RunSummary } from './RunSummary';
import { StepRow } from './StepRow';
import './progress.css';

/** The newest run of the cloud: all its steps, declared from the start, and every command it ran. */
export function ProgressTab({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const api = useApi();
  const { run } = cloud;
  const cancel = useAction(() => api.clouds.cancel({ cloudId: cloud.id }));
  if (run === undefined) {
    return (
      <Empty icon={ListChecks} title={t('progress.none')}>
        {t('progress.noneHint')}
      </Empty>
    );
  }
  return (
    <div className="sb-tab">
      {run.state === 'failed' || run.state === 'cancelled' || run.state === 'interrupted' ? (
        <RunOutcome cloud={cloud} run={run} />
      ) : (
        <section className="sb-card sb-progress__head">
          <RunSummary run={run} />
          {run.state === 'running' && (
            <Button
              variant="default"
              leftSection={<X size={15} aria-hidden />}
              loading={cancel.busy}
              onClick={() => void cancel.run()}
            >
              {t('progress.cancel')}
            </Button>
          )}
        </section>
      )}
      {run.state !== 'running' && cloud.tried?.runId === run.id && <TrialCard cloud={cloud} trial={cloud.tried} />}
      <Announcer run={run} />
      <div className="sb-progress">
        <section className="sb-progress__steps" aria-label={t('progress.steps')}>
          {groupSteps(run.steps).map((group) => (
            <section key={`${group.title} ${group.steps[0]?.id}`} className="sb-progress__group">
              <h2>
                {group.title}
                <span className="sb-dim sb-num">
                  {t('progress.group', { done: countOver(group.steps), of: group.steps.length })}
                </span>
              </h2>
              <ol className="sb-card sb-steps">
                {group.steps.map((step) => (
                  <StepRow key={step.id} step={step} />
                ))}
              </ol>
            </section>
          ))}
        </section>
        <CommandsPanel cloudId={cloud.id} run={run} />
      </div>
    </div>
  );
}

/** Tells a screen reader that a step ended, and only that: durations and output would never let it be silent. */
function Announcer({ run }: { run: Run }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const before = useRef(run);
  useEffect(() => {
    const earlier = before.current;
    before.current = run;
    if (earlier.id !== run.id) return;
    const ended = run.steps.findLast((step, index) => {
      const was = earlier.steps[index]?.state;
      return was !== step.state && (step.state === 'done' || step.state === 'failed');
    });
    if (ended !== undefined) {
      setText(t(ended.state === 'done' ? 'progress.announceDone' : 'progress.announceFailed', { title: ended.title }));
    }
  }, [run, t]);
  return (
    <p className="sb-hidden" role="status">
      {text}
    </p>
  );
}
