/**
 * The kinds of options that a recipe can have. Each is a zod schema that checks the value and carries its description, so
 * that the check, the form in the window and the command line cannot drift apart.
 */
import { z } from 'zod';
import { editsIn, type ConfigEdit } from '../contract/config-edits';
import type { RecipeOption } from '../contract/recipe-options';

type Described<Type extends RecipeOption['type']> = Omit<Extract<RecipeOption, { type: Type }>, 'id' | 'type'>;
type Description = { [Type in RecipeOption['type']]: Described<Type> & { type: Type } }[RecipeOption['type']];

const descriptions = z.registry<Description>();

function described<Value, Input>(schema: z.ZodType<Value, Input>, description: Description): z.ZodType<Value, Input> {
  descriptions.add(schema, description);
  return schema;
}

interface TextRule {
  readonly match: RegExp;
  /** What is said of a text that does not match: "must be an address that starts with https://". */
  readonly message: string;
}

/** Any text; `lines` allows several, `rule` narrows it. */
export function textOption(
  wanted: Pick<Described<'text'>, 'label' | 'help' | 'default'> & {
    readonly maxLength?: number;
    readonly lines?: boolean;
    readonly rule?: TextRule;
  },
): z.ZodType<string, string | undefined> {
  const { rule, maxLength = 200, lines = false, ...shown } = wanted;
  const { label } = shown;
  let schema = z
    .string(`${label} must be a text.`)
    .max(maxLength, `${label} has at most ${maxLength} characters.`)
    .regex(lines ? /^[^\0]*$/ : /^\P{Cc}*$/u, `${label} must be ${lines ? 'plain text' : 'one line of plain text'}.`);
  if (rule) schema = schema.regex(rule.match, `${label} ${rule.message}.`);
  return described(schema.prefault(shown.default), { type: 'text', maxLength, lines, ...shown });
}

/** A whole number between two bounds. */
export function numberOption(shown: Described<'number'>): z.ZodType<number, number | undefined> {
  const { label, min, max, unit } = shown;
  const error = `${label} must be a whole number from ${min} to ${max}${unit === undefined ? '' : ` ${unit}`}.`;
  const schema = z.int(error).min(min, error).max(max, error);
  return described(schema.prefault(shown.default), { type: 'number', ...shown });
}

/** Yes or no. */
export function switchOption(shown: Described<'switch'>): z.ZodType<boolean, boolean | undefined> {
  const schema = z.boolean(`${shown.label} must be true or false.`);
  return described(schema.prefault(shown.default), { type: 'switch', ...shown });
}

type Choices<Value extends string> = readonly {
  readonly value: Value;
  readonly label: string;
  readonly help?: string;
}[];

/** One of a list. */
export function choiceOption<const Value extends string>({
  choices,
  ...shown
}: Omit<Described<'choice'>, 'choices' | 'default'> & {
  readonly default: Value;
  readonly choices: Choices<Value>;
}): z.ZodType<Value, Value | undefined> {
  const values = choices.map(({ value }) => value);
  const error = `${shown.label} must be one of: ${values.join(', ')}.`;
  const schema = z.custom<Value>((input) => values.some((value) => value === input), error);
  return described(schema.prefault(shown.default), { type: 'choice', choices: [...choices], ...shown });
}

/** Letters, digits and a few signs, no `..`, nothing that git or a shell would take for an option. */
const BRANCH_NAME = /^(?!.*(?:\.\.|\/\/|\.lock(?:\/|$)))[A-Za-z0-9](?:[\w./-]{0,98}\w)?$/;

/** A branch: one of those that are shipped, or another that the git server has. See `branches` of the recipe. */
export function branchOption(
  shown: Omit<Described<'branch'>, 'choices'> & { readonly choices: Choices<string> },
): z.ZodType<string, string | undefined> {
  const schema = z
    .string(`${shown.label} must be the name of a branch.`)
    .regex(BRANCH_NAME, `${shown.label} must be the name of a branch, like ${shown.default}.`);
  return described(schema.prefault(shown.default), { type: 'branch', ...shown, choices: [...shown.choices] });
}

/** Any number of a list, each once. */
export function choicesOption<const Value extends string>({
  choices,
  ...shown
}: Omit<Described<'choices'>, 'choices' | 'default'> & {
  readonly default: Value[];
  readonly choices: Choices<Value>;
}): z.ZodType<Value[], Value[] | undefined> {
  const values = choices.map(({ value }) => value);
  const error = `${shown.label} must be some of: ${values.join(', ')}.`;
  const one = z.custom<Value>((input) => values.some((value) => value === input), error);
  const schema = z
    .array(one, error)
    .refine((chosen) => new Set(chosen).size === chosen.length, `${shown.label} names something twice.`);
  return described(schema.prefault(shown.default), { type: 'choices', choices: [...choices], ...shown });
}

/** What a plan may carry of one file: far above what anybody writes, and little for every program that it goes through. */
const FILE_LIMITS = { edits: 200, lines: 2000, line: 4096, characters: 64_000 };

/**
 * A configuration file that the recipe generates (`files` in `index.ts`), shown and edited as a whole. The value is a list
 * of edits; a text stands for lines of the person's own, at the end of the file.
 */
export function fileOption(
  shown: Omit<Described<'file'>, 'default'>,
): z.ZodType<ConfigEdit[], unknown[] | string | undefined> {
  const { label } = shown;
  // Line breaks, NUL and the like: no line has them, and some programs on the way would stop there.
  const lineSchema = z
    .string(`${label}: a line must be a text.`)
    .max(FILE_LIMITS.line, `${label}: a line has at most ${FILE_LIMITS.line} characters.`)
    .regex(/^[^\p{Cc}\u2028\u2029]*$|^(?:[^\p{Cc}\u2028\u2029]|\t)*$/u, `${label} must be plain text.`);
  const linesSchema = z
    .array(lineSchema)
    .max(FILE_LIMITS.lines, `${label}: an edit has at most ${FILE_LIMITS.lines} lines.`);
  const context = linesSchema.max(10).default([]);
  const editSchema = z.strictObject({
    line: z.int().min(1).max(100_000).default(1),
    before: context,
    remove: linesSchema.default([]),
    add: linesSchema.default([]),
    after: context,
  });
  const schema = z
    .preprocess(
      (input) => (typeof input === 'string' ? editsIn(input) : input),
      z.array(editSchema, `${label} must be a list of edits, or lines to add.`).max(FILE_LIMITS.edits),
    )
    .refine(
      (edits) => JSON.stringify(edits).length <= FILE_LIMITS.characters,
      `${label}: all edits together have at most ${FILE_LIMITS.characters} characters.`,
    );
  return described<ConfigEdit[], unknown[] | string | undefined>(
    schema.prefault([]) as z.ZodType<ConfigEdit[], unknown[] | string | undefined>,
    { type: 'file', default: [], ...shown },
  );
}

/** Characters of the shortest secret. */
const SECRET_MIN = 8;

/**
 * A password or key of the person's own. It is kept in the cloud's secrets, not in its plan, and hidden in every log. One
 * that is not required is an empty text when it is left out.
 */
export function secretOption(
  wanted: Pick<Described<'secret'>, 'label' | 'help' | 'required'> & { readonly rule?: TextRule },
): z.ZodType<string, string | undefined> {
  const { rule, ...shown } = wanted;
  const { label } = shown;
  const maxLength = 4096;
  let schema = z
    .string(`${label} is missing.`)
    .min(shown.required ? 1 : 0, `${label} is missing.`)
    .max(maxLength, `${label} is too long.`)
    // Shorter ones cannot be hidden in logs: they would take ordinary words with them.
    .refine((text) => text === '' || text.length >= SECRET_MIN, `${label} has at least ${SECRET_MIN} characters.`);
  if (rule) {
    schema = schema.refine(
      (text) => (text === '' && !shown.required) || rule.match.test(text),
      `${label} ${rule.message}.`,
    );
  }
  // A required one stays missing until a person gives it.
  const optional = shown.required ? schema : schema.prefault('');
  return described<string, string | undefined>(optional, { type: 'secret', maxLength, ...shown });
}

/**
 * The options of a recipe in the order in which its schema names them.
 * @throws TypeError for an option that was not made with one of the functions of this file
 */
export function describeOptions(options: z.ZodObject): RecipeOption[] {
  return Object.entries(options.shape).map(([id, schema]) => {
    const description = descriptions.get(schema);
    if (!description) throw new TypeError(`the option "${id}" has no description`);
    return { id, ...description };
  });
}
