/** The catalogue of cloud images: ours, and a lab's own on top of it. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { StackboxError } from '../contract/errors';
import { imageSchema } from '../contract/models';
import builtIn from './catalogue.yaml?raw';

/** An address without a user name: fetch refuses those, and they would end up in logs. */
const addressSchema = z
  .url({ protocol: /^(?:https?|file)$/, error: 'An address that starts with https://, http:// or file:' })
  .refine((text) => URL.canParse(text) && new URL(text).username === '', 'An address without a user name.');

const entrySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,79}$/),
  title: z.string().min(1).max(80),
  os: imageSchema.shape.os,
  release: z.string().max(40),
  user: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/),
  url: addressSchema,
  /** A checksum file, or the checksum itself in hexadecimal digits. */
  checksum: z.union([
    z.strictObject({ url: addressSchema }),
    z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    z.strictObject({ sha512: z.string().regex(/^[0-9a-f]{128}$/) }),
  ]),
  /** x86-64 level that the image is built for; see `ImageFile`. */
  processorLevel: z.union([z.literal(1), z.literal(2), z.literal(3)]).optional(),
  /** Disk buses that the image's kernel knows; see `ImageFile`. */
  buses: z
    .array(z.enum(['virtio', 'sata']))
    .min(1)
    .optional(),
  /** About how much there is to download. */
  downloadBytes: z.int().positive().optional(),
});
export type CatalogueEntry = z.infer<typeof entrySchema>;

const catalogueSchema = z.strictObject({ images: z.array(entrySchema).max(1000) });

/** Replaces the beginning of addresses: `https://cloud-images.ubuntu.com/` → `http://mirror.lab/ubuntu-images/`. */
export type Mirrors = Readonly<Record<string, string>>;

/**
 * Our catalogue, with the entries of a lab's own file in front. An entry with an identifier of ours replaces it.
 * @param file path of a YAML or JSON file in the form of `catalogue.yaml`, as `STACKBOX_CATALOGUE` names it
 * @throws StackboxError `bad-input` when the file cannot be read or does not fit
 */
export async function loadCatalogue(file?: string): Promise<CatalogueEntry[]> {
  const ours = catalogueSchema.parse(parse(builtIn)).images;
  if (file === undefined || file === '') return ours;
  const own = await readOwn(file);
  const replaced = new Set(own.map(({ id }) => id));
  return [...own, ...ours.filter(({ id }) => !replaced.has(id))];
}

async function readOwn(file: string): Promise<CatalogueEntry[]> {
  const problem = (what: string, cause?: unknown): StackboxError =>
    new StackboxError('bad-input', `The image catalogue ${file} ${what}`, { field: 'catalogue' }, { cause });
  let document: unknown;
  try {
    document = parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw problem(`could not be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const parsed = catalogueSchema.safeParse(document);
  if (!parsed.success) throw problem(`does not fit: ${z.prettifyError(parsed.error)}`);
  const ids = parsed.data.images.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw problem(`names ${twice} twice.`);
  return parsed.data.images;
}

/** The entry with its addresses on the mirror; the longest matching beginning counts. */
export function throughMirrors(entry: CatalogueEntry, mirrors: Mirrors): CatalogueEntry {
  const moved = (url: string): string => {
    const prefix = Object.keys(mirrors)
      .filter((each) => url.startsWith(each))
      .reduce((longest, each) => (each.length > longest.length ? each : longest), '');
    return prefix === '' ? url : addressSchema.parse(`${mirrors[prefix] ?? prefix}${url.slice(prefix.length)}`);
  };
  const { checksum } = entry;
  return {
    ...entry,
    url: moved(entry.url),
    checksum: 'url' in checksum ? { url: moved(checksum.url) } : checksum,
  };
}
