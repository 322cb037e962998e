/** Checksum files of image vendors. */
import { StackboxError } from '../contract/errors';

export interface Checksum {
  readonly algorithm: 'sha256' | 'sha512';
  /** Lower-case hexadecimal digits. */
  readonly hex: string;
}

/** `SHA256 (name) = hex`, as CentOS and Rocky write it. */
const BSD_LINE = /^SHA(?:256|512) \((.+)\) = ([0-9a-fA-F]+)$/;
/** `hex *name` or `hex  name`, as Ubuntu and Debian write it. */
const GNU_LINE = /^([0-9a-fA-F]+) [ *](.+)$/;
const ALGORITHM_BY_DIGITS: Readonly<Record<number, Checksum['algorithm']>> = { 64: 'sha256', 128: 'sha512' };

/**
 * Finds the checksum of a file by its exact name; a shared list names many builds. A list that belongs to one image
 * (`image.qcow2.CHECKSUM`) and has one line may name the dated build that "latest" stands for.
 * @param listName file name of the list
 * @throws StackboxError `verification` when the list does not name the file
 */
export function findChecksum(list: string, fileName: string, listName: string): Checksum {
  const entries = list.split(/\r?\n/).flatMap(parseLine);
  const exact = entries.find(({ name }) => name === fileName);
  if (exact) return exact.checksum;
  const [only] = entries;
  if (only && entries.length === 1 && listName.startsWith(`${fileName}.`)) return only.checksum;
  throw new StackboxError('verification', `The checksum list ${listName} does not name ${fileName}.`, {
    hint: 'The vendor may be publishing a new build just now. Try again later, or use a mirror.',
  });
}

function parseLine(line: string): { name: string; checksum: Checksum }[] {
  const bsd = BSD_LINE.exec(line.trim());
  const gnu = GNU_LINE.exec(line.trim());
  const name = bsd?.[1] ?? gnu?.[2];
  const hex = (bsd?.[2] ?? gnu?.[1])?.toLowerCase();
  const algorithm = ALGORITHM_BY_DIGITS[hex?.length ?? 0];
  // Comments, blank lines, signatures and checksums of other lengths (MD5) are not for us.
  return name === undefined || hex === undefined || !algorithm ? [] : [{ name, checksum: { algorithm, hex } }];
}
