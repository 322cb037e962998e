/** Values of a recipe's options as they stand in a plan; without schemas, so that the window can use it from the start. */
import type { Plan } from './plan';
import type { RecipeOption } from './recipe-options';

type Values = Plan['recipe']['options'];

/** The values that a new plan starts with; a secret has none. */
export function defaultOptions(options: readonly RecipeOption[]): Values {
  return Object.fromEntries(
    options.flatMap((option) => (option.type === 'secret' ? [] : [[option.id, option.default] as const])),
  );
}

/** Parts what everybody may see from the secrets. A secret that is no text is dropped; the recipe's schema refuses it. */
export function splitSecrets(
  values: Values,
  options: readonly RecipeOption[],
): { open: Values; secret: Record<string, string> } {
  const secretIds = new Set(options.filter(({ type }) => type === 'secret').map(({ id }) => id));
  const open: Values = {};
  const secret: Record<string, string> = {};
  for (const [id, value] of Object.entries(values)) {
    if (!secretIds.has(id)) open[id] = value;
    else if (typeof value === 'string') secret[id] = value;
  }
  return { open, secret };
}
