/** Reading parts of an image file, with one kind of failure. */
import type { FileHandle } from 'node:fs/promises';
import { StackboxError } from '../contract/errors';

export interface Reader {
  /** Length of the file in bytes. */
  readonly size: number;
  /** @throws StackboxError `bad-input` when the file ends before */
  read(offset: number, length: number): Promise<Buffer>;
}

export function fileReader(handle: FileHandle, size: number): Reader {
  return {
    size,
    async read(offset, length) {
      if (!Number.isSafeInteger(offset) || offset + length > size) throw badImage(CUT_OFF);
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await handle.read(buffer, 0, length, offset);
      if (bytesRead < length) throw badImage(CUT_OFF);
      return buffer;
    },
  };
}

export const CUT_OFF = 'The image is cut off: its header points behind its end.';

export function badImage(message: string, hint?: string): StackboxError {
  return new StackboxError('bad-input', message, hint === undefined ? {} : { hint });
}
