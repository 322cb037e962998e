/** Makes a recipe from its folder's files, and says exactly what is wrong with one that cannot be used. */
import { parse } from 'yaml';
import { StackboxError } from '../contract/errors';
import { describeOptions } from './options';
import { recipeDataSchema, type Recipe, type RecipeData } from './types';

/** What a recipe's `index.ts` hands in; everything else is in its `recipe.yaml`. */
export interface RecipeParts extends Pick<Recipe, 'options' | 'check' | 'env' | 'proof'> {
  /** Name of the recipe's folder, which is its identifier too. */
  readonly folder: string;
  /** Text of `recipe.yaml`. */
  readonly yaml: string;
  /** Scripts by file name. */
  readonly scripts: Readonly<Record<string, string>>;
  readonly openrc?: string;
}

/** @throws StackboxError `internal` naming file and field, when the recipe's own files are wrong: a defect of the recipe */
export function defineRecipe({ folder, yaml, scripts, ...code }: RecipeParts): Recipe {
  const data = readData(folder, yaml);
  const script = (file: string): string => {
    const text = Object.hasOwn(scripts, file) ? scripts[file] : undefined;
    if (text !== undefined) return text;
    throw defect(folder, `index.ts does not hand in the script "${file}"`);
  };
  for (const step of data.steps) script(step.script);
  return { ...code, data, fields: readOptions(folder, code.options), script };
}

/** An option's own default must be right; only a secret may be left for the person to give. */
function readOptions(folder: string, options: RecipeParts['options']): Recipe['fields'] {
  let fields;
  try {
    fields = describeOptions(options);
  } catch (error) {
    throw defect(folder, `index.ts: ${String(error)}`, error);
  }
  const { error } = options.safeParse({});
  const wrong = error?.issues.find(({ path }) => !fields.some(({ id, type }) => id === path[0] && type === 'secret'));
  if (wrong) throw defect(folder, `index.ts: the default of the option "${wrong.path.join('.')}": ${wrong.message}`);
  return fields;
}

function readData(folder: string, yaml: string): RecipeData {
  const parsed = recipeDataSchema.safeParse(readYaml(folder, yaml));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.map(String).join('.') ?? '';
    throw defect(folder, `recipe.yaml: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'not understood'}`);
  }
  const { data } = parsed;
  if (data.id !== folder) throw defect(folder, `recipe.yaml: id: must be "${folder}", as its folder is called`);
  for (const key of ['steps', 'endpoints', 'credentials', 'presets'] as const) {
    const ids = data[key].map(({ id }) => id);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) throw defect(folder, `recipe.yaml: ${key}: "${twice}" is there twice`);
  }
  return data;
}

function readYaml(folder: string, yaml: string): unknown {
  try {
    return parse(yaml);
  } catch (error) {
    throw defect(folder, `recipe.yaml: ${String(error)}`, error);
  }
}

function defect(folder: string, what: string, cause?: unknown): StackboxError {
  return new StackboxError('internal', `The recipe main/recipes/${folder} is defective: ${what}.`, {}, { cause });
}
