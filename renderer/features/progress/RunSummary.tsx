import { Progress, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Run } from '../../../main/contract/models';
import { formatElapsed, formatLeft, formatShare } from '../../ui/format';
import { StateMark } from '../../ui/StateMark';
import { runTone } from '../../ui/tone';
import { useNow } from '../../ui/useNow';
import { LastLine } from './LastLine';
import { countOver, shareDone } from './run-maths';

/** A run at a glance: which step it is at, how far, how long yet, and the last line that was said. */
export function RunSummary({ run }: { run: Run }) {
  const { t } = useTranslation();
  const now = useNow(run.state === 'running');
  const share = shareDone(run, now);
  const at = run.steps.findIndex((step) => step.state === 'running' || step.state === 'failed');
  const current = run.steps[at];
  const elapsed = formatElapsed((run.endedAt ?? now) - run.startedAt);
  return (
    <div className="sb-run">
      <div className="sb-run__line">
        <StateMark tone={runTone(run.state)} size={16} />
        <span className="sb-run__title">
          {current?.title ??
            `${run.action?.title ?? t(`progress.kind.${run.kind}`)}: ${t(`progress.state.${run.state}`)}`}
        </span>
        <span className="sb-dim sb-num">
          {at >= 0
            ? t('progress.stepOf', { at: at + 1, of: run.steps.length })
            : countOver(run.steps) === run.steps.length && t('progress.allDone', { of: run.steps.length })}
        </span>
      </div>
      <Progress
        value={share * 100}
        size={6}
        radius="xl"
        color={BAR_COLOR[run.state]}
        aria-label={t('progress.overall')}
        transitionDuration={120}
      />
      <div className="sb-run__line sb-run__line--small sb-num">
        <span>{formatShare(share)}</span>
        <span className="sb-dim">
          {run.state === 'running' ? t('progress.elapsed', { time: elapsed }) : t('progress.doneIn', { time: elapsed })}
        </span>
        {run.state === 'running' && run.left !== undefined && (
          <Tooltip label={t(run.left.about ? 'progress.aboutWhy' : 'progress.leftWhy')} multiline maw={320}>
            <span className="sb-run__left">
              {t(run.left.about ? 'progress.aboutLeft' : 'progress.left', { time: formatLeft(run.left.ms) })}
            </span>
          </Tooltip>
        )}
      </div>
      {/* The line keeps its place while a step is silent: what stands below must not jump. */}
      {run.state === 'running' && <div className="sb-run__said">{current && <LastLine step={current} />}</div>}
    </div>
  );
}

const BAR_COLOR = {
  running: 'accent',
  done: 'teal',
  failed: 'red',
  cancelled: 'yellow',
  interrupted: 'yellow',
} as const satisfies Record<Run['state'], string>;
