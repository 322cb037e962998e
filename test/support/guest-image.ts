/** The bootable test image, made by `test/guest-image/build.sh` when it is not there yet. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/** @returns path of the qcow2 file */
export async function guestImage(): Promise<string> {
  const script = resolve(import.meta.dirname, '../guest-image/build.sh');
  const { stdout } = await promisify(execFile)('bash', [script], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim().split('\n').at(-1) ?? '';
}
