/** A plan from a file, from flags, or both over this computer's defaults. */
import { parse } from 'yaml';
import { StackboxError } from '../../contract/errors';
import { diffConfig, editsValue } from '../../contract/config-edits';
import type { Plan } from '../../contract/plan';
import type { RecipeOption } from '../../contract/recipe-options';
import { parsePlan } from '../../core/plans/parse';
import type { ApiClient } from '../api';
import { readInput } from './input-file';
import type { Io } from './io';
import { readOptions } from './recipe-options';

/** The largest plan file (bytes): extra certificates may be a megabyte. */
const MAX_FILE = 2 * 1024 * 1024;

export interface PlanFlags {
  readonly plan?: string;
  readonly name?: string;
  readonly recipe?: string;
  readonly image?: string;
  readonly connection?: string;
  readonly cpus?: number;
  /** MiB */
  readonly memory?: number;
  /** GiB */
  readonly disk?: number;
  readonly option?: Readonly<Record<string, string>>;
  /** Files that hold a whole configuration file as it shall be, by the identifiers of their options. */
  readonly config?: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<string, unknown>>;

export interface PlanInput {
  readonly plan: Fields;
  /** Options of the plan's recipe. */
  readonly options: readonly RecipeOption[];
}

/**
 * Defaults, then the file, then the flags. It is not checked here: the core does that, with the field's name in the error.
 * @throws StackboxError `bad-input` when the file is no mapping, `not-found` when there is none
 */
export async function planFrom(api: ApiClient, io: Io, flags: PlanFlags): Promise<PlanInput> {
  const file = flags.plan === undefined ? {} : await readPlan(flags.plan, io);
  const recipe = flags.recipe ?? idIn(file['recipe']);
  const { plan, recipes } = await api.plans.draft(recipe === undefined ? {} : { recipe });
  const options = recipes.find(({ id }) => id === plan.recipe.id)?.options ?? [];
  const values = flags.option && (await readOptions(flags.option, options));
  const wanted = layer(layer(fieldsOf(plan), file), fieldsOfFlags(flags, values));
  return { plan: flags.config ? await withFiles(wanted, flags.config, api, io) : wanted, options };
}

/** A whole file as a person wants it becomes the edits that lead from the generated text to it. */
async function withFiles(
  fields: Fields,
  files: Readonly<Record<string, string>>,
  api: ApiClient,
  io: Io,
): Promise<Fields> {
  const { recipe, size } = parsePlan(fields);
  const edits = await Promise.all(
    Object.entries(files).map(async ([option, path]) => {
      const { generated } = await api.plans.configuration({ recipe, size, option });
      const wanted = await readText(path, io);
      return [option, editsValue(diffConfig(generated, wanted))] as const;
    }),
  );
  return layer(fields, { recipe: { options: Object.fromEntries(edits) } });
}

/** `over` on top of `under`; mappings are joined, everything else is replaced. Unknown keys stay, to be refused by the core. */
export function layer(under: Fields, over: Fields): Fields {
  const merged = Object.entries(over).map(([key, value]): [string, unknown] => {
    const below = Object.hasOwn(under, key) ? under[key] : undefined;
    return [key, isFields(below) && isFields(value) ? layer(below, value) : value];
  });
  return { ...under, ...Object.fromEntries(merged) };
}

function fieldsOfFlags(flags: PlanFlags, option: Fields | undefined): Fields {
  const { name, recipe, image, connection, cpus, memory, disk } = flags;
  const size = present({ cpus, memoryMiB: memory, diskGiB: disk });
  const wanted = present({ id: recipe, options: option });
  return {
    ...present({ name, image, connection }),
    ...(Object.keys(size).length > 0 && { size }),
    ...(Object.keys(wanted).length > 0 && { recipe: wanted }),
  };
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

async function readPlan(path: string, io: Io): Promise<Fields> {
  const content = await readText(path, io);
  let value: unknown;
  try {
    // JSON is YAML too. Aliases could make a small file very large, so they are limited.
    value = parse(content, { maxAliasCount: 20 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StackboxError('bad-input', `${path} is neither YAML nor JSON: ${why}`, {}, { cause: error });
  }
  if (isFields(value)) return value;
  throw new StackboxError('bad-input', `${path} is not a plan: it must be a mapping of fields.`);
}

async function readText(path: string, io: Io): Promise<string> {
  return (await readInput(path, io, MAX_FILE)).toString('utf8');
}

function idIn(recipe: unknown): string | undefined {
  return isFields(recipe) && typeof recipe['id'] === 'string' ? recipe['id'] : undefined;
}

function fieldsOf(plan: Plan): Fields {
  return { ...plan };
}

/** The plan as it may be printed. */
export function withoutSecrets({ plan, options }: PlanInput): Fields {
  const { recipe } = plan;
  if (!isFields(recipe) || !isFields(recipe['options'])) return plan;
  const secrets = new Set(options.filter(({ type }) => type === 'secret').map(({ id }) => id));
  const open = Object.entries(recipe['options']).filter(([id]) => !secrets.has(id));
  return { ...plan, recipe: { ...recipe, options: Object.fromEntries(open) } };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
