/** Makes a recipe from its folder's files. */
import { parse } from 'yaml';
import { StackboxError } from '../contract/errors';
import { recipeDataSchema, type Recipe, type RecipeData } from './types';

/** What a recipe's `index.ts` hands in; everything else is in its `recipe.yaml`. */
export interface RecipeParts extends Pick<Recipe, 'options' | 'env' | 'proof'> {
  /** Text of `recipe.yaml`. */
  readonly yaml: string;
  /** Scripts by file name. */
  readonly scripts: Readonly<Record<string, string>>;
  readonly openrc?: string;
}

/**
 * @throws StackboxError `internal` naming the field, when the recipe's own data are wrong: a defect of the recipe
 */
export function defineRecipe({ yaml, scripts, ...code }: RecipeParts): Recipe {
  const data = parseData(yaml);
  for (const step of data.steps) {
    if (!(step.script in scripts)) throw defect(data.id, `the script ${step.script} of step ${step.id} is missing`);
    for (const { match } of step.markers) checkPattern(data.id, match);
  }
  for (const { match } of data.errors) checkPattern(data.id, match);
  return {
    ...code,
    data,
    script(file) {
      const text = scripts[file];
      if (text === undefined) throw defect(data.id, `there is no script ${file}`);
      return text;
    },
  };
}

function parseData(yaml: string): RecipeData {
  const parsed = recipeDataSchema.safeParse(parse(yaml));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw defect('', `recipe.yaml: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function checkPattern(id: string, pattern: string): void {
  try {
    new RegExp(pattern);
  } catch (error) {
    throw defect(id, `the pattern ${pattern} is no regular expression: ${String(error)}`);
  }
}

function defect(id: string, what: string): StackboxError {
  return new StackboxError('internal', `The recipe ${id} is defective: ${what}.`);
}
