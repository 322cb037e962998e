/** Values of options, checked where they come in. */
import { InvalidArgumentError } from 'commander';

/** A TCP port; 0 is any free one. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 to 65535.');
}

/** A whole number above zero. */
export function positive(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number above zero.');
}

const MIB: Readonly<Record<string, number>> = { m: 1, mib: 1, g: 1024, gib: 1024, t: 1024 ** 2, tib: 1024 ** 2 };

/**
 * `4GiB`, `4096MiB`, `4g` or a bare number in `bare`. MB and GB mean different things to different people, so they are
 * refused.
 * @returns MiB
 */
function mebibytes(text: string, bare: 'MiB' | 'GiB'): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = MIB[(unit === '' ? bare : unit).toLowerCase()];
  const value = Math.ceil(Number(digits) * (factor ?? 0));
  if (digits === '' || factor === undefined || !Number.isSafeInteger(value) || value <= 0) {
    throw new InvalidArgumentError(`Write a size like 4GiB or 4096MiB; a number alone is ${bare}.`);
  }
  return value;
}

/** Memory in MiB. */
export function memorySize(text: string): number {
  return mebibytes(text, 'MiB');
}

/** Disk in GiB, rounded up. */
export function diskSize(text: string): number {
  return Math.ceil(mebibytes(text, 'GiB') / 1024);
}

/** `--option k=v`, repeatable. What the text stands for depends on the recipe, see `recipe-options.ts`. */
export function recipeOption(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write it as key=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
