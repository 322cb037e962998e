import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Step } from '../../../main/contract/models';
import { formatDuration, formatElapsed, formatFullDate, formatLeft, formatShare } from '../../ui/format';
import { StateMark } from '../../ui/StateMark';
import { stepTone } from '../../ui/tone';
import { useNow } from '../../ui/useNow';

/** One step: state, title, duration; the running one also shows how far it is. */
export function StepRow({ step }: { step: Step }) {
  const { t } = useTranslation();
  const running = step.state === 'running';
  return (
    <li className={`sb-step sb-step--${step.state}`} aria-current={running ? 'step' : undefined}>
      <div className="sb-step__line">
        <StateMark tone={stepTone(step.state)} size={16} />
        <span className="sb-step__title">{step.title}</span>
        <span className={QUIET.has(step.state) ? 'sb-hidden' : `sb-word sb-tone-${stepTone(step.state)}`}>
          {t(`progress.step.${step.state}`)}
        </span>
        <StepTime step={step} />
      </div>
      {running && <StepNow step={step} />}
      {step.state === 'skipped' && step.detail !== undefined && <p className="sb-step__detail sb-dim">{step.detail}</p>}
      {step.state === 'failed' && step.error !== undefined && <p className="sb-step__error">{step.error.message}</p>}
    </li>
  );
}

/** A step that takes less needs no estimate. */
const WORTH_SAYING_MS = 10_000;

/** States whose shape says enough to who can see it; the word is there for who cannot. */
const QUIET: ReadonlySet<Step['state']> = new Set(['waiting', 'running', 'done']);

function StepTime({ step }: { step: Step }) {
  const { t } = useTranslation();
  const now = useNow(step.state === 'running');
  const { startedAt, endedAt, expectedMs } = step;
  if (step.state === 'skipped') return null;
  if (startedAt === undefined) {
    if (expectedMs === undefined || expectedMs < WORTH_SAYING_MS || step.state !== 'waiting') return null;
    const about = step.expectedFrom !== 'history';
    return (
      <span className="sb-step__time sb-dim sb-num">
        {t(about ? 'progress.expectedAbout' : 'progress.expected', { time: formatLeft(expectedMs) })}
      </span>
    );
  }
  return (
    <time className="sb-step__time sb-num" title={formatFullDate(startedAt)}>
      {endedAt === undefined ? formatElapsed(now - startedAt) : formatDuration(endedAt - startedAt)}
    </time>
  );
}

function StepNow({ step }: { step: Step }) {
  const { t } = useTranslation();
  return (
    <div className="sb-step__now">
      {step.progress !== undefined && (
        <Progress
          value={step.progress * 100}
          size={4}
          radius="xl"
          transitionDuration={120}
          aria-label={t('progress.stepProgress', { title: step.title })}
        />
      )}
      {(step.detail !== undefined || step.progress !== undefined) && (
        <p className="sb-step__detail sb-num">
          {step.progress !== undefined && <span>{formatShare(step.progress)}</span>} {step.detail}
        </p>
      )}
    </div>
  );
}
