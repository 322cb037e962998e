/** The header and tables of a qcow2 image, after docs/interop/qcow2.txt of QEMU. */
import { CUT_OFF, badImage, type Reader } from './reader';

const V2_HEADER = 72;
const V3_HEADER = 104;
const SECTOR = 512n;
/** QEMU's own limit on the first-level table. */
const L1_MAX_BYTES = 32 * 1024 * 1024;

const CORRUPT = 1n << 1n;
const EXTERNAL_DATA = 1n << 2n;
const EXTENDED_L2 = 1n << 4n;
/** dirty, corrupt, external data, compression type, extended L2. */
const KNOWN_FEATURES = 0b1_1111n;

interface Header {
  readonly virtualBytes: number;
  readonly clusterBits: number;
  readonly l1Entries: number;
  readonly l1Offset: bigint;
  /** Bytes of one entry of a second-level table. */
  readonly l2EntryBytes: number;
}

/**
 * Checks that the image stands alone and is all there.
 * @returns length of the disk inside, in bytes
 * @throws StackboxError `bad-input`
 */
export async function readQcow2(reader: Reader): Promise<number> {
  const header = await readHeader(reader);
  await refuseCutOff(reader, header);
  return header.virtualBytes;
}

async function readHeader(reader: Reader): Promise<Header> {
  const base = await reader.read(0, V2_HEADER);
  const version = base.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw badImage(`This is qcow version ${version}; Stackbox reads 2 and 3.`);
  if (base.readBigUInt64BE(8) !== 0n) {
    throw badImage(
      'The image is only the difference to another file (it has a backing file).',
      'Make it whole first: qemu-img convert -O qcow2.',
    );
  }
  if (base.readUInt32BE(32) !== 0) throw badImage('The image is encrypted.', 'Decrypt it first: qemu-img convert.');
  const clusterBits = base.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) throw badImage('The image is damaged: its cluster size is impossible.');
  const features = version === 3 ? await readFeatures(reader) : 0n;
  return {
    virtualBytes: Number(base.readBigUInt64BE(24)),
    clusterBits,
    l1Entries: base.readUInt32BE(36),
    l1Offset: base.readBigUInt64BE(40),
    l2EntryBytes: (features & EXTENDED_L2) === 0n ? 8 : 16,
  };
}

async function readFeatures(reader: Reader): Promise<bigint> {
  const header = await reader.read(0, V3_HEADER);
  const features = header.readBigUInt64BE(72);
  if ((features & EXTERNAL_DATA) !== 0n) throw badImage('The image keeps its data in another file.');
  if ((features & CORRUPT) !== 0n)
    throw badImage('The image is marked as damaged.', 'Repair it: qemu-img check -r all.');
  if ((features & ~KNOWN_FEATURES) !== 0n)
    throw badImage('The image uses features of qcow2 that Stackbox does not know.');
  // A header of the first version-3 images ends before the compression type.
  const compression = header.readUInt32BE(100) > V3_HEADER ? ((await reader.read(V3_HEADER, 1))[0] ?? 0) : 0;
  if (compression > 1) throw badImage('The image is compressed in a way that Stackbox does not know.');
  return features;
}

/** Follows both levels of tables: a file that was cut in the middle has clusters that begin behind its end. */
async function refuseCutOff(reader: Reader, header: Header): Promise<void> {
  const { clusterBits, l1Entries, l2EntryBytes } = header;
  const clusterBytes = 2 ** clusterBits;
  const coverage = (clusterBytes / l2EntryBytes) * clusterBytes;
  if (l1Entries * 8 > L1_MAX_BYTES || l1Entries < Math.ceil(header.virtualBytes / coverage)) {
    throw badImage('The image is damaged: its tables do not fit its length.');
  }
  const end = BigInt(reader.size);
  const l1 = await reader.read(Number(header.l1Offset), l1Entries * 8);
  for (let at = 0; at < l1.length; at += 8) {
    const table = l1.readBigUInt64BE(at) & 0x00ff_ffff_ffff_fe00n;
    if (table === 0n) continue;
    const l2 = await reader.read(Number(table), clusterBytes);
    for (let entry = 0; entry < l2.length; entry += l2EntryBytes) {
      if (lastStart(l2.readBigUInt64BE(entry), clusterBits) >= end) throw badImage(CUT_OFF);
    }
  }
}

/**
 * Where the last thing that an entry points at begins: the cluster, or the last sector of a compressed one. Only its
 * beginning has to be in the file: QEMU does not fill up the last one.
 */
function lastStart(entry: bigint, clusterBits: number): bigint {
  const compressed = (entry & (1n << 62n)) !== 0n;
  if (!compressed) return entry & 0x00ff_ffff_ffff_fe00n;
  const offsetBits = BigInt(62 - (clusterBits - 8));
  const offset = entry & ((1n << offsetBits) - 1n);
  const moreSectors = (entry >> offsetBits) & ((1n << (62n - offsetBits)) - 1n);
  return moreSectors === 0n ? offset : (offset / SECTOR + moreSectors) * SECTOR;
}
