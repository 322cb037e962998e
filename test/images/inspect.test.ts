/** An image that is not an image, or that would reach for other files, is refused before a hypervisor opens it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { inspectImage } from '../../main/images/inspect';
import { tempFolder } from '../support/temp';
import { qcow2, rawDisk, vdi, vmdk } from './disks';

async function written(content: Buffer | string): Promise<string> {
  const path = join(await tempFolder(), 'image');
  await writeFile(path, content);
  return path;
}

test.each([
  ['qcow2', qcow2(), 4 * 65_536],
  ['qcow2', qcow2({ version: 2 }), 4 * 65_536],
  ['raw', rawDisk(), 1024 * 1024],
  ['vmdk', vmdk('RW 2048 SPARSE "disk.vmdk"'), 1024 * 1024],
  ['vdi', vdi(1), 10_485_760],
])('a %s image is known with the length of its disk', async (format, content, virtualBytes) => {
  expect(await inspectImage(await written(content))).toEqual({ format, virtualBytes, bytes: content.length });
});

test.each<[string, Buffer | string, RegExp]>([
  ['an empty file', '', /empty/],
  ['a few letters', 'hello', /too short/],
  ['a text', 'lorem ipsum '.repeat(500), /not a disk image/],
  ['a web page', `\n<!DOCTYPE html><html>${'x'.repeat(5000)}`, /web page/],
  ['a compressed file', gzipSync(rawDisk()), /compressed|short/],
  ['a compressed disk', Buffer.concat([gzipSync('x'), Buffer.alloc(4096)]), /compressed/],
  ['zeros', Buffer.alloc(100_000), /not a disk image/],
  ['a raw disk that was cut', rawDisk().subarray(0, 100_000), /cut off/],
  ['a qcow2 that was cut in its data', qcow2().subarray(0, 7 * 65_536), /cut off/],
  ['a qcow2 that was cut in its tables', qcow2().subarray(0, 100_000), /cut off/],
  ['a qcow2 with only a header', qcow2().subarray(0, 600), /cut off/],
  ['a qcow2 with /etc/shadow as backing file', qcow2({ backing: '/etc/shadow' }), /backing file/],
  ['a qcow2 with its data in another file', qcow2({ features: 4n }), /another file/],
  ['a qcow2 marked as damaged', qcow2({ features: 2n }), /damaged/],
  ['a qcow2 from the future', qcow2({ features: 1n << 40n }), /does not know/],
  ['an encrypted qcow2', qcow2({ encrypted: true }), /encrypted/],
  ['a qcow version 1', qcow2({ version: 1 }), /version 1/],
  ['a VMDK that reads /etc/shadow', vmdk('RW 2048 FLAT "/etc/shadow" 0'), /other files/],
  ['a VMDK of two files', vmdk('RW 1 SPARSE "a"\nRW 1 SPARSE "b"'), /other files/],
  ['a VDI that is a difference', vdi(4), /difference/],
])('%s is refused', async (_, content, message) => {
  const path = await written(content);
  await expect(inspectImage(path)).rejects.toMatchObject({ code: 'bad-input' });
  await expect(inspectImage(path)).rejects.toThrow(message);
});

test('tables of an impossible size do not eat the memory', async () => {
  const image = qcow2();
  image.writeUInt32BE(0xffff_ffff, 36);
  await expect(inspectImage(await written(image))).rejects.toThrow(/do not fit/);
});

test.skipIf(!existsSync('/usr/bin/qemu-img'))('what qemu-img makes is taken (skipped without qemu-img)', async () => {
  const folder = await tempFolder();
  const made = join(folder, 'made.qcow2');
  await writeFile(made, qcow2({ clusters: 20 }));
  const qemu = (...args: string[]): string => execFileSync('qemu-img', args, { encoding: 'utf8', stdio: 'pipe' });
  expect(qemu('check', made)).toContain('No errors');
  for (const [name, options] of [
    ['zlib', ['-c', '-O', 'qcow2']],
    ['old', ['-c', '-O', 'qcow2', '-o', 'compat=0.10']],
    ['zstd', ['-c', '-O', 'qcow2', '-o', 'compression_type=zstd']],
    ['extended', ['-O', 'qcow2', '-o', 'extended_l2=on']],
    ['stream', ['-O', 'vmdk', '-o', 'subformat=streamOptimized']],
    ['vdi', ['-O', 'vdi']],
  ] as const) {
    const copy = join(folder, name);
    qemu('convert', ...options, made, copy);
    expect({ name, ...(await inspectImage(copy)) }).toMatchObject({ name, virtualBytes: 20 * 65_536 });
  }
  const overlay = join(folder, 'overlay');
  qemu('create', '-f', 'qcow2', '-b', made, '-F', 'qcow2', overlay);
  await expect(inspectImage(overlay)).rejects.toThrow(/backing file/);
});
