/**
 * Reads the output of a job as it comes: how far it is, what it is at, its last line, and the first known error. Any
 * chunking of the same text gives the same answer; memory stays bounded, however much a job says.
 */
import { stripVTControlCharacters } from 'node:util';
import type { RecipeData, RecipeJobStep } from './types';

export interface JobProgress {
  /** 0…1; never goes back. `undefined` until the first marker. */
  readonly progress: number | undefined;
  readonly detail: string | undefined;
  readonly lastLine: string | undefined;
}

export interface KnownError {
  readonly cause: string;
  readonly cure: string;
  /** The line that gave it away. */
  readonly line: string;
}

export interface JobOutput {
  /** Takes the next piece of output, cut anywhere. */
  push(text: string): JobProgress;
  /** The first line, not the last, that a known error explains. */
  knownError(): KnownError | undefined;
  /** The last lines, for an error's facts. */
  tail(): string;
}

/** Lines of output that are kept for {@link JobOutput.tail}. */
const TAIL_LINES = 40;
/** Longest line (characters) that is looked at; a progress bar can be megabytes without a line break. */
const LINE_MAX = 4096;

export function followOutput(step: RecipeJobStep, errors: RecipeData['errors']): JobOutput {
  const markers = step.markers.map((marker) => ({ ...marker, pattern: new RegExp(marker.match) }));
  const known = errors.map((error) => ({ ...error, pattern: new RegExp(error.match) }));
  const tail: string[] = [];
  let rest = '';
  let progress: number | undefined;
  let detail: string | undefined;
  let found: KnownError | undefined;

  const take = (raw: string): void => {
    const line = stripVTControlCharacters(raw.slice(0, LINE_MAX)).trimEnd();
    if (line.trim() === '') return;
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    for (const { pattern, at, detail: text } of markers) {
      const match = pattern.exec(line);
      if (!match) continue;
      const reached = at === 'percent' ? Math.min(1, Number(match[1]) / 100) : at;
      if (!(reached >= (progress ?? 0))) continue;
      progress = reached;
      detail = text.replaceAll(/\$([12])/g, (_, group: string) => match[Number(group)] ?? '');
    }
    if (found) return;
    const error = known.find(({ pattern }) => pattern.test(line));
    if (error) found = { cause: error.cause, cure: error.cure, line: line.trim() };
  };

  return {
    push(text) {
      // A carriage return redraws a line: what stands behind it is a new one.
      const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
      rest = (lines.pop() ?? '').slice(0, LINE_MAX);
      for (const line of lines) take(line);
      return { progress, detail, lastLine: tail.at(-1) };
    },
    knownError() {
      if (rest !== '') take(rest);
      rest = '';
      return found;
    },
    tail() {
      return [...tail, ...(rest === '' ? [] : [stripVTControlCharacters(rest)])].join('\n');
    },
  };
}
