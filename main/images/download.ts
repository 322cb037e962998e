/** Downloads one file to a `.part` beside the cache and checks it. What was loaded is kept and gone on with later. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { StackboxError } from '../contract/errors';
import { isMissing, readJson, writeJson } from '../core/store/atomic-json';
import type { Checksum } from './checksums';
import { Retryable, retrying } from './retry';
import type { Opened, Source } from './source';

export interface DownloadOptions {
  readonly url: string;
  /** Path of the `.part` file; its name should hold the expected checksum. */
  readonly part: string;
  readonly expected: Checksum;
  readonly source: Source;
  readonly signal: AbortSignal;
  /** Bytes so far, and in all if known. Called often. */
  readonly onBytes: (received: number, total: number | undefined) => void;
  /** First pause in ms before another try. */
  readonly pauseMs: number;
  /** Bytes that must stay free on the disk. */
  readonly spareBytes: number;
}

const validatorsSchema = z.object({ etag: z.string().optional(), lastModified: z.string().optional() });

const MIB = 1024 * 1024;

/**
 * Loads until `part` is complete and its checksum is right.
 * @throws StackboxError `network`, `no-room`, `verification` or `storage`; the signal's reason when cancelled
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { part, signal, pauseMs } = options;
  await retrying(() => attempt(options), { signal, pauseMs, reached: () => sizeOf(part) });
}

/** Removes a part with what belongs to it. @returns bytes freed */
export async function removePart(part: string): Promise<number> {
  const size = await sizeOf(part);
  await Promise.all([rm(part, { force: true }), rm(validatorsOf(part), { force: true })]);
  return size;
}

function validatorsOf(part: string): string {
  return `${part}.validators`;
}

async function attempt(options: DownloadOptions): Promise<void> {
  const ended = new AbortController();
  try {
    await load(options, AbortSignal.any([options.signal, ended.signal]));
  } finally {
    // Lets go of a connection whose body nobody read to its end.
    ended.abort();
  }
}

async function load(options: DownloadOptions, signal: AbortSignal): Promise<void> {
  const { url, part, source } = options;
  const present = await sizeOf(part);
  const { value: validators = {} } = await readJson(validatorsOf(part), validatorsSchema);
  const opened = await source.open(url, present, validators, signal);
  const hash = createHash(options.expected.algorithm);
  if (opened === 'beyond-end') {
    // Everything is here already: the app was ended between the last byte and the check.
    await feed(hash, part, signal);
    return check(hash, options, true);
  }
  await refuseWithoutRoom(options, opened);
  if (opened.offset > 0) await feed(hash, part, signal);
  else await writeJson(validatorsOf(part), opened.validators);
  await append(hash, options, opened);
  await check(hash, options, opened.offset > 0);
}

async function append(hash: Hash, { part, onBytes, url }: DownloadOptions, opened: Opened): Promise<void> {
  const file = await open(part, opened.offset > 0 ? 'a' : 'w', 0o600);
  let received = opened.offset;
  try {
    onBytes(received, opened.total);
    for await (const chunk of opened.body) {
      hash.update(chunk);
      await file.writeFile(chunk);
      received += chunk.length;
      onBytes(received, opened.total);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (opened.total !== undefined && received < opened.total) {
    throw new Retryable(new StackboxError('network', `${url} ended before all of it was sent.`));
  }
}

async function check(hash: Hash, { part, expected, url }: DownloadOptions, resumed: boolean): Promise<void> {
  if (hash.digest('hex') === expected.hex) return;
  await removePart(part);
  const error = new StackboxError(
    'verification',
    `What ${new URL(url).host || 'the file'} sent is not the image: its checksum is wrong.`,
    {
      hint: 'The transfer was damaged, or the vendor is publishing a new build just now. Try again, or use a mirror.',
    },
  );
  // Parts of two builds may have been put together: once more from the start.
  throw resumed ? new Retryable(error) : error;
}

async function feed(hash: Hash, path: string, signal: AbortSignal): Promise<void> {
  for await (const chunk of createReadStream(path, { signal, highWaterMark: MIB })) {
    // Without an encoding a file stream gives bytes.
    hash.update(chunk as Buffer);
  }
}

async function refuseWithoutRoom({ part, spareBytes }: DownloadOptions, { total, offset }: Opened): Promise<void> {
  if (total === undefined) return;
  const folder = dirname(part);
  const { bavail, bsize } = await statfs(folder);
  // A part that is started over frees what it had.
  const free = bavail * bsize + (offset === 0 ? await sizeOf(part) : 0);
  const needed = total - offset + spareBytes;
  if (free >= needed) return;
  const inMiB = (bytes: number): string => `${Math.ceil(bytes / MIB)} MiB`;
  throw new StackboxError(
    'no-room',
    `The image needs ${inMiB(needed)} on the disk of ${folder}, and ${inMiB(free)} are free.`,
    { hint: 'Delete images or files that nobody uses.' },
  );
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
