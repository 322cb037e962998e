/**
 * Base disks: an image of the catalogue as a VDI in the cache, one for each length of disk. Machines' disks are differencing
 * children of it, so the second machine from an image costs seconds and megabytes.
 *
 * Why one for each length: `modifymedium --resize` makes a child longer than its parent without complaint, but then every
 * read beyond the parent's end fails with VERR_INVALID_PARAMETER (seen with 7.2.22). And a parent must never change under
 * its children. So a base is made long enough once and stays as it is.
 */
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StackboxError } from '../../contract/errors';
import { run } from '../../host/process';
import type { CallOptions, ImageFile } from '../driver';
import { parseBlocks } from './output';
import type { ChangeOptions, VBoxManage } from './vboxmanage';

const MIB = 1024 ** 2;

/** A disk of 100 GiB that is written to a slow disk may say nothing between two of its tenths for this long (ms). */
const COPY_SILENCE_MS = 900_000;

/** First bytes of the forms of image, to tell a broken file before VirtualBox takes it for a raw disk. */
const MAGIC: Readonly<Record<Exclude<ImageFile['format'], 'raw'>, readonly { at: number; bytes: Buffer }[]>> = {
  qcow2: [{ at: 0, bytes: Buffer.from('QFI\xfb', 'latin1') }],
  vdi: [{ at: 64, bytes: Buffer.from([0x7f, 0x10, 0xda, 0xbe]) }],
  vmdk: [
    { at: 0, bytes: Buffer.from('KDMV') },
    { at: 0, bytes: Buffer.from('# Disk DescriptorFile') },
  ],
};

/** Path of the base for an image and a length in bytes, which is rounded up to whole MiB. */
export function basePath(cacheFolder: string, image: ImageFile, diskBytes: number): string {
  return join(cacheFolder, `${image.id}-${Math.ceil(diskBytes / MIB)}MiB.vdi`);
}

/**
 * Makes the base unless it is there. It gets its name only when it is whole, so an interrupted one is never used.
 * Calls for the same cache folder must come one after the other.
 */
export async function makeBase(
  manage: VBoxManage,
  cacheFolder: string,
  image: ImageFile,
  diskBytes: number,
  onProgress: (fraction: number) => void,
  options: CallOptions,
): Promise<string> {
  const base = basePath(cacheFolder, image, diskBytes);
  if (await exists(base)) return base;
  const readable = await checkForm(image);
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  const part = join(cacheFolder, `${randomBytes(6).toString('hex')}.part.vdi`);
  try {
    const telling = { ...options, onOutput: tenths(onProgress) };
    if (readable) await convert(manage, image, part, telling);
    else await convertByQemu(image, part, telling);
    const length = Math.ceil(diskBytes / MIB) * MIB;
    if (length > image.virtualBytes) {
      await manage.change(['modifymedium', 'disk', part, '--resizebyte', String(length)], options);
    }
    await forget(manage, part, options);
    await rename(part, base);
  } finally {
    // Also after a cancel, hence without the signal; what fails here is swept up by `collectBases`.
    await discard(manage, part).catch(() => undefined);
  }
  return base;
}

/** Notes that a disk rests on a base, in a file of our own: VirtualBox's registry may be lost, the children are not. */
export async function keepUse(base: string, machineId: string, disk: string): Promise<void> {
  await mkdir(usesOf(base), { recursive: true, mode: 0o700 });
  await writeFile(join(usesOf(base), machineId), disk, { mode: 0o600 });
}

/** Whether a disk that is still there rests on the base. Forgets the notes of disks that are gone. */
export async function inUse(base: string): Promise<boolean> {
  const notes = await readdir(usesOf(base)).catch(() => []);
  let used = false;
  for (const note of notes) {
    const path = join(usesOf(base), note);
    if (await exists(await readFile(path, 'utf8'))) used = true;
    else await rm(path, { force: true });
  }
  return used;
}

/** Removes bases on which nothing rests, and what interrupted conversions left. Asks VirtualBox only if there is any. */
export async function collectBases(manage: VBoxManage, cacheFolder: string, options: CallOptions): Promise<void> {
  const found = await readdir(cacheFolder).catch(() => []);
  const names = new Set(found.map((name) => name.replace(/\.uses$/, '')).filter((name) => name.endsWith('.vdi')));
  if (names.size === 0) return;
  const media = parseBlocks(await manage.read(['list', '--long', 'hdds'], options), 'UUID');
  for (const name of names) {
    const path = join(cacheFolder, name);
    const uuid = media.find((medium) => medium.get('Location') === path)?.get('UUID');
    const children = media.some((medium) => uuid !== undefined && medium.get('Parent UUID') === uuid);
    if (children || (await inUse(path))) continue;
    await discard(manage, path, options);
    await rm(usesOf(path), { recursive: true, force: true });
  }
}

/** Takes a medium out of VirtualBox's registry, if it is in it, and removes its file. */
export async function discard(
  manage: VBoxManage,
  path: string,
  options: CallOptions = {},
  kind: 'disk' | 'dvd' = 'disk',
): Promise<void> {
  await forget(manage, path, options, kind);
  await rm(path, { force: true });
}

/** Takes a medium out of VirtualBox's registry and leaves its file alone. */
async function forget(
  manage: VBoxManage,
  path: string,
  options: CallOptions,
  kind: 'disk' | 'dvd' = 'disk',
): Promise<void> {
  try {
    await manage.changeUnlocked(['closemedium', kind, path], options);
  } catch (thrown) {
    // VBoxManage opens what it does not know before it closes it: one that is absent, broken or
    // a copy of another was never registered.
    if (
      thrown instanceof StackboxError &&
      ['not-found', 'missing-tool', 'hypervisor', 'conflict'].includes(thrown.code)
    )
      return;
    throw thrown;
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function convert(manage: VBoxManage, image: ImageFile, part: string, options: ChangeOptions): Promise<void> {
  const slow = { ...options, silenceMs: COPY_SILENCE_MS };
  if (image.format === 'raw') {
    await manage.change(['convertfromraw', image.path, part, '--format', 'VDI'], slow);
    return;
  }
  try {
    await manage.change(['clonemedium', 'disk', image.path, part, '--format', 'VDI'], slow);
  } catch (thrown) {
    const code = thrown instanceof StackboxError ? thrown.code : undefined;
    if (code === 'conflict') return convertCopy(manage, image, part, slow);
    // The code stands for a form that VirtualBox cannot read, like zstd clusters: qemu-img reads them all.
    if (code === 'missing-tool' && image.format === 'qcow2') return convertByQemu(image, part, slow);
    throw thrown;
  } finally {
    // Reading it has registered the image, which is ours and not VirtualBox's.
    await forget(manage, image.path, {});
  }
}

/** The image carries an identifier that VirtualBox knows from a copy elsewhere: ours gets another one first. */
async function convertCopy(manage: VBoxManage, image: ImageFile, part: string, options: ChangeOptions): Promise<void> {
  const copy = `${part.replace(/\.part\.vdi$/, '')}.copy.part.vdi`;
  try {
    await copyFile(image.path, copy);
    await manage.change(['internalcommands', 'sethduuid', copy], options);
    await manage.change(['clonemedium', 'disk', copy, part, '--format', 'VDI'], options);
  } finally {
    await discard(manage, copy).catch(() => undefined); // swept up by `collectBases`
  }
}

async function convertByQemu(image: ImageFile, part: string, options: ChangeOptions): Promise<void> {
  try {
    await run('qemu-img', ['convert', '-f', 'qcow2', '-O', 'vdi', image.path, part], options);
  } catch (thrown) {
    if (!(thrown instanceof StackboxError) || thrown.code !== 'missing-tool') throw thrown;
    throw new StackboxError('missing-tool', 'VirtualBox cannot read this form of qcow2 image by itself.', {
      hint: 'Install qemu-img (package qemu-utils, qemu-img or qemu) and try again, or choose another image.',
    });
  }
}

/**
 * Looks at the first bytes of the image.
 * @returns whether VirtualBox can read it; false for qcow2 with zstd clusters (bit 3 of the incompatible features), and for one
 * that ends within its first table: that VirtualBox refuses, and lengthens the file all the same (seen with 7.2.22)
 */
async function checkForm(image: ImageFile): Promise<boolean> {
  const file = await open(image.path).catch((cause: unknown) => {
    throw new StackboxError('not-found', 'The image’s file is not there.', { hint: 'Download it again.' }, { cause });
  });
  try {
    const head = Buffer.alloc(512);
    await file.read(head, 0, head.length, 0);
    const signs = image.format === 'raw' ? [] : MAGIC[image.format];
    if (image.format !== 'raw' && !signs.some(({ at, bytes }) => head.subarray(at, at + bytes.length).equals(bytes))) {
      throw new StackboxError('bad-input', `The image’s file is not a disk image of the form ${image.format}.`, {
        hint: 'Choose another file, or download the image again.',
      });
    }
    if (image.format !== 'qcow2') return true;
    const cluster = 2 ** Math.min(head.readUInt32BE(20), 21);
    const table = Math.ceil((head.readUInt32BE(36) * 8) / cluster) * cluster;
    const tableEnd = Number(head.readBigUInt64BE(40)) + table;
    const zstd = head.readUInt32BE(4) >= 3 && (head.readBigUInt64BE(72) & 8n) !== 0n;
    return !zstd && tableEnd <= (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** Turns VBoxManage's `0%...10%...` into fractions below 1; 1 is said when the machine's own disk is there. */
function tenths(onProgress: (fraction: number) => void): (text: string) => void {
  let last = 0;
  return (text) => {
    for (const [, percent] of text.matchAll(/(\d{1,3})%/g)) {
      const fraction = Number(percent) / 100;
      if (fraction > last && fraction < 1) onProgress((last = fraction));
    }
  };
}

function usesOf(base: string): string {
  return `${base}.uses`;
}
