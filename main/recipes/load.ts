/** Makes a recipe from its folder's files, and says exactly what is wrong with one that cannot be used. */
import { parse } from 'yaml';
import { StackboxError } from '../contract/errors';
import { describeOptions } from './options';
import { recipeDataSchema, type Recipe, type RecipeAction, type RecipeData } from './types';

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
  const actions = readActions(folder, data);
  const jobs = [...data.steps, ...data.repairs, ...actions.flatMap(({ steps }) => steps)];
  for (const file of [...jobs.map((job) => job.script), ...data.repairs.map(({ check }) => check)]) script(file);
  return { ...code, data, actions, fields: readOptions(folder, code.options), script };
}

/** Puts the jobs of the install where an action uses them. A job's name in the guest comes from its step, so each has its own. */
function readActions(folder: string, { steps: install, actions }: RecipeData): RecipeAction[] {
  return actions.map((action) => {
    const steps = action.steps.map((step) => {
      if (!('use' in step)) return step;
      const used = install.find(({ id }) => id === step.use);
      if (used) return used;
      throw defect(folder, `recipe.yaml: actions: "${action.id}" uses the step "${step.use}", which is not there`);
    });
    const own = action.steps.flatMap((step) => ('use' in step ? [] : [step.id]));
    const taken = own.find((id) => install.some((step) => step.id === id));
    if (taken !== undefined) throw defect(folder, `recipe.yaml: actions: "${taken}" is a step of the install already`);
    const twice = repeated(steps.map(({ id }) => id));
    if (twice !== undefined) throw defect(folder, `recipe.yaml: actions: "${action.id}" has "${twice}" twice`);
    return { ...action, steps };
  });
}

function repeated(ids: readonly string[]): string | undefined {
  return ids.find((id, index) => ids.indexOf(id) !== index);
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
  for (const key of ['steps', 'repairs', 'actions', 'endpoints', 'credentials', 'presets'] as const) {
    const twice = repeated(data[key].map(({ id }) => id));
    if (twice !== undefined) throw defect(folder, `recipe.yaml: ${key}: "${twice}" is there twice`);
  }
  return data;
}

function readYaml(folder: string, yaml: string): unknown {
  try {
    // `<<` so that two jobs that are nearly the same are written once.
    return parse(yaml, { merge: true });
  } catch (error) {
    throw defect(folder, `recipe.yaml: ${String(error)}`, error);
  }
}

function defect(folder: string, what: string, cause?: unknown): StackboxError {
  return new StackboxError('internal', `The recipe main/recipes/${folder} is defective: ${what}.`, {}, { cause });
}
