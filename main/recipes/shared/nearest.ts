/** A known word near one that was typed. */

/** @returns the word that differs in one or two letters, if there is exactly one that is nearest */
export function nearest(typed: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  // A short word is near to everything.
  let least = typed.length <= 4 ? 2 : 3;
  for (const word of known) {
    const far = distance(typed, word);
    if (far === least) best = undefined;
    if (far < least) [best, least] = [word, far];
  }
  return best;
}

/** Letters to put in, take away or change. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
