/** Files that a command line names. `-` is standard input. */
import { readFile, stat } from 'node:fs/promises';
import { StackboxError } from '../../contract/errors';
import type { Io } from './io';
import { bytes } from './words';

/**
 * @param path of a file, or `-`
 * @param maxBytes more is refused, and a longer standard input not read to its end
 * @throws StackboxError `bad-input` for one that is too large, `not-found` for one that cannot be read
 */
export async function readInput(path: string, io: Io, maxBytes: number): Promise<Buffer> {
  if (path === '-') return readStream(io.stdin, maxBytes);
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw tooLarge(path, maxBytes);
    return await readFile(path);
  } catch (error) {
    if (error instanceof StackboxError) throw error;
    throw new StackboxError('not-found', `${path} could not be read.`, {}, { cause: error });
  }
}

async function readStream(stream: NodeJS.ReadableStream, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of stream) {
    const next = Buffer.from(piece);
    length += next.length;
    if (length > maxBytes) throw tooLarge('Standard input', maxBytes);
    pieces.push(next);
  }
  return Buffer.concat(pieces);
}

function tooLarge(what: string, maxBytes: number): StackboxError {
  return new StackboxError('bad-input', `${what} is larger than ${bytes(maxBytes)}.`);
}
