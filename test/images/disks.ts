/** Small but whole disk images, written by hand. */
import { randomBytes } from 'node:crypto';

const CLUSTER = 65_536;

export interface Qcow2Wish {
  clusters?: number;
  backing?: string;
  features?: bigint;
  encrypted?: boolean;
  version?: number;
}

/** A qcow2 of `clusters` × 64 KiB of random data: header, first-level table, second-level table, data. */
export function qcow2({
  clusters = 4,
  backing,
  features = 0n,
  encrypted = false,
  version = 3,
}: Qcow2Wish = {}): Buffer {
  const image = Buffer.alloc((5 + clusters) * CLUSTER);
  image.write('QFI\xfb', 0, 'latin1');
  image.writeUInt32BE(version, 4);
  if (backing !== undefined) {
    image.writeBigUInt64BE(1024n, 8);
    image.writeUInt32BE(backing.length, 16);
    image.write(backing, 1024);
  }
  image.writeUInt32BE(16, 20);
  image.writeBigUInt64BE(BigInt(clusters * CLUSTER), 24);
  image.writeUInt32BE(encrypted ? 2 : 0, 32);
  image.writeUInt32BE(1, 36);
  image.writeBigUInt64BE(BigInt(CLUSTER), 40);
  // Clusters 3 and 4 are the reference count table and its one block.
  image.writeBigUInt64BE(BigInt(3 * CLUSTER), 48);
  image.writeUInt32BE(1, 56);
  image.writeBigUInt64BE(features, 72);
  image.writeUInt32BE(4, 96);
  image.writeUInt32BE(104, 100);
  const copied = 1n << 63n;
  image.writeBigUInt64BE(BigInt(2 * CLUSTER) | copied, CLUSTER);
  image.writeBigUInt64BE(BigInt(4 * CLUSTER), 3 * CLUSTER);
  for (let cluster = 0; cluster < 5 + clusters; cluster++) image.writeUInt16BE(1, 4 * CLUSTER + cluster * 2);
  for (let cluster = 0; cluster < clusters; cluster++) {
    const place = (5 + cluster) * CLUSTER;
    image.writeBigUInt64BE(BigInt(place) | copied, 2 * CLUSTER + cluster * 8);
    randomBytes(CLUSTER).copy(image, place);
  }
  return image;
}

/** A raw disk with an empty partition table. */
export function rawDisk(): Buffer {
  const disk = Buffer.alloc(1024 * 1024);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

/** A VMDK of one file with the given extent line in its descriptor. */
export function vmdk(extent: string): Buffer {
  const file = Buffer.alloc(65_536);
  file.write('KDMV');
  file.writeUInt32LE(1, 4);
  file.writeBigUInt64LE(2048n, 12);
  file.writeBigUInt64LE(1n, 28);
  file.writeBigUInt64LE(20n, 36);
  file.write(`# Disk DescriptorFile\nversion=1\nparentCID=ffffffff\ncreateType="streamOptimized"\n${extent}\n`, 512);
  return file;
}

/** A VDI header: 1 grows, 2 is fixed, 4 is the difference to another. */
export function vdi(kind: number): Buffer {
  const file = Buffer.alloc(4096);
  file.write('<<< Oracle VM VirtualBox Disk Image >>>\n');
  file.writeUInt32LE(0xbeda107f, 64);
  file.writeUInt32LE(kind, 76);
  file.writeBigUInt64LE(10_485_760n, 368);
  return file;
}
