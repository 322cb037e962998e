import { useTranslation } from 'react-i18next';
import type { Step } from '../../../main/contract/models';
import { formatElapsed } from '../../ui/format';
import { useNow } from '../../ui/useNow';

/** What the machine said last in a running step, and how long ago: the sign that it is still at work. */
export function LastLine({ step }: { step: Step }) {
  const { t } = useTranslation();
  const now = useNow(true);
  if (step.lastLine === undefined) return null;
  const age = step.lastLineAt === undefined ? undefined : Math.max(0, now - step.lastLineAt);
  return (
    <p className="sb-last-line" aria-label={t('progress.lastLine')}>
      <code title={step.lastLine}>{step.lastLine}</code>
      {age !== undefined && (
        <span className="sb-dim sb-num">
          {age < 1000 ? t('progress.lineNow') : t('progress.lineAge', { time: formatElapsed(age) })}
        </span>
      )}
    </p>
  );
}
