/** Makes a recipe from its folder's files, and says exactly what is wrong with one that cannot be used. */
import { parse } from 'yaml';
import type { z } from 'zod';
import { StackboxError } from '../contract/errors';
import { describeOptions } from './options';
import { recipeServicesSchema } from './services';
import { recipeDataSchema, type Recipe, type RecipeAccount, type RecipeData, type RecipeJobStep } from './types';

/** What a recipe's `index.ts` hands in; everything else is in its `recipe.yaml`. */
export interface RecipeParts extends Pick<Recipe, 'options' | 'check' | 'env' | 'proof'> {
  /** Name of the recipe's folder, which is its identifier too. */
  readonly folder: string;
  /** Text of `recipe.yaml`. */
  readonly yaml: string;
  /** Text of `errors.yaml`, which holds the known errors when they would fill up the recipe's own file. */
  readonly errors?: string;
  /** Text of `services.yaml`: which units are which OpenStack service. */
  readonly services?: string;
  /** Scripts by file name. */
  readonly scripts: Readonly<Record<string, string>>;
  /** File that makes `openstack` work as the administrator, or such files for several users. */
  readonly openrc?: string | readonly RecipeAccount[];
  /** Files that a person may edit, by the identifiers of their options. */
  readonly files?: Recipe['files'];
  /** Where branches are asked for, by the identifiers of their options. */
  readonly branches?: Recipe['branches'];
}

const ADMINISTRATOR = { id: 'admin', title: 'OpenStack as admin' };

/** @throws StackboxError `internal` naming file and field, when the recipe's own files are wrong: a defect of the recipe */
export function defineRecipe(parts: RecipeParts): Recipe {
  const { folder, yaml, errors, services: table, scripts, openrc = [], files = {}, branches = {}, ...code } = parts;
  const data = readData(folder, yaml, errors);
  const script = (file: string): string => {
    const text = Object.hasOwn(scripts, file) ? scripts[file] : undefined;
    if (text !== undefined) return text;
    throw defect(folder, `index.ts does not hand in the script "${file}"`);
  };
  const actions = withJobs(folder, data, 'actions');
  const cures = withJobs(folder, data, 'cures');
  const jobs = [...data.steps, ...data.repairs, ...[...actions, ...cures].flatMap(({ steps }) => steps)];
  for (const file of [...jobs.map((job) => job.script), ...data.repairs.map(({ check }) => check)]) script(file);
  checkCures(folder, data, code.options);
  const accounts = typeof openrc === 'string' ? [{ ...ADMINISTRATOR, file: openrc }] : openrc;
  const twice = repeated(accounts.map(({ id }) => id));
  if (twice !== undefined) throw defect(folder, `index.ts: openrc: "${twice}" is there twice`);
  const fields = readOptions(folder, code.options);
  checkHandedIn(folder, fields, 'file', 'files', files);
  checkHandedIn(folder, fields, 'branch', 'branches', branches);
  const services =
    table === undefined ? {} : { services: checked(folder, 'services.yaml', recipeServicesSchema, table) };
  return { ...code, ...services, data, accounts, actions, cures, fields, files, branches, script };
}

/** An option that needs code has it, and no code is without its option. */
function checkHandedIn(
  folder: string,
  fields: Recipe['fields'],
  type: Recipe['fields'][number]['type'],
  part: string,
  handedIn: Readonly<Record<string, unknown>>,
): void {
  const wanted = fields.filter((field) => field.type === type).map(({ id }) => id);
  const missing = wanted.find((id) => !Object.hasOwn(handedIn, id));
  if (missing !== undefined) throw defect(folder, `index.ts: ${part}: the option "${missing}" is not there`);
  const idle = Object.keys(handedIn).find((id) => !wanted.includes(id));
  if (idle !== undefined) throw defect(folder, `index.ts: ${part}: there is no such option "${idle}"`);
}

type Key = 'actions' | 'cures';
type WithJobs<K extends Key> = Omit<RecipeData[K][number], 'steps'> & { readonly steps: readonly RecipeJobStep[] };

/** Puts the jobs of the install where `use` names them. A job's name in the guest comes from its step, so each has its own. */
function withJobs<K extends Key>(folder: string, data: RecipeData, key: K): WithJobs<K>[] {
  const list: readonly RecipeData[K][number][] = data[key];
  return list.map((one) => {
    const steps = one.steps.map((step) => {
      if (!('use' in step)) return step;
      const used = data.steps.find(({ id }) => id === step.use);
      if (used) return used;
      throw defect(folder, `recipe.yaml: ${key}: "${one.id}" uses the step "${step.use}", which is not there`);
    });
    const own = one.steps.flatMap((step) => ('use' in step ? [] : [step.id]));
    const taken = own.find((id) => data.steps.some((step) => step.id === id));
    if (taken !== undefined) throw defect(folder, `recipe.yaml: ${key}: "${taken}" is a step of the install already`);
    const twice = repeated(steps.map(({ id }) => id));
    if (twice !== undefined) throw defect(folder, `recipe.yaml: ${key}: "${one.id}" has "${twice}" twice`);
    return { ...one, steps };
  });
}

/** An error applies a cure that is there, and a cure sets options to what they can be. */
function checkCures(folder: string, { errors, cures }: RecipeData, options: RecipeParts['options']): void {
  const unknown = errors.find(({ apply }) => apply !== undefined && !cures.some(({ id }) => id === apply));
  if (unknown) throw defect(folder, `recipe.yaml: errors: "${unknown.apply ?? ''}" is not in cures`);
  for (const { id, set } of cures) {
    const issue = options
      .safeParse(set)
      .error?.issues.find(({ path, code }) => code === 'unrecognized_keys' || String(path[0]) in set);
    if (issue) throw defect(folder, `recipe.yaml: cures: "${id}": ${issue.message}`);
  }
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

const errorsSchema = recipeDataSchema.pick({ errors: true });

function readData(folder: string, yaml: string, errors: string | undefined): RecipeData {
  const own = checked(folder, 'recipe.yaml', recipeDataSchema, yaml);
  const data = { ...own, ...(errors !== undefined && checked(folder, 'errors.yaml', errorsSchema, errors)) };
  if (data.id !== folder) throw defect(folder, `recipe.yaml: id: must be "${folder}", as its folder is called`);
  for (const key of ['steps', 'repairs', 'actions', 'cures', 'endpoints', 'credentials', 'presets'] as const) {
    const twice = repeated(data[key].map(({ id }) => id));
    if (twice !== undefined) throw defect(folder, `recipe.yaml: ${key}: "${twice}" is there twice`);
  }
  const { client } = data;
  if (client && !data.endpoints.some(({ id }) => id === client.endpoint)) {
    throw defect(folder, `recipe.yaml: client: "${client.endpoint}" is not in endpoints`);
  }
  if (client && !data.credentials.some(({ id }) => id === client.credential)) {
    throw defect(folder, `recipe.yaml: client: "${client.credential}" is not in credentials`);
  }
  return data;
}

function checked<T>(folder: string, file: string, schema: z.ZodType<T>, yaml: string): T {
  const parsed = schema.safeParse(readYaml(folder, file, yaml));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  throw defect(folder, `${file}: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'not understood'}`);
}

function readYaml(folder: string, file: string, yaml: string): unknown {
  try {
    // `<<` so that two jobs that are nearly the same are written once.
    return parse(yaml, { merge: true });
  } catch (error) {
    throw defect(folder, `${file}: ${String(error)}`, error);
  }
}

function defect(folder: string, what: string, cause?: unknown): StackboxError {
  return new StackboxError('internal', `The recipe main/recipes/${folder} is defective: ${what}.`, {}, { cause });
}
