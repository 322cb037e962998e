/** Disks as files in the person's own data folder, for the session connection: QEMU runs as the same person. */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { run } from '../../host/process';
import type { CallOptions, ImageFile, MachineSpec } from '../driver';
import { baseName, checkImage, convert, diskName, inspect, isBase, isDisk, isMachineFile, seedName } from './storage';
import type { Storage } from './storage';

/** Ending of files that are still being written; a crash leaves them and `collect` sweeps them. */
const PART = '.part';

/** @param folder private to us; made when needed */
export function createFolderStorage(folder: string): Storage {
  const diskPath = (machineId: string): string => join(folder, diskName(machineId));
  const seedPath = (machineId: string): string => join(folder, seedName(machineId));

  /** The image under a name of our own, so that it outlives its place in the cache while a disk rests on it. */
  async function ensureBase(
    image: ImageFile,
    onProgress: (fraction: number) => void,
    options: CallOptions,
  ): Promise<string> {
    const base = join(folder, baseName(image.id));
    if (await exists(base)) return base;
    const part = base + PART;
    await rm(part, { force: true });
    if (image.format !== 'qcow2') {
      await convert(image, part, onProgress, options);
    } else if (!(await linked(image.path, part))) {
      await copyFile(image.path, part, constants.COPYFILE_FICLONE);
    }
    options.signal?.throwIfAborted();
    await rename(part, base);
    return base;
  }

  return {
    diskPath,
    seedPath,

    async makeDisk(spec: MachineSpec, onProgress, options = {}) {
      await checkImage(spec, options);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const base = await ensureBase(spec.image, (fraction) => onProgress(fraction * 0.95), options);
      const disk = diskPath(spec.id);
      if (!(await isOverlay(disk, base, spec.diskBytes, options))) {
        const part = disk + PART;
        await rm(part, { force: true });
        const overlay = ['-f', 'qcow2', '-F', 'qcow2', '-b', base, part, String(spec.diskBytes)];
        await run('qemu-img', ['create', '-q', ...overlay], options);
        await rename(part, disk);
      }
      onProgress(1);
    },

    async makeSeed(spec, iso, options = {}) {
      options.signal?.throwIfAborted();
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const seed = seedPath(spec.id);
      await writeFile(seed + PART, iso, { mode: 0o600 });
      await rename(seed + PART, seed);
    },

    async remove(path, options = {}) {
      options.signal?.throwIfAborted();
      if (dirname(path) !== folder || !isMachineFile(basename(path))) return;
      await rm(path, { force: true });
      await rm(path + PART, { force: true });
    },

    async collect(options = {}) {
      options.signal?.throwIfAborted();
      const names = await readdir(folder).catch(whenMissing<string[]>([]));
      const used = new Set<string>();
      for (const name of names.filter(isDisk)) {
        const info = await inspect(join(folder, name), 'qcow2', options);
        if (info['backing-filename'] !== undefined) used.add(basename(info['backing-filename']));
      }
      for (const name of names) {
        if ((isBase(name) && !used.has(name)) || name.endsWith(PART)) await rm(join(folder, name), { force: true });
      }
      if ((await readdir(folder).catch(whenMissing<string[]>(['missing']))).length === 0) {
        await rm(folder, { recursive: true });
      }
    },
  };
}

/** Whether the disk is there already and what is wanted; a machine's disk is never overwritten by another length. */
async function isOverlay(disk: string, base: string, bytes: number, options: CallOptions): Promise<boolean> {
  if (!(await exists(disk))) return false;
  const info = await inspect(disk, 'qcow2', options);
  return info['backing-filename'] === base && info['virtual-size'] === bytes;
}

/** A second name for the image's file costs neither time nor space; not every file system can do it. */
async function linked(path: string, target: string): Promise<boolean> {
  try {
    await link(path, target);
    return true;
  } catch (error) {
    if (['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(whenMissing(undefined))) !== undefined;
}

/** For `catch`: a missing file is an answer, anything else is thrown on. */
function whenMissing<T>(answer: T): (error: unknown) => T {
  return (error) => {
    if (codeOf(error) === 'ENOENT') return answer;
    throw error;
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
