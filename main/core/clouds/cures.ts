/** Cures as steps of the run that they belong to. */
import type { Run } from '../../contract/models';
import type { RecipeCure } from '../../recipes/types';
import type { StepDefinition } from '../run/step';
import { jobSteps } from './recipe-steps';
import type { StepTools } from './step-tools';

/** The jobs of a cure as steps; their identifiers are their own, also when the job is one of the install. */
export function cureSteps(tools: StepTools, cure: RecipeCure, accelerated: boolean): StepDefinition[] {
  const own = (jobId: string): string => `cure-${cure.id}-${jobId}`;
  return jobSteps(tools, cure.steps, accelerated, 'Cure', own);
}

/** The steps of a run together with those that cures have put into it, in the run's order. */
export function withCures(
  definitions: readonly StepDefinition[],
  { steps }: Run,
  tools: StepTools,
  accelerated: boolean,
): StepDefinition[] {
  const all = [...definitions, ...tools.recipe.cures.flatMap((cure) => cureSteps(tools, cure, accelerated))];
  return steps.flatMap(({ id }) => all.find((definition) => definition.id === id) ?? []);
}
