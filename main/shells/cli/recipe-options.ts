/** `--option key=value`: from what a person types to what the recipe's option takes. */
import { readFile } from 'node:fs/promises';
import { StackboxError } from '../../contract/errors';
import type { RecipeOption } from '../../contract/recipe-options';

/**
 * Values by key. `@file` stands for the content of a file. Whether a value is right, and whether there is such an option at
 * all, is left to the core.
 * @throws StackboxError `bad-input` for a secret in clear text, `not-found` for a file that cannot be read
 */
export async function readOptions(
  typed: Readonly<Record<string, string>>,
  options: readonly RecipeOption[],
): Promise<Record<string, unknown>> {
  const values = await Promise.all(
    Object.entries(typed).map(async ([key, text]) => {
      const option = options.find(({ id }) => id === key);
      return [key, valueOf(text.startsWith('@') ? await readValue(text.slice(1)) : text, option, text)] as const;
    }),
  );
  return Object.fromEntries(values);
}

const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
]);

/** @param typed what stood on the command line, where everybody on this computer can read it */
function valueOf(text: string, option: RecipeOption | undefined, typed: string): unknown {
  switch (option?.type) {
    case 'text':
    case 'choice':
    case 'branch':
    case 'file':
      return text;
    case 'secret':
      if (typed.startsWith('@')) return text;
      throw new StackboxError('bad-input', `${option.label} is a secret, and everybody can see a command line.`, {
        hint: `Put it into a file and write --option ${option.id}=@FILE.`,
        field: `recipe.options.${option.id}`,
      });
    case 'number':
      return text.trim() === '' ? text : Number(text);
    case 'switch':
      return SWITCHES.get(text.toLowerCase()) ?? text;
    case 'choices':
      return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
    case undefined:
      return jsonOrText(text);
  }
}

async function readValue(path: string): Promise<string> {
  try {
    // The line break at the end of a file belongs to no value.
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw new StackboxError('not-found', `${path} could not be read.`, {}, { cause: error });
  }
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: then it is the plain text that the person typed.
    return text;
  }
}
