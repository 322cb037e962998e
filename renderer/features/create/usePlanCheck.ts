import { useEffect, useState } from 'react';
import type { PlanProblem } from '../../../main/contract/models';
import type { Plan } from '../../../main/contract/plan';
import { useApi } from '../../app/backend';
import { toRecord } from '../../app/errors';

/** Long enough not to ask at every key, short enough to feel at once. */
const PAUSE_MS = 300;

interface PlanCheck {
  readonly problems: readonly PlanProblem[];
  readonly checking: boolean;
}

/** What the core says about the plan, asked again a moment after each change. */
export function usePlanCheck(plan: Plan): PlanCheck {
  const api = useApi();
  const [checked, setChecked] = useState<{ plan: Plan; problems: readonly PlanProblem[] } | undefined>();
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const check = async (): Promise<void> => {
      try {
        const problems = await api.plans.check({ plan }, { signal });
        if (!signal.aborted) setChecked({ plan, problems });
      } catch (thrown) {
        if (signal.aborted) return;
        const { message, hint } = toRecord(thrown);
        const problem = { field: '', message, severity: 'warning', ...(hint !== undefined && { hint }) } as const;
        setChecked({ plan, problems: [problem] });
      }
    };
    const timer = setTimeout(() => void check(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [api, plan]);
  return { problems: checked?.problems ?? [], checking: checked?.plan !== plan };
}

/** The first problem of a field or of one inside it (`size` also finds `size.cpus`). */
export function problemAt(problems: readonly PlanProblem[], field: string): PlanProblem | undefined {
  return problems.find((problem) => problem.field === field || problem.field.startsWith(`${field}.`));
}
