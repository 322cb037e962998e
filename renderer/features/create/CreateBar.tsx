import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlanProblem, RecipeSummary } from '../../../main/contract/models';
import type { Plan } from '../../../main/contract/plan';
import { formatGiB, formatMiB } from '../../ui/format';
import { StateMark } from '../../ui/StateMark';

interface CreateBarProps {
  readonly plan: Plan;
  readonly recipe: RecipeSummary | undefined;
  readonly problems: readonly PlanProblem[];
  readonly checking: boolean;
  /** The button. */
  readonly children: ReactNode;
}

/** Always in sight at the bottom: what will be made, whether it fits, and the button. */
export function CreateBar({ plan, recipe, problems, checking, children }: CreateBarProps) {
  const { t } = useTranslation();
  const blocking = problems.filter((problem) => problem.severity === 'problem');
  const [first] = problems;
  return (
    <section className="sb-create__bar" aria-label={t('create.bar')}>
      <div className="sb-create__what">
        <span className="sb-create__name">
          {recipe?.title ?? plan.recipe.id} <span className="sb-dim">·</span> {plan.name}
        </span>
        <span className="sb-create__fit sb-num" role="status">
          {first === undefined ? (
            <>
              {!checking && <StateMark tone="good" size={12} />}
              {t('create.summary', {
                cpus: plan.size.cpus,
                memory: formatMiB(plan.size.memoryMiB),
                disk: formatGiB(plan.size.diskGiB),
              })}
              <span className="sb-dim sb-create__verdict">{checking ? t('create.checking') : t('create.fits')}</span>
            </>
          ) : (
            <>
              <StateMark tone={blocking.length > 0 ? 'failed' : 'attention'} size={13} />
              <span className="sb-create__problem" title={problems.map((problem) => problem.message).join('\n')}>
                {blocking.length > 1
                  ? t('create.problems', { count: blocking.length })
                  : (blocking[0] ?? first).message}
              </span>
            </>
          )}
        </span>
      </div>
      {children}
    </section>
  );
}
