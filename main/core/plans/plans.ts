/** Everything about a plan before it becomes a cloud: draft, check, preview. */
import type { Branches, Configuration } from '../../contract/configuration';
import type { Draft, PlanProblem } from '../../contract/models';
import { StackboxError } from '../../contract/errors';
import type { Plan } from '../../contract/plan';
import type { CoreParts } from '../parts';
import { createBranchLists } from './branches';
import { configurationOf } from './configuration';
import { problemsOf } from './check';
import { draftPlan } from './draft';
import { parsePlan } from './parse';
import type { SeedDocuments } from '../../seed';
import { previewOf } from './seed-input';

export interface Plans {
  /** @throws StackboxError `not-found` for an unknown recipe */
  draft(recipe: string | undefined): Promise<Draft>;
  /** Never throws for a wrong plan: what is wrong is the answer. */
  check(plan: unknown): Promise<PlanProblem[]>;
  preview(plan: Plan): Promise<SeedDocuments>;
  /**
   * One of the recipe's configuration files. @param text that mistakes are looked for in; with the plan's edits, if absent
   * @throws StackboxError `not-found` for an unknown recipe or file, `bad-input` while other options are wrong
   */
  configuration(plan: Pick<Plan, 'recipe' | 'size'>, option: string, text?: string): Configuration;
  /** @throws StackboxError `not-found` for an unknown recipe or option, `bad-input` while other options are wrong */
  branches(
    plan: Pick<Plan, 'recipe' | 'image'>,
    option: string,
    again: boolean,
    signal?: AbortSignal,
  ): Promise<Branches>;
}

/** @param names of the clouds that there are now */
export function createPlans(parts: CoreParts, names: () => readonly string[]): Plans {
  const lists = createBranchLists(parts);
  return {
    configuration: (plan, option, text) => configurationOf(plan, option, parts, text),
    branches: (plan, option, again, signal) => lists.branches(plan, option, { again, signal }),
    draft: (recipe) => draftPlan(recipe, parts, names()),
    async check(input) {
      try {
        return await problemsOf(parsePlan(input), parts, names());
      } catch (error) {
        if (!(error instanceof StackboxError) || error.code !== 'bad-input') throw error;
        const { field = '', hint } = error.facts;
        return [{ field, message: error.message, severity: 'problem', ...(hint !== undefined && { hint }) }];
      }
    },
    async preview(plan) {
      const facts = await parts.drivers.get(plan.connection)?.probe();
      return previewOf(plan, await parts.images.get(plan.image), facts?.acceleration);
    },
  };
}
