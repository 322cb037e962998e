/**
 * An append-only file of JSON lines. `append` returns only after fdatasync, so a record that was acknowledged survives
 * `kill -9` and a power cut; a line torn by a crash is cut off at the next start.
 */
import { copyFile, open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import type { z } from 'zod';
import { isMissing, storageError } from './atomic-json';

export interface JournalReading<T> {
  readonly records: readonly T[];
  /** Copy of the file as it was, if a part of it could not be understood. */
  readonly copy?: string;
}

/**
 * Reads all records. A last line without its line break was torn by a crash and never acknowledged: it is cut off.
 * Anything else that does not fit the schema is taken out, after the whole file was copied.
 * @throws StackboxError `storage`
 */
export async function readJournal<T>(path: string, schema: z.ZodType<T>): Promise<JournalReading<T>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (isMissing(error)) return { records: [] };
    throw storageError(`${path} could not be read.`, error);
  }
  const whole = bytes.lastIndexOf('\n') + 1;
  const sound: string[] = [];
  const records: T[] = [];
  let damaged = !isTorn(bytes.subarray(whole));
  for (const line of bytes.subarray(0, whole).toString('utf8').split('\n')) {
    if (line === '') continue;
    const record = parseLine(line, schema);
    if (record === undefined) damaged = true;
    else {
      records.push(record);
      sound.push(`${line}\n`);
    }
  }
  try {
    if (!damaged) {
      if (whole < bytes.length) await truncate(path, whole);
      return { records };
    }
    const copy = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`;
    await copyFile(path, copy);
    // What was bad is in the copy; left here, it would be found and copied anew at each start.
    await writeFileAtomic(path, sound.join(''), { mode: 0o600 });
    return { records, copy };
  } catch (error) {
    throw storageError(`${path} is damaged and could not be mended.`, error);
  }
}

/** Whether the end of a file can be the beginning of a record: half of a line of ours, or nothing. */
function isTorn(end: Buffer): boolean {
  return '{"'.startsWith(end.subarray(0, 2).toString('latin1'));
}

function parseLine<T>(line: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    // The caller counts it as damaged and keeps a copy of the file.
    return undefined;
  }
}

/** Writes records of one journal, one after the other. */
export class JournalWriter<T> {
  private readonly path: string;
  private handle: FileHandle | undefined;
  private tail: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Appends records as one write and waits until they are on the disk.
   * @throws StackboxError `storage`
   */
  append(...records: readonly T[]): Promise<void> {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const done = this.tail.then(() => this.write(text));
    // The next append must not fail because this one did; whoever called this one is told.
    this.tail = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    await this.tail;
    await this.handle?.close();
    this.handle = undefined;
  }

  private async write(text: string): Promise<void> {
    try {
      this.handle ??= await open(this.path, 'a', 0o600);
      await this.handle.appendFile(text);
      await this.handle.datasync();
    } catch (error) {
      throw storageError(`${this.path} could not be written.`, error);
    }
  }
}
