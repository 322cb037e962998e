/** Takes a person's own disk image into the cache. */
import { createHash, randomBytes } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, open, rm, statfs, type FileHandle } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { StackboxError } from '../contract/errors';
import type { Image } from '../contract/models';
import type { CachedImage, ImageCache } from './cache';
import { inspectImage } from './inspect';
import type { WaitOptions } from './shared-work';

/** What a person says about the file. */
export interface ImportInput {
  /** Absolute path on the computer that the core runs on. */
  readonly path: string;
  readonly title: string;
  readonly os: Image['os'];
  readonly user: string;
}

const MIB = 1024 * 1024;

/**
 * Copies the file (by reference where the file system can), checks it and gives it an identifier of its own.
 * @throws StackboxError `bad-input` for what is no file or no image, `conflict` when it is in the cache already,
 *   `no-room`; the signal's reason when cancelled
 */
export async function importImage(
  input: ImportInput,
  cache: ImageCache,
  spareBytes: number,
  { signal, onProgress }: WaitOptions,
): Promise<CachedImage> {
  const id = identifierFor(input.title);
  const copy = join(cache.folder, `${id}.importing`);
  const source = await openPlainFile(input.path);
  try {
    // Before gigabytes are copied; once more afterwards, for what was copied is what counts.
    await inspectImage(input.path);
    const bytes = (await source.stat()).size;
    await copyOver(source, input.path, copy, bytes, cache.folder, spareBytes);
    const facts = await inspectImage(copy);
    const hash = await hashOf(copy, bytes, { signal, onProgress });
    const twin = cache.list().find((image) => image.hash === hash);
    if (twin) throw new StackboxError('conflict', `This image is in the cache already, as "${twin.title}".`);
    const image: CachedImage = {
      version: 1,
      id,
      title: input.title,
      os: input.os,
      release: '',
      user: input.user,
      algorithm: 'sha256',
      hash,
      ...facts,
      imported: true,
    };
    signal?.throwIfAborted();
    await cache.add(image, copy);
    return image;
  } finally {
    await source.close();
    await rm(copy, { force: true });
  }

  async function copyOver(
    from: FileHandle,
    path: string,
    to: string,
    bytes: number,
    folder: string,
    spare: number,
  ): Promise<void> {
    try {
      await copyFile(path, to, constants.COPYFILE_FICLONE_FORCE);
      return;
    } catch {
      // No copy by reference on this file system, or across two: copy the bytes.
    }
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < bytes + spare) {
      throw new StackboxError(
        'no-room',
        `The copy needs ${Math.ceil((bytes + spare) / MIB)} MiB on the disk of ${folder}, and ${Math.floor((bavail * bsize) / MIB)} MiB are free.`,
        { hint: 'Delete images or files that nobody uses.' },
      );
    }
    const target = await open(to, 'w', 0o600);
    try {
      let copied = 0;
      for await (const chunk of from.createReadStream({ start: 0, autoClose: false, highWaterMark: MIB })) {
        signal?.throwIfAborted();
        // Without an encoding a file stream gives bytes.
        const data = chunk as Buffer;
        await target.writeFile(data);
        copied += data.length;
        onProgress?.((copied / bytes) * 0.7, 'Copying');
      }
      await target.sync();
    } finally {
      await target.close();
    }
  }
}

/** Reading is the last third of the bar. */
async function hashOf(path: string, bytes: number, { signal, onProgress }: WaitOptions): Promise<string> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: MIB })) {
    signal?.throwIfAborted();
    const data = chunk as Buffer;
    hash.update(data);
    read += data.length;
    onProgress?.(0.7 + (read / bytes) * 0.3, 'Checking');
  }
  return hash.digest('hex');
}

/** A link could point at another file by the time it is copied; a device or pipe might never end. */
async function openPlainFile(path: string): Promise<FileHandle> {
  const bad = (message: string, cause?: unknown): StackboxError =>
    new StackboxError('bad-input', message, { field: 'path' }, { cause });
  if (!isAbsolute(path) || path.includes('\0')) throw bad('Give the full path of the image file.');
  let file: FileHandle;
  try {
    // Without O_NONBLOCK the opening of a pipe would wait for ever. Windows has neither flag, and no such links.
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ELOOP') throw bad(`${path} is a link. Give the path of the file itself.`, error);
    if (code === 'ENOENT') throw bad(`There is no file ${path}.`, error);
    throw bad(`${path} could not be opened: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const info = await file.stat();
  if (info.isFile()) return file;
  await file.close();
  throw bad(`${path} is ${info.isDirectory() ? 'a folder' : 'a device'}, not a file.`);
}

function identifierFor(title: string): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return ['own', words, randomBytes(3).toString('hex')].filter((part) => part !== '').join('-');
}
