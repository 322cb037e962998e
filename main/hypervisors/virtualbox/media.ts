/** The disk and the seed of one machine. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import PQueue from 'p-queue';
import { StackboxError } from '../../contract/errors';
import type { CallOptions, MachineSpec } from '../driver';
import { basePath, collectBases, discard, exists, inUse, keepUse, makeBase } from './images';
import { parseBlocks } from './output';
import { inTurn, type VBoxManage } from './vboxmanage';

/** Name of a machine's disk in its folder. */
export const DISK = 'disk.vdi';

export function diskPath(spec: Pick<MachineSpec, 'folder'>): string {
  return join(spec.folder, DISK);
}

export function seedPath(spec: Pick<MachineSpec, 'folder'>): string {
  return join(spec.folder, 'seed.iso');
}

export interface Media {
  makeDisk(spec: MachineSpec, onProgress: (fraction: number) => void, options?: CallOptions): Promise<void>;
  makeSeed(spec: MachineSpec, iso: Uint8Array): Promise<void>;
  /** Removes a disk or a seed: from VirtualBox's registry and from the file system. A missing one is fine. */
  remove(kind: 'disk' | 'seed', path: string, options?: CallOptions): Promise<void>;
  /** Removes base disks on which nothing rests. */
  collect(options?: CallOptions): Promise<void>;
}

/** @param cacheFolder folder of the base disks, ours alone */
export function openMedia(manage: VBoxManage, cacheFolder: string): Media {
  /** A base must be neither made twice nor collected between its making and its first child. */
  const bases = new PQueue({ concurrency: 1 });

  async function makeChild(
    spec: MachineSpec,
    onProgress: (fraction: number) => void,
    options: CallOptions,
  ): Promise<void> {
    const { image, diskBytes } = spec;
    const disk = diskPath(spec);
    const base = await makeBase(manage, cacheFolder, image, diskBytes, onProgress, options);
    const create = ['createmedium', 'disk', '--filename', disk, '--diffparent', base];
    try {
      await manage.change(create, options);
    } catch (thrown) {
      await rm(disk, { force: true });
      // VirtualBox knows a copy of our base, say from a data folder that was moved. One that nothing rests on is made anew.
      if (!(thrown instanceof StackboxError) || thrown.code !== 'conflict' || (await inUse(base))) throw thrown;
      await discard(manage, base, options);
      await makeBase(manage, cacheFolder, image, diskBytes, onProgress, options);
      await manage.change(create, options);
    }
    await keepUse(base, spec.id, disk);
  }

  return {
    async makeDisk(spec, onProgress, options = {}) {
      const disk = diskPath(spec);
      const make = async (): Promise<void> => {
        if (await exists(disk)) {
          // It may already carry the machine's data: it is only looked at.
          await manage.read(['showmediuminfo', 'disk', disk], options);
          await keepUse(basePath(cacheFolder, spec.image, spec.diskBytes), spec.id, disk);
          return;
        }
        await makeChild(spec, onProgress, options);
      };
      await inTurn(bases, make, options.signal);
      onProgress(1);
    },
    async makeSeed(spec, iso) {
      const path = seedPath(spec);
      const part = `${path}.part`;
      await writeFile(part, iso, { mode: 0o600, flush: true });
      await rename(part, path);
    },
    async remove(kind, path, options = {}) {
      if (kind === 'disk') await discardSnapshots(manage, dirname(path), options);
      await discard(manage, path, options, kind === 'disk' ? 'disk' : 'dvd');
      if (kind === 'seed') await rm(`${path}.part`, { force: true });
    },
    collect: (options = {}) => inTurn(bases, () => collectBases(manage, cacheFolder, options), options.signal),
  };
}

/**
 * Discards the disks that snapshots wrote to. `unregistervm --delete` stumbles over the base that other machines rest on and
 * then leaves what rests on it in the registry (7.2.22), for ever. Only a disk that nothing rests on can be taken out.
 * @param folder the machine's own
 */
async function discardSnapshots(manage: VBoxManage, folder: string, options: CallOptions): Promise<void> {
  const left = new Map(
    parseBlocks(await manage.read(['list', 'hdds'], options), 'UUID').map((disk) => [disk.get('UUID') ?? '', disk]),
  );
  for (;;) {
    const parents = new Set([...left.values()].map((disk) => disk.get('Parent UUID')));
    const top = [...left].find(
      ([uuid, disk]) =>
        !parents.has(uuid) &&
        disk.get('Parent UUID') !== 'base' &&
        (disk.get('Location') ?? '').startsWith(`${folder}${sep}`) &&
        disk.get('Location') !== join(folder, DISK),
    );
    if (!top) return;
    const [uuid, disk] = top;
    await manage.changeUnlocked(['closemedium', 'disk', uuid], options);
    await rm(disk.get('Location') ?? '', { force: true });
    left.delete(uuid);
  }
}
