/** The known errors of a recipe in the lines of a job's output. */
import type { RecipeData } from './types';

export type RecipeError = RecipeData['errors'][number];

export interface KnownError {
  readonly cause: string;
  readonly cure: string;
  /** The line that gave it away, or the part of a long one that did. */
  readonly line: string;
  /** Identifier of the recipe's cure that can be carried out. */
  readonly apply?: string;
}

/** A known error in a line; see `general` of a recipe's errors. */
export interface FoundError extends KnownError {
  readonly general: boolean;
}

/** @param trace lines that repeat commands: nothing is looked for in them. @returns what looks for the recipe's errors in one line */
export function createErrorFinder(
  errors: readonly RecipeError[],
  trace: string | undefined,
): (line: string) => FoundError | undefined {
  const command = trace === undefined ? undefined : new RegExp(trace);
  const known = errors.map((error) => ({ ...error, pattern: new RegExp(error.match) }));
  return (line) => {
    if (command?.test(line) === true) return undefined;
    const error = known.find(({ pattern }) => pattern.test(line));
    if (!error) return undefined;
    const { cause, cure, general, apply, pattern } = error;
    return { cause, cure, general, line: tellingPart(line, pattern), ...(apply !== undefined && { apply }) };
  };
}

/** Characters of a line of a failure that a person reads at a glance. */
const READABLE_MAX = 300;

/** The beginning of a line, for people. */
export function shortened(line: string): string {
  return line.length <= READABLE_MAX ? line : `${line.slice(0, READABLE_MAX).trim()} …`;
}

/** Ansible puts whole tracebacks into one line, with `\n` for the line breaks in them: only the words that matched say anything. */
function tellingPart(line: string, pattern: RegExp): string {
  if (line.length <= READABLE_MAX) return line;
  const words = pattern.exec(line);
  const place = words?.index ?? 0;
  const before = line.lastIndexOf('\\n', place);
  const after = line.indexOf('\\n', place + (words?.[0].length ?? 0));
  const piece = line.slice(before < 0 ? 0 : before + 2, after < 0 ? line.length : after).trim();
  if (piece.length <= READABLE_MAX) return piece;
  const from = Math.max(0, Math.min(place - READABLE_MAX / 3, line.length - READABLE_MAX));
  const part = line.slice(from, from + READABLE_MAX).trim();
  return `${from > 0 ? '… ' : ''}${part}${from + READABLE_MAX < line.length ? ' …' : ''}`;
}
