/**
 * A log that goes on in further files: `console.log`, `console.log.part1`, `console.log.part2` … Read one after the other they are
 * the log. It is for writers that can only begin a file anew and never append.
 */

/** Name of a part of the log at `path`; the first, 0, is the log itself. */
export function logPart(path: string, part: number): string {
  return part === 0 ? path : `${path}.part${part}`;
}

/** Name of the log that a file is a part of; a file that goes nowhere on is its own log. */
export function logOfPart(path: string): string {
  return path.replace(/\.part\d+$/, '');
}
