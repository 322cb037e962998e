/**
 * A person's edits of a configuration file that is generated. They are kept as what was changed, not as a text, so that a
 * form that changes makes a new text and the edits are put into it again. Pure, without schemas: the window uses it, too.
 */

/** One place that was changed. All lines are without their line breaks. */
export interface ConfigEdit {
  /** Where it was in the generated text, from 1; tells places apart that look the same. */
  readonly line: number;
  /** Generated lines above the place, at most {@link CONTEXT}; none at the beginning of the file. */
  readonly before: readonly string[];
  /** Generated lines that go. */
  readonly remove: readonly string[];
  /** Lines that come in their place. */
  readonly add: readonly string[];
  /** Generated lines below the place; none at the end of the file. */
  readonly after: readonly string[];
}

/** An edit whose place the generated text no longer has: the form now says something else there. */
export interface ConfigConflict {
  readonly edit: ConfigEdit;
  /** What the generated text has there now; empty when it has nothing like it. */
  readonly now: readonly string[];
  /** Line (from 1) of `now`, or of the place where the edit's lines would go. */
  readonly line: number;
}

export interface AppliedEdits {
  /** The generated text with every edit that has its place. */
  readonly text: string;
  readonly conflicts: readonly ConfigConflict[];
  /** Edits that change nothing at present: what they take away is not there. They count again when it comes back. */
  readonly idle: readonly ConfigEdit[];
}

/** Lines of context on each side, as `diff -u` has them. */
const CONTEXT = 3;

/** Above this product of lines (a fraction of a second's work) a change counts as one large edit. */
const DIFF_CELLS = 4_000_000;

/** What has to be done to the generated text to get the edited one. */
export function diffConfig(generated: string, edited: string): ConfigEdit[] {
  const old = linesOf(generated);
  return changes(old, linesOf(edited)).map(({ start, end, add }) => editAt(old, start, end, add));
}

/** Puts edits into a generated text, which may be another than the one that they were made in. */
export function applyEdits(generated: string, edits: readonly ConfigEdit[]): AppliedEdits {
  const lines = linesOf(generated);
  const placed: Placed[] = [];
  const conflicts: ConfigConflict[] = [];
  const idle: ConfigEdit[] = [];
  for (const edit of edits) {
    const start = placeOf(edit, lines);
    if (start !== undefined && !placed.some((other) => overlap(other, start, edit))) placed.push({ start, edit });
    else if (edit.add.length === 0 && isGone(edit, lines)) idle.push(edit);
    else conflicts.push(conflictOf(edit, lines));
  }
  return { text: put(lines, placed), conflicts, idle };
}

/**
 * The text when nobody can be asked any more: of a conflict the person's lines win. Those that have no place come last,
 * which is where assignments win.
 */
export function settleEdits(generated: string, edits: readonly ConfigEdit[]): string {
  let settled = edits;
  for (const { edit } of applyEdits(generated, edits).conflicts) settled = keepMine(generated, settled, edit);
  return applyEdits(generated, settled).text;
}

/** The edits, with the conflict of one of them settled so that the person's lines stand in the place of what is there now. */
export function keepMine(generated: string, edits: readonly ConfigEdit[], edit: ConfigEdit): ConfigEdit[] {
  const lines = linesOf(generated);
  const { now, line } = conflictOf(edit, lines);
  const rest = edits.filter((one) => one !== edit);
  const moved = editAt(lines, line - 1, line - 1 + now.length, edit.add);
  const fits = applyEdits(generated, [...rest, moved]).conflicts.every((conflict) => conflict.edit !== moved);
  // Another edit has taken that place: then these lines come last.
  return [...rest, fits ? moved : editAt(lines, lines.length, lines.length, edit.add)];
}

/** Line breaks of Windows become those of Unix, and the mark that some editors put first goes. */
export function plainLines(text: string): string {
  return text.replace(/^\u{FEFF}/u, '').replace(/\r\n?/g, '\n');
}

/**
 * The edits in an option of a plan, as far as there are any. A text stands for lines of the person's own at the end of the
 * file. What else is wrong with the value is said by the core.
 */
export function editsIn(value: unknown): ConfigEdit[] {
  if (typeof value === 'string') {
    const plain = plainLines(value).trimEnd();
    return plain === '' ? [] : [{ line: 1, before: [], remove: [], add: plain.split('\n'), after: [] }];
  }
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown): ConfigEdit[] => {
    if (typeof one !== 'object' || one === null) return [];
    const { line, before, remove, add, after } = one as Readonly<Record<string, unknown>>;
    const [above, gone, come, below] = [before, remove, add, after].map(texts);
    return [
      {
        line: typeof line === 'number' ? line : 1,
        before: above ?? [],
        remove: gone ?? [],
        add: come ?? [],
        after: below ?? [],
      },
    ];
  });
}

/** Edits as they stand in a plan. */
export function editsValue(edits: readonly ConfigEdit[]): Record<keyof ConfigEdit, number | string[]>[] {
  return edits.map(({ line, before, remove, add, after }) => ({
    line,
    before: [...before],
    remove: [...remove],
    add: [...add],
    after: [...after],
  }));
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function linesOf(text: string): string[] {
  const plain = plainLines(text);
  return plain === '' ? [] : plain.replace(/\n$/, '').split('\n');
}

interface Placed {
  readonly start: number;
  readonly edit: ConfigEdit;
}

function put(lines: readonly string[], placed: readonly Placed[]): string {
  const result: string[] = [];
  let next = 0;
  // Sorting is stable: what goes to the same place stays in the order of the edits.
  for (const { start, edit } of [...placed].sort((a, b) => a.start - b.start)) {
    result.push(...lines.slice(next, start), ...edit.add);
    next = start + edit.remove.length;
  }
  result.push(...lines.slice(next));
  return result.map((line) => `${line}\n`).join('');
}

/** Lines that are taken away cannot be taken away twice, and nothing can be put into their middle. */
function overlap(other: Placed, start: number, edit: ConfigEdit): boolean {
  const end = start + edit.remove.length;
  const otherEnd = other.start + other.edit.remove.length;
  return start < otherEnd && other.start < end;
}

/** Index of the edit's place in the lines, or `undefined` if it has none. */
function placeOf(edit: ConfigEdit, lines: readonly string[]): number | undefined {
  const { before, remove, after } = edit;
  if (remove.length === 0) {
    // What was written at the end belongs there, whatever the generated text ends with by now.
    if (after.length === 0) return lines.length;
    if (before.length === 0) return 0;
  }
  const candidates = range(lines.length - remove.length + 1)
    .filter((start) => remove.every((line, index) => lines[start + index] === line))
    .map((start) => ({ start, ...likeness(edit, lines, start), far: Math.abs(start + 1 - edit.line) }));
  const [best] = candidates.sort((a, b) => b.score - a.score || a.far - b.far);
  const only = candidates.length === 1 && remove.some((line) => line.trim() !== '');
  if (best && (only || best.sure)) return best.start;
  return remove.length === 0 ? nearKnownLine(edit, lines) : undefined;
}

/** How much of the context is there, and whether that says anything: an empty line alone does not. */
function likeness(
  { before, remove, after }: ConfigEdit,
  lines: readonly string[],
  start: number,
): { score: number; sure: boolean } {
  const above = sameFrom(before.toReversed(), (offset) => lines[start - 1 - offset]);
  const below = sameFrom(after, (offset) => lines[start + remove.length + offset]);
  const all = above.length + below.length === before.length + after.length;
  return { score: above.length + below.length, sure: all || [...above, ...below].some((line) => line.trim() !== '') };
}

function sameFrom(wanted: readonly string[], at: (offset: number) => string | undefined): string[] {
  const end = wanted.findIndex((line, offset) => at(offset) !== line);
  return wanted.slice(0, end < 0 ? wanted.length : end);
}

/** For lines that come in: beside the nearest line of their context that is still there, once. */
function nearKnownLine({ before, after }: ConfigEdit, lines: readonly string[]): number | undefined {
  const above = before.map((line) => indexOfOnly(lines, line)).findLast((index) => index !== undefined);
  if (above !== undefined) return above + 1;
  const below = after.map((line) => indexOfOnly(lines, line)).find((index) => index !== undefined);
  // Nothing of what was around is left: they are not in anybody's way at the end.
  return below ?? lines.length;
}

/** Whether nothing of what the edit takes away is there, not even with another value. */
function isGone({ remove }: ConfigEdit, lines: readonly string[]): boolean {
  const names = new Set(lines.flatMap((line) => nameIn(line) ?? []));
  return remove.every((line) => line.trim() === '' || (!lines.includes(line) && !names.has(nameIn(line) ?? '')));
}

function conflictOf(edit: ConfigEdit, lines: readonly string[]): ConfigConflict {
  const { before, remove, after } = edit;
  const names = remove.flatMap((line) => nameIn(line) ?? []);
  const [name] = names;
  if (names.length === 1 && name !== undefined) {
    const assigned = lines.flatMap((line, index) => (nameIn(line) === name ? [index] : []));
    const [index] = assigned;
    if (index !== undefined && assigned.length === 1) {
      return { edit, now: lines.slice(index, index + 1), line: index + 1 };
    }
  }
  const above = before.map((line) => indexOfOnly(lines, line)).findLast((index) => index !== undefined);
  const below = after.map((line) => indexOfOnly(lines, line)).find((index) => index !== undefined);
  // What lies between the lines around it is what the place has become, if it is not much more than it was.
  if (above !== undefined && below !== undefined && below > above && below - above - 1 <= remove.length + CONTEXT) {
    return { edit, now: lines.slice(above + 1, below), line: above + 2 };
  }
  return { edit, now: [], line: lines.length + 1 };
}

/** The variable that a line sets. */
function nameIn(line: string): string | undefined {
  return /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=/.exec(line)?.[1];
}

function indexOfOnly(lines: readonly string[], line: string): number | undefined {
  if (line.trim() === '') return undefined;
  const index = lines.indexOf(line);
  return index >= 0 && index === lines.lastIndexOf(line) ? index : undefined;
}

function editAt(lines: readonly string[], start: number, end: number, add: readonly string[]): ConfigEdit {
  return {
    line: start + 1,
    before: lines.slice(Math.max(0, start - CONTEXT), start),
    remove: lines.slice(start, end),
    add,
    after: lines.slice(end, end + CONTEXT),
  };
}

interface Change {
  readonly start: number;
  readonly end: number;
  readonly add: readonly string[];
}

/** The changed places, found by the longest common subsequence of what lies between the common beginning and end. */
function changes(old: readonly string[], edited: readonly string[]): Change[] {
  const shorter = Math.min(old.length, edited.length);
  let head = 0;
  while (head < shorter && old[head] === edited[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === edited.at(-1 - tail)) tail++;
  const from = old.slice(head, old.length - tail);
  const to = edited.slice(head, edited.length - tail);
  if (from.length === 0 && to.length === 0) return [];
  if (from.length * to.length > DIFF_CELLS) return [{ start: head, end: head + from.length, add: to }];

  const width = to.length + 1;
  const common = new Uint32Array((from.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = from.length - 1; i >= 0; i--) {
    for (let j = to.length - 1; j >= 0; j--) {
      common[i * width + j] = from[i] === to[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const found: Change[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const [startI, startJ] = [i, j];
    while ((i < from.length || j < to.length) && !(i < from.length && j < to.length && from[i] === to[j])) {
      if (j < to.length && (i >= from.length || at(i, j + 1) >= at(i + 1, j))) j++;
      else i++;
    }
    if (i > startI || j > startJ) found.push({ start: head + startI, end: head + i, add: to.slice(startJ, j) });
    while (i < from.length && j < to.length && from[i] === to[j]) {
      i++;
      j++;
    }
  }
  return found;
}

function range(length: number): number[] {
  return Array.from({ length: Math.max(0, length) }, (_, index) => index);
}
