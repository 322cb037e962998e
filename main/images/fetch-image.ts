/** From an entry of the catalogue to a verified file in the cache. */
import { basename } from 'node:path';
import { StackboxError } from '../contract/errors';
import type { CachedImage, ImageCache } from './cache';
import type { CatalogueEntry } from './catalogue';
import { findChecksum, type Checksum } from './checksums';
import { download, removePart } from './download';
import { asVerification, inspectImage, type ImageFacts } from './inspect';
import { retrying } from './retry';
import type { Source } from './source';

export interface FetchOptions {
  readonly entry: CatalogueEntry;
  readonly cache: ImageCache;
  readonly source: Source;
  readonly signal: AbortSignal;
  readonly say: (state: 'downloading' | 'verifying', progress: number | undefined, detail: string) => void;
  readonly pauseMs: number;
  readonly spareBytes: number;
}

const MIB = 1024 * 1024;
/** A list of checksums has some kilobytes; more is something else. */
const LIST_MAX = MIB;

/** @throws StackboxError; the signal's reason when cancelled */
export async function fetchImage(options: FetchOptions): Promise<CachedImage> {
  const { entry, cache, say, signal } = options;
  signal.throwIfAborted();
  say('downloading', undefined, 'Asking for the checksum');
  const { checksum, part } = await loadVerified(options);
  say('verifying', undefined, 'Looking into the image');
  const image: CachedImage = {
    version: 1,
    id: entry.id,
    title: entry.title,
    os: entry.os,
    release: entry.release,
    user: entry.user,
    url: entry.url,
    algorithm: checksum.algorithm,
    hash: checksum.hex,
    ...(await inspectPart(part)),
    imported: false,
  };
  signal.throwIfAborted();
  await cache.add(image, part);
  await removePart(part);
  return image;
}

/** A wrong checksum may mean that the vendor published a new build in between: then once more, with the new one. */
async function loadVerified(options: FetchOptions): Promise<{ checksum: Checksum; part: string }> {
  const first = await expectedChecksum(options);
  try {
    return await load(options, first);
  } catch (error) {
    if (!(error instanceof StackboxError) || error.code !== 'verification') throw error;
    const second = await expectedChecksum(options);
    if (second.hex === first.hex) throw error;
    return load(options, second);
  }
}

async function load(options: FetchOptions, checksum: Checksum): Promise<{ checksum: Checksum; part: string }> {
  const { entry, cache, source, signal, say, pauseMs, spareBytes } = options;
  const part = cache.partOf(entry.id, checksum);
  let said = -1;
  await download({
    url: entry.url,
    part,
    expected: checksum,
    source,
    signal,
    pauseMs,
    spareBytes,
    onBytes(received, total) {
      // A word for each MiB or percent is enough, whichever comes first.
      const step = Math.floor(received / Math.min(MIB, (total ?? Infinity) / 100));
      if (step === said) return;
      said = step;
      const detail = total === undefined ? inMiB(received) : `${Math.floor(received / MIB)} of ${inMiB(total)}`;
      say('downloading', total ? received / total : undefined, detail);
    },
  });
  return { checksum, part };
}

async function expectedChecksum({ entry, source, signal, pauseMs }: FetchOptions): Promise<Checksum> {
  const { checksum } = entry;
  if ('sha256' in checksum) return { algorithm: 'sha256', hex: checksum.sha256 };
  if ('sha512' in checksum) return { algorithm: 'sha512', hex: checksum.sha512 };
  const { url } = checksum;
  const reached = (): Promise<number> => Promise.resolve(0);
  const list = await retrying(() => source.text(url, LIST_MAX, signal), { signal, pauseMs, reached });
  return findChecksum(list, nameOf(entry.url), nameOf(url));
}

async function inspectPart(part: string): Promise<ImageFacts> {
  try {
    return await inspectImage(part);
  } catch (error) {
    await removePart(part);
    throw asVerification(error);
  }
}

function nameOf(url: string): string {
  return decodeURIComponent(basename(new URL(url).pathname));
}

function inMiB(bytes: number): string {
  return `${Math.ceil(bytes / MIB)} MiB`;
}
