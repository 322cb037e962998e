/**
 * What kind of disk image a file is, read from its own header. An image may name other files on this computer that
 * the hypervisor would then read (a backing file, `/etc/shadow` as an extent): such an image is refused.
 */
import { open } from 'node:fs/promises';
import { StackboxError } from '../contract/errors';
import type { ImageFile } from '../hypervisors/driver';
import { badImage, fileReader, type Reader } from './reader';
import { readQcow2 } from './qcow2';

/** Format, and both lengths in bytes: of the disk inside and of the file. */
export type ImageFacts = DiskFacts & { readonly bytes: number };
type DiskFacts = Pick<ImageFile, 'format' | 'virtualBytes'>;

const SECTOR = 512;
const HEAD = 4096;
const VDI_SIGNATURE = 0xbeda107f;

/**
 * @throws StackboxError `bad-input` when it is no image, is damaged, or depends on another file
 */
export async function inspectImage(path: string): Promise<ImageFacts> {
  const handle = await open(path, 'r');
  try {
    const reader = fileReader(handle, (await handle.stat()).size);
    if (reader.size === 0) throw badImage('The file is empty.');
    if (reader.size < SECTOR) throw badImage('The file is too short to be a disk image.');
    const facts = await inspect(reader, await reader.read(0, Math.min(HEAD, reader.size)));
    if (facts.virtualBytes > 0) return { ...facts, bytes: reader.size };
    throw badImage('The disk inside has no length.');
  } finally {
    await handle.close();
  }
}

async function inspect(reader: Reader, head: Buffer): Promise<DiskFacts> {
  if (head.toString('latin1', 0, 4) === 'QFI\xfb') return { format: 'qcow2', virtualBytes: await readQcow2(reader) };
  if (head.toString('latin1', 0, 4) === 'KDMV') return { format: 'vmdk', virtualBytes: await readVmdk(reader, head) };
  if (head.readUInt32LE(64) === VDI_SIGNATURE) return { format: 'vdi', virtualBytes: readVdi(head) };
  refuseOthers(head);
  return { format: 'raw', virtualBytes: readRaw(reader, head) };
}

/** VMware's sparse extent, as Ubuntu publishes it. Its embedded descriptor may name nothing but itself. */
async function readVmdk(reader: Reader, head: Buffer): Promise<number> {
  const sectors = Number(head.readBigUInt64LE(12));
  const descriptorAt = Number(head.readBigUInt64LE(28)) * SECTOR;
  const descriptorBytes = Number(head.readBigUInt64LE(36)) * SECTOR;
  if (descriptorAt === 0 || descriptorBytes > 64 * SECTOR) throw badImage('The VMDK has no descriptor of its own.');
  const descriptor = (await reader.read(descriptorAt, descriptorBytes)).toString('latin1');
  const extents = descriptor.match(/^(?:RW|RDONLY|NOACCESS)\s.*$/gm) ?? [];
  const alone = extents.length === 1 && /^RW\s+\d+\s+SPARSE\s/.test(extents[0]);
  if (!alone || !/^parentCID=ffffffff\s*$/im.test(descriptor)) {
    throw badImage('The VMDK needs other files beside it.', 'Convert it to one file: qemu-img convert -O qcow2.');
  }
  return sectors * SECTOR;
}

function readVdi(head: Buffer): number {
  const kind = head.readUInt32LE(76);
  if (kind !== 1 && kind !== 2) {
    throw badImage('The VDI is only the difference to another disk.', 'Clone it to a full disk with VirtualBox first.');
  }
  return Number(head.readBigUInt64LE(368));
}

/** A raw disk has no magic; but one that boots has a partition table. */
function readRaw(reader: Reader, head: Buffer): number {
  const bootable = head.readUInt16LE(510) === 0xaa55;
  const gpt = head.length >= 520 && head.toString('latin1', 512, 520) === 'EFI PART';
  if (!bootable && !gpt) throw badImage('The file is not a disk image that Stackbox knows.', KNOWN);
  if (reader.size % SECTOR !== 0) throw badImage('The raw disk image is cut off: its length is not whole sectors.');
  return reader.size;
}

const KNOWN = 'It can be qcow2, VMDK (one file), VDI, or a raw disk with a partition table.';

/** First bytes (latin1) of what people take for a disk image, and where they are. */
const OTHERS: readonly { readonly at: number; readonly magic: readonly string[]; readonly message: string }[] = [
  {
    at: 0,
    magic: ['\x1f\x8b', '\xfd7zXZ', 'PK\x03\x04', 'BZh', '(\xb5/\xfd'],
    message: 'The file is compressed. Unpack it first.',
  },
  {
    at: 257,
    magic: ['ustar'],
    message: 'The file is an archive (OVA, Vagrant box or tar). Unpack the disk in it first.',
  },
  {
    at: 0,
    magic: ['# Disk DescriptorFile'],
    message: 'The file only describes a VMDK whose data are in other files.',
  },
  {
    at: 0,
    magic: ['vhdxfile', 'conectix'],
    message: 'The file is a Hyper-V disk. Convert it: qemu-img convert -O qcow2.',
  },
];

function refuseOthers(head: Buffer): void {
  const text = head.toString('latin1');
  const known = OTHERS.find(({ at, magic }) => magic.some((each) => text.startsWith(each, at)));
  if (known) throw badImage(known.message, KNOWN);
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(text)) throw badImage('The file is a web page, not a disk image.', KNOWN);
}

/** The same failure for a file that came from a server: the vendor's checksum was right, the content is not. */
export function asVerification(error: unknown): unknown {
  return error instanceof StackboxError && error.code === 'bad-input'
    ? new StackboxError('verification', `The downloaded file cannot be used. ${error.message}`, error.facts, {
        cause: error,
      })
    : error;
}
