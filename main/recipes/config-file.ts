/** Configuration files that a recipe generates and a person edits: the text, its mistakes, and what fills it. */
import { applyEdits, editsIn, settleEdits } from '../contract/config-edits';
import { StackboxError } from '../contract/errors';
import type { ConfigFinding, Configuration } from '../contract/configuration';
import type { PlanProblem } from '../contract/models';
import type { Recipe, RecipeFile, RecipeWish } from './types';

type Wish = Pick<RecipeWish, 'options' | 'size'>;

/** More of them help nobody, and a hostile file could have thousands. */
const MOST_FINDINGS = 200;
const MOST_PROBLEMS = 20;

const PLACEHOLDER = /\{\{([A-Z][A-Z0-9_]*)\}\}/g;

/**
 * A file as its editor shows it.
 * @param text what the person has now; without it, the text with the plan's edits
 * @throws StackboxError `not-found` when the recipe has no such file
 */
export function fileAsEdited(recipe: Recipe, optionId: string, wish: Wish, text?: string): Configuration {
  const file = fileOf(recipe, optionId);
  const generated = file.generate(wish);
  const shown = text ?? applyEdits(generated, editsIn(wish.options[optionId])).text;
  return {
    generated,
    placeholders: Object.entries(file.placeholders).map(([name, meaning]) => ({ name, meaning })),
    findings: findingsOf(file, shown, generated).slice(0, MOST_FINDINGS),
  };
}

/** What is wrong with the files of a plan: mistakes, and edits that no longer fit what the form says. */
export function fileProblems(recipe: Recipe, wish: Wish): PlanProblem[] {
  return Object.entries(recipe.files).flatMap(([optionId, file]) => {
    const field = `recipe.options.${optionId}`;
    const generated = file.generate(wish);
    const { text, conflicts } = applyEdits(generated, editsIn(wish.options[optionId]));
    const { fileName } = fieldOf(recipe, optionId);
    return [
      ...conflicts.map(({ edit, now }): PlanProblem => ({
        field,
        message: `${fileName}: ${quote(edit.remove)} was changed by hand, but the plan now leads to ${quote(now)}.`,
        hint: 'Decide in its editor which of the two it shall be, or take the edit out of the plan.',
        severity: 'problem',
      })),
      ...findingsOf(file, text, generated).map(({ line, message, severity }): PlanProblem => ({
        field,
        message: `Line ${line} of ${fileName}: ${message}`,
        severity,
      })),
    ].slice(0, MOST_PROBLEMS);
  });
}

/**
 * The text that the machine gets: with the person's edits, and with every placeholder filled in.
 * @param values by the placeholders' names
 * @throws StackboxError `internal` when a value is missing
 */
export function finishedFile(
  recipe: Pick<Recipe, 'files'>,
  optionId: string,
  wish: Wish,
  values: Readonly<Record<string, string>>,
): string {
  const file = fileOf(recipe, optionId);
  const text = settleEdits(file.generate(wish), editsIn(wish.options[optionId]));
  return text.replace(PLACEHOLDER, (placeholder, name: string) => {
    if (!Object.hasOwn(file.placeholders, name)) return placeholder;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) return value;
    throw new StackboxError('internal', `Nothing is known to put in the place of {{${name}}}.`);
  });
}

/** What is longer is said to be too long and not looked into: patterns would take minutes for a line of a megabyte. */
const LONGEST_LINE = 4096;
const MOST_LINES = 3000;

function findingsOf(file: RecipeFile, text: string, generated: string): ConfigFinding[] {
  const lines = text.split('\n');
  const tooLong = lines.flatMap((line, index): ConfigFinding[] =>
    line.length > LONGEST_LINE
      ? [{ line: index + 1, severity: 'problem', message: `A line has at most ${LONGEST_LINE} characters.` }]
      : [],
  );
  if (lines.length > MOST_LINES) {
    tooLong.push({ line: MOST_LINES + 1, severity: 'problem', message: `The file has at most ${MOST_LINES} lines.` });
  }
  const read = lines
    .slice(0, MOST_LINES)
    .map((line) => (line.length > LONGEST_LINE ? '' : line))
    .join('\n');
  return [...tooLong, ...file.lint(read, generated), ...strange(read), ...unknownPlaceholders(file, read)].sort(
    (a, b) => a.line - b.line,
  );
}

/** Characters that look like others or like nothing: they come from web pages and word processors. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map([
  ['\u00A0', ' '],
  ['\u202F', ' '],
  ['\u200B', ''],
  ['\u200C', ''],
  ['\u200D', ''],
  ['\u2060', ''],
  ['\uFEFF', ''],
  ['\u201C', '"'],
  ['\u201D', '"'],
  ['\u2018', "'"],
  ['\u2019', "'"],
  ['\u2013', '-'],
  ['\u2014', '-'],
]);

/** Text that runs backwards: what is read is not what is run. */
const BACKWARDS = /[\u202A-\u202E\u2066-\u2069]/g;

function strange(text: string): ConfigFinding[] {
  return text.split('\n').flatMap((line, index): ConfigFinding[] => {
    // A comment may say what it likes, as long as it reads the way it is.
    const comment = line.trim().startsWith('#');
    const plain = Array.from(line.replace(BACKWARDS, ''), (letter) =>
      comment ? letter : (LOOKALIKES.get(letter) ?? letter),
    ).join('');
    if (plain === line) return [];
    return [
      {
        line: index + 1,
        severity: 'problem',
        message: 'There is a character that cannot be seen, or looks like another.',
        fix: { title: 'Use plain characters', changes: [{ line: index + 1, remove: 1, add: [plain] }] },
      },
    ];
  });
}

function unknownPlaceholders({ placeholders }: RecipeFile, text: string): ConfigFinding[] {
  return text.split('\n').flatMap((line, index) =>
    [...line.matchAll(PLACEHOLDER)].flatMap(([placeholder, name = '']): ConfigFinding[] => {
      if (Object.hasOwn(placeholders, name) || line.trim().startsWith('#')) return [];
      const known = Object.keys(placeholders).map((one) => `{{${one}}}`);
      const message = `Stackbox has nothing to put in the place of ${placeholder}; it knows ${known.join(', ')}.`;
      return [{ line: index + 1, severity: 'warning', message }];
    }),
  );
}

function quote(lines: readonly string[]): string {
  const first = lines.find((line) => line.trim() !== '');
  if (first === undefined) return 'nothing there';
  const shown = first.length > 60 ? `${first.slice(0, 60)}…` : first;
  return lines.length > 1 ? `"${shown}" with what follows` : `"${shown}"`;
}

function fileOf({ files }: Pick<Recipe, 'files'>, optionId: string): RecipeFile {
  const file = Object.hasOwn(files, optionId) ? files[optionId] : undefined;
  if (file) return file;
  throw new StackboxError('not-found', `The recipe has no configuration file "${optionId}".`);
}

function fieldOf({ fields }: Recipe, optionId: string): { readonly fileName: string } {
  const field = fields.find(({ id }) => id === optionId);
  return { fileName: field?.type === 'file' ? field.fileName : optionId };
}
