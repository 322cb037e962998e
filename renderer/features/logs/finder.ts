/** A place in a line: from the first character to behind the last. */
export interface Mark {
  readonly from: number;
  readonly to: number;
}

/** Finds what a person typed. Every line is looked at by itself. */
export interface Finder {
  /** @returns a place in the first line of `text` that matches, from the line that begins at `from` on; -1 without one */
  next(text: string, from: number): number;
  /** The places in one line, at most {@link MAX_MARKS} of them. */
  marks(line: string): readonly Mark[];
}

export type Pattern =
  | { readonly state: 'none' }
  /** `syntax`: it is no pattern; `lacking`: it has a part that the search does without; `long`: it is too costly. */
  | { readonly state: 'bad'; readonly why: 'syntax' | 'lacking' | 'long'; readonly reason: string }
  | { readonly state: 'good'; readonly finder: Finder };

/** More marks than this in one line help nobody. */
export const MAX_MARKS = 50;

/** Marks up to the first match of nothing: there is nothing to see in it. */
export function marksOf(matches: Iterable<RegExpMatchArray>): Mark[] {
  const marks: Mark[] = [];
  for (const { 0: found, index = 0 } of matches) {
    if (found === '' || marks.length === MAX_MARKS) break;
    marks.push({ from: index, to: index + found.length });
  }
  return marks;
}
