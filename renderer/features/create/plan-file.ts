import { splitSecrets } from '../../../main/contract/option-values';
import type { Plan } from '../../../main/contract/plan';
import type { RecipeOption } from '../../../main/contract/recipe-options';

/** A plan is a page of JSON; with certificates it may reach some hundred KiB. */
export const PLAN_FILE_BYTES = 2 * 1024 * 1024;

export interface PlanIssue {
  /** Dotted path of the field; empty for the file as a whole. */
  readonly field: string;
  readonly message: string;
}

export type ReadPlan =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly notJson: string }
  | { readonly ok: false; readonly issues: readonly PlanIssue[] };

/** Reads the text of a plan file. The schema is loaded only now: no other page of the window needs it. */
export async function readPlan(text: string): Promise<ReadPlan> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    return { ok: false, notJson: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  const { planSchema } = await import('../../../main/contract/plan');
  const parsed = planSchema.safeParse(json);
  if (parsed.success) return { ok: true, plan: parsed.data };
  return {
    ok: false,
    issues: parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })),
  };
}

/**
 * A plan as the text of its file. Secrets stay out: files are sent around. @param recipeOptions of its recipe; the plan of
 * a cloud has no secrets any more and needs none
 */
export function planText(plan: Plan, recipeOptions: readonly RecipeOption[] = []): string {
  const options = splitSecrets(plan.recipe.options, recipeOptions).open;
  return `${JSON.stringify({ ...plan, recipe: { ...plan.recipe, options } }, null, 2)}\n`;
}
