/** What the benches of all drivers share: a folder and a tiny image in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../main/host/process';
import type { ImageFile } from '../../main/hypervisors/driver';

/** A folder of 0700 with an empty qcow2 disk of 64 MiB, made by the real qemu-img. */
export async function makeBenchFolder(
  parent = tmpdir(),
): Promise<{ folder: string; image: ImageFile; removeFolder: () => Promise<void> }> {
  const folder = await mkdtemp(join(parent, 'stackbox-bench-'));
  const virtualBytes = 64 * 1024 * 1024;
  const path = join(folder, 'tiny.qcow2');
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', path, String(virtualBytes)]);
  return {
    folder,
    image: { id: 'tiny-0123456789ab', path, format: 'qcow2', virtualBytes },
    removeFolder: () => rm(folder, { recursive: true, force: true }),
  };
}
