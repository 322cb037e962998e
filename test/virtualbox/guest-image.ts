/** The Debian test image that `test/guest-image/build.sh` makes. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageFile } from '../../main/hypervisors/driver';
import { run } from '../../main/host/process';

const CACHE = join(import.meta.dirname, '../../.cache/guest-image');

/** `undefined` if the image was not made yet. */
export async function guestImage(): Promise<ImageFile | undefined> {
  const name = existsSync(CACHE) ? readdirSync(CACHE).find((file) => file.endsWith('.qcow2')) : undefined;
  if (name === undefined) return undefined;
  const path = join(CACHE, name);
  const info: unknown = JSON.parse((await run('qemu-img', ['info', '--output=json', path])).stdout);
  const virtualBytes = (info as { 'virtual-size': number })['virtual-size'];
  return { id: name.replace(/\.qcow2$/, ''), path, format: 'qcow2', virtualBytes };
}
