/**
 * The cache of verified images: `<id>-<12 digits of the hash>.<format>`, read-only, each with an `<id>.json` that says what
 * it is. A file name is always made from checked parts, never taken from outside.
 */
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { imageSchema } from '../contract/models';
import { isMissing, readJson, storageError, writeJson } from '../core/store/atomic-json';
import type { ImageFile } from '../hypervisors/driver';
import type { Checksum } from './checksums';
import { removePart } from './download';

const cachedSchema = z.object({
  version: z.literal(1),
  id: imageSchema.shape.id.regex(/^[a-z0-9][a-z0-9.-]{0,79}$/),
  title: z.string(),
  os: imageSchema.shape.os,
  release: z.string(),
  user: z.string(),
  url: z.string().optional(),
  algorithm: z.enum(['sha256', 'sha512']),
  hash: z.string().regex(/^[0-9a-f]{64,128}$/),
  format: z.enum(['qcow2', 'raw', 'vmdk', 'vdi']),
  virtualBytes: z.number().positive(),
  /** Length of the file in bytes. */
  bytes: z.number().positive(),
  imported: z.boolean(),
});
export type CachedImage = z.infer<typeof cachedSchema>;

const READ_ONLY = 0o444;
const HASH_DIGITS = 12;
/** Ours while something is being made: an import, and write-file-atomic's `name.json.<number>`. */
const STALE = /(?:\.importing|\.json\.\d+)$/;

export interface ImageCache {
  readonly folder: string;
  /** Everything that was there at the last look. */
  list(): readonly CachedImage[];
  /** Looks whether the file is really there, whole. */
  find(id: string): Promise<CachedImage | undefined>;
  fileOf(image: CachedImage): ImageFile;
  partOf(id: string, checksum: Checksum): string;
  /** Takes a finished file in by renaming it. */
  add(image: CachedImage, from: string): Promise<void>;
  /** Removes the image and every part of it. @returns bytes freed */
  remove(id: string): Promise<number>;
}

/**
 * Reads what is there and sweeps what a crash left behind.
 * @throws StackboxError `storage`
 */
export async function openCache(folder: string): Promise<ImageCache> {
  const images = new Map<string, CachedImage>();
  for (const image of await readFolder(folder)) images.set(image.id, image);

  const pathOf = ({ id, hash, format }: CachedImage): string =>
    join(folder, `${id}-${hash.slice(0, HASH_DIGITS)}.${format}`);

  const cache: ImageCache = {
    folder,
    list: () => [...images.values()],
    async find(id) {
      const image = images.get(id);
      if (!image || (await lengthOf(pathOf(image))) === image.bytes) return image;
      // Removed or changed by hand: it is no longer the file that was verified.
      images.delete(id);
      return undefined;
    },
    fileOf: (image) => ({
      id: `${image.id}-${image.hash.slice(0, HASH_DIGITS)}`,
      path: pathOf(image),
      format: image.format,
      virtualBytes: image.virtualBytes,
    }),
    partOf: (id, { hex }) => join(folder, `${id}-${hex.slice(0, HASH_DIGITS)}.part`),
    async add(image, from) {
      await writeJson(join(folder, `${image.id}.json`), image);
      try {
        await chmod(from, READ_ONLY);
        await rename(from, pathOf(image));
      } catch (error) {
        throw storageError(`${image.title} could not be put into the cache.`, error);
      }
      images.set(image.id, image);
    },
    async remove(id) {
      const image = images.get(id);
      const freed = image ? ((await lengthOf(pathOf(image))) ?? 0) : 0;
      try {
        if (image) await rm(pathOf(image), { force: true });
        await rm(join(folder, `${id}.json`), { force: true });
      } catch (error) {
        throw storageError(`${image?.title ?? id} could not be deleted.`, error);
      }
      images.delete(id);
      return freed + (await removeParts(folder, id));
    },
  };
  for (const { id } of images.values()) await cache.find(id);
  return cache;
}

async function readFolder(folder: string): Promise<CachedImage[]> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const names = await readdir(folder);
    const stale = names.filter((name) => STALE.test(name));
    await Promise.all(stale.map((name) => rm(join(folder, name), { force: true })));
    const documents = names.filter((name) => name.endsWith('.json'));
    const readings = await Promise.all(documents.map((name) => readJson(join(folder, name), cachedSchema)));
    // A document under a foreign name is not ours to believe; one that could not be read was set aside by `readJson`.
    return readings.flatMap(({ value }, index) => (value && documents[index] === `${value.id}.json` ? [value] : []));
  } catch (error) {
    throw storageError(`The image folder ${folder} could not be read.`, error);
  }
}

async function removeParts(folder: string, id: string): Promise<number> {
  const parts = (await readdir(folder)).filter((name) => {
    // `debian-12-<hash>.part` is a part of `debian-12`, not of `debian`.
    const rest = name.startsWith(`${id}-`) ? name.slice(id.length + 1) : '';
    return /^[0-9a-f]{12}\.part$/.test(rest);
  });
  const freed = await Promise.all(parts.map((name) => removePart(join(folder, name))));
  return freed.reduce((sum, bytes) => sum + bytes, 0);
}

async function lengthOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw storageError(`${path} could not be looked at.`, error);
  }
}
