import type { JournalEntry } from '../../../main/contract/cloud-services';

/** Longer names are cut, so that the lines themselves have room. */
const MAX_WIDTH = 26;

/** Width of the column of names, in characters. */
export function nameWidth(names: readonly string[]): number {
  return Math.min(MAX_WIDTH, Math.max(0, ...names.map((name) => name.length)));
}

/** An entry as lines of a log: each with its time and its service, so that none of several is an orphan. */
export function linesOf({ time, service, text }: JournalEntry, width: number): string {
  const name = service.length > width ? `${service.slice(0, Math.max(0, width - 1))}…` : service.padEnd(width);
  const head = `${clock(time)}  ${name}  `;
  return text
    .replace(/[\r\n]+$/, '')
    .split('\n')
    .map((line) => `${head}${line}\n`)
    .join('');
}

/** `11-21 17:12:03.123`, by the clock of this computer's zone. */
function clock(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${parts}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
