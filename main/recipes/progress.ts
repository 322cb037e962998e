/**
 * Reads the output of a job as it comes: how far it is, what it is at, its last line, and the first known error. Any
 * cutting of the same text into pieces gives the same answer; memory stays bounded, however much a job says.
 */
import { stripVTControlCharacters } from 'node:util';
import { createErrorFinder, shortened, type FoundError, type KnownError, type RecipeError } from './known-error';
import type { RecipeJobStep } from './types';

export interface JobProgress {
  /** 0…1; never goes back. `undefined` until the first marker. */
  readonly progress: number | undefined;
  readonly detail: string | undefined;
  /** The last line that is not blank, even while it is still being written: a question waits at the end of one. */
  readonly lastLine: string | undefined;
}

export interface JobOutput {
  /** Takes the next piece of output, cut anywhere. */
  push(text: string): JobProgress;
  /**
   * The first line, not the last, that a known error explains: what follows is mostly its consequence. One that is only
   * general gives way to any other.
   */
  knownError(): KnownError | undefined;
  /** The last lines, for an error's facts; the rest of long ones is in the install log. */
  tail(): string;
}

/** Lines of output that are kept for {@link JobOutput.tail}. */
const TAIL_LINES = 40;

/** Characters of a line that are looked at; a progress bar can be megabytes without a line break. */
const LINE_MAX = 4096;

/**
 * Lines in a row after which a counted part has begun, though the one before it is not through. apt sets up a few
 * packages in the middle of unpacking (two at a time were seen): taken at their word they would leap to the next part.
 */
const STREAK = 10;

/** Follows the output of one job of a recipe; `errors` are the recipe's known ones. */
export function followOutput(
  step: Pick<RecipeJobStep, 'markers' | 'trace' | 'epilogue'>,
  errors: readonly RecipeError[],
): JobOutput {
  const markers = step.markers.map(createMarker);
  const findError = createErrorFinder(errors, step.trace);
  const epilogue = step.epilogue === undefined ? undefined : new RegExp(step.epilogue);
  const lines: string[] = [];
  let rest = '';
  let shown: string | undefined;
  /** The job has failed and only cleans up. */
  let over = false;
  let progress: number | undefined;
  let detail: string | undefined;
  let found: FoundError | undefined;
  let general: FoundError | undefined;
  let lastCounted: Marker | undefined;
  let streak = 0;

  const take = (raw: string): void => {
    const line = clean(raw);
    if (line === '') return;
    shown = line;
    over ||= epilogue?.test(line) === true;
    if (over) return;
    lines.push(line);
    if (lines.length > TAIL_LINES) lines.shift();
    for (const marker of markers) {
      const hit = marker.read(line);
      if (!hit) continue;
      if (marker.counts) {
        streak = marker === lastCounted ? streak + 1 : 1;
        lastCounted = marker;
      }
      if (hit.progress === undefined) {
        detail = hit.detail;
        continue;
      }
      const early = marker.counts && streak < STREAK && markers.some((other) => precedes(other, marker));
      if (!early && hit.progress < (progress ?? 0)) continue;
      if (!early) ({ progress } = hit);
      detail = hit.detail ?? detail;
    }
    const error = findError(line);
    if (error?.general === true) general ??= error;
    else found ??= error;
  };
  const unfinished = (): string => {
    const line = clean(rest);
    return over || epilogue?.test(line) === true ? '' : line;
  };
  const all = (): string[] => [...lines, unfinished()].filter((line) => line !== '').slice(-TAIL_LINES);

  return {
    push(text) {
      // A carriage return draws a line anew, so it ends one as a line feed does.
      const pieces = text.split(/[\r\n]/);
      const last = pieces.pop() ?? '';
      for (const piece of pieces) {
        take(rest + piece);
        rest = '';
      }
      rest = (rest + last).slice(0, LINE_MAX);
      return { progress, detail, lastLine: clean(rest) || shown };
    },
    knownError() {
      const last = findError(unfinished());
      // The rest of a line may say that it is no failure, or which: without it, what is general about it means nothing.
      const error = found ?? (last?.general === true ? undefined : last) ?? general;
      if (!error) return undefined;
      const { general: _, ...known } = error;
      return known;
    },
    tail: () => all().map(shortened).join('\n'),
  };
}

/** Without colours and control characters (half a colour, a bell, a zero byte): they spoil a window, and no pattern means them. */
function clean(raw: string): string {
  return stripVTControlCharacters(raw.slice(0, LINE_MAX))
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
}

interface Marker {
  /** Whether it tells its place by counting lines. */
  readonly counts: boolean;
  /** Where its part begins, 0…1. */
  readonly from: number;
  /** Whether it has begun to count and has not nearly reached its end: counts are estimates. */
  underWay(): boolean;
  /** `progress` is absent for a marker that only has something to show. */
  read(line: string): { progress: number | undefined; detail: string | undefined } | undefined;
}

function precedes(other: Marker, marker: Marker): boolean {
  return other.from < marker.from && other.underWay();
}

function createMarker({ match, detail, at, between, count, total }: RecipeJobStep['markers'][number]): Marker {
  const pattern = new RegExp(match);
  const announcement = total === undefined ? undefined : new RegExp(total);
  const [from, to] = between ?? [at ?? 0, at ?? 0];
  let expected = count;
  let seen = 0;
  return {
    counts: count !== undefined,
    from,
    underWay: () => expected !== undefined && seen > 0 && seen < expected * 0.9,
    read(line) {
      const announced = Number(announcement?.exec(line)?.[1] ?? 0);
      if (announced > 0) expected = announced;
      const hit = pattern.exec(line);
      if (!hit) return undefined;
      seen += 1;
      const shown = detail?.replaceAll(/\$(\d)/g, (_, group: string) => hit[Number(group)] ?? '');
      if (at === undefined && between === undefined) return { progress: undefined, detail: shown };
      const part = expected === undefined ? Number(hit[1]) / 100 : seen / expected;
      // A line may say more than 100 %, or something that is no number at all.
      const bounded = Number.isFinite(part) ? Math.min(1, Math.max(0, part)) : 0;
      return {
        progress: from + (to - from) * bounded,
        detail: shown,
      };
    },
  };
}
