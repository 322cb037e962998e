/** The recipe of a plan with its checked options, for questions about a plan that is still being made. */
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import { splitSecrets } from '../../contract/option-values';
import type { Plan } from '../../contract/plan';
import type { Recipe } from '../../recipes/types';
import type { CoreParts } from '../parts';

/** @throws StackboxError `not-found` for an unknown recipe, `bad-input` for the first option that is wrong */
export function recipeOf(
  { id, options }: Plan['recipe'],
  { recipes }: Pick<CoreParts, 'recipes'>,
): { readonly recipe: Recipe; readonly options: Record<string, unknown> } {
  const recipe = recipes.find(({ data }) => data.id === id);
  if (!recipe) throw new StackboxError('not-found', `There is no recipe "${id}".`, { field: 'recipe.id' });
  // Secrets lead to no other file and no other branch, and one may still have to be given.
  const secrets = new Set(recipe.fields.flatMap((field) => (field.type === 'secret' ? [field.id] : [])));
  const shape = Object.fromEntries(Object.entries(recipe.options.shape).filter(([key]) => !secrets.has(key)));
  const parsed = z.strictObject(shape).safeParse(splitSecrets(options, recipe.fields).open);
  if (parsed.success) return { recipe, options: parsed.data };
  const [issue] = parsed.error.issues;
  throw new StackboxError('bad-input', issue?.message ?? 'The options are not understood.', {
    field: ['recipe.options', ...(issue?.path.map(String) ?? [])].join('.'),
  });
}
