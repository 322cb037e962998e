/** One JSON file of state: versioned by its schema, written atomically, set aside (never deleted) when it cannot be read. */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { z } from 'zod';
import { StackboxError } from '../../contract/errors';

/** Only the owner reads state: it holds keys and passwords. */
const PRIVATE_FILE = 0o600;
/** Folders of the store are the owner's alone, for the same reason. */
export const PRIVATE_FOLDER = 0o700;

/** What {@link readJson} found. `setAside` is the new path of a file that was there but could not be understood. */
export interface JsonReading<T> {
  readonly value: T | undefined;
  readonly setAside?: string;
}

/**
 * Reads and checks a file. A missing file is no error; a broken one is renamed so that nothing is lost.
 * @throws StackboxError `storage` when the file exists but cannot be read or set aside.
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<JsonReading<T>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return { value: undefined };
    throw storageError(`${path} could not be read.`, error);
  }
  const parsed = schema.safeParse(parseOrUndefined(text));
  if (parsed.success) return { value: parsed.data };
  return { value: undefined, setAside: await setAside(path) };
}

/**
 * Writes the value so that a crash leaves either the old or the new file.
 * @throws StackboxError `storage`
 */
export async function writeJson(path: string, value: unknown): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
    await writeFileAtomic(path, `${JSON.stringify(value, undefined, 2)}\n`, { mode: PRIVATE_FILE });
  } catch (error) {
    throw storageError(`${path} could not be written.`, error);
  }
}

/** Renames a file that cannot be understood. @returns its new path */
export async function setAside(path: string): Promise<string> {
  const aside = `${path}.unreadable-${new Date().toISOString().replaceAll(':', '-')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    throw storageError(`${path} is damaged and could not be set aside.`, error);
  }
  return aside;
}

/** Whether a file system call failed because there is nothing at that path. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** The same words for every failure of the store. */
export function storageError(message: string, cause: unknown): StackboxError {
  const detail = cause instanceof Error ? ` ${cause.message}` : '';
  return new StackboxError(
    'storage',
    message + detail,
    { hint: 'Check the free space and the rights of the data folder.' },
    { cause },
  );
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON at all: the schema refuses `undefined` just as it refuses the wrong shape.
    return undefined;
  }
}
