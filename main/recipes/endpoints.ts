import type { Recipe, RecipeData } from './types';

/** The endpoints that a plan with these options leads to, in the recipe's order. */
export function endpointsOf(
  { data }: Pick<Recipe, 'data'>,
  options: Readonly<Record<string, unknown>>,
): RecipeData['endpoints'] {
  return data.endpoints.filter(({ when = {} }) =>
    Object.entries(when).every(([id, values]) => values.some((value) => value === options[id])),
  );
}
