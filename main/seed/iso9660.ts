/**
 * Writes a small ISO 9660 image with Joliet names: the NoCloud seed disk. Layout after ECMA-119, fourth edition, and the
 * Joliet specification. Only a flat root folder, for that is all that cloud-init reads.
 */
import { StackboxError } from '../contract/errors';

/** One file in the root folder of the image. Text is written as UTF-8. */
export interface IsoFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

const SECTOR = 2048;
/** The first 16 sectors belong to the system (ECMA-119 6.2.1). */
const FIRST_DESCRIPTOR = 16;
/** Primary and Joliet descriptors, terminator, then two path tables for each of the two trees. */
const FIRST_DIRECTORY = FIRST_DESCRIPTOR + 3 + 4;
const RECORD_HEAD = 33;
const PATH_TABLE_BYTES = 10;
/** Joliet keeps 32 bytes for the label: 16 characters. */
const LABEL_MAX = 16;
/** Joliet allows 64 characters in a name. */
const NAME_MAX = 64;
/** Fixed, so that the same seed gives the same bytes: 1 January 2000, UTC. Years count from 1900. */
const RECORDED = [100, 1, 1, 0, 0, 0, 0] as const;

interface Entry {
  readonly id: Buffer;
  readonly sector: number;
  readonly size: number;
}

/** How one of the two trees writes its texts: 8-bit for ISO 9660, UCS-2 for Joliet. */
interface Tree {
  readonly directory: Buffer;
  readonly directorySector: number;
  readonly pathTableSector: number;
  readonly joliet: boolean;
}

/**
 * @param label volume label, at most 16 characters; cloud-init looks for `cidata`
 * @param files at most 64 characters a name, no slashes, every name once
 * @returns the whole image
 * @throws StackboxError `bad-input` for a label or name that the format cannot hold
 */
export function writeIso(label: string, files: readonly IsoFile[]): Uint8Array {
  check(label, files);
  const contents = files.map(({ content }) => Buffer.from(content));
  const shortNames = uniqueShortNames(files.map(({ name }) => name));
  const directorySectors = [false, true].map((joliet) =>
    sectorsOf(
      directoryBytes(files.map(({ name }, index) => nameBytes(joliet ? name : (shortNames[index] ?? ''), joliet))),
    ),
  );
  const [primarySectors = 1, jolietSectors = 1] = directorySectors;

  let next = FIRST_DIRECTORY + primarySectors + jolietSectors;
  const places = contents.map((content) => {
    const place = { sector: next, size: content.length };
    next += sectorsOf(content.length);
    return place;
  });
  const entriesOf = (names: readonly string[], joliet: boolean): Entry[] =>
    names
      .map((name, index) => ({ id: nameBytes(name, joliet), sector: 0, size: 0, ...places[index] }))
      .sort((a, b) => Buffer.compare(a.id, b.id));

  const trees = [false, true].map((joliet): Tree => {
    const directorySector = FIRST_DIRECTORY + (joliet ? primarySectors : 0);
    const names = joliet ? files.map(({ name }) => name) : shortNames;
    const sectors = joliet ? jolietSectors : primarySectors;
    return {
      joliet,
      directorySector,
      directory: directoryOf(entriesOf(names, joliet), directorySector, sectors * SECTOR),
      pathTableSector: FIRST_DESCRIPTOR + 3 + (joliet ? 2 : 0),
    };
  });

  const image = Buffer.alloc(next * SECTOR);
  trees.forEach((tree, index) => {
    descriptorOf(label, tree, next).copy(image, (FIRST_DESCRIPTOR + index) * SECTOR);
    pathTableOf(tree, 'little').copy(image, tree.pathTableSector * SECTOR);
    pathTableOf(tree, 'big').copy(image, (tree.pathTableSector + 1) * SECTOR);
    tree.directory.copy(image, tree.directorySector * SECTOR);
  });
  image.set([255, ...Buffer.from('CD001', 'latin1'), 1], (FIRST_DESCRIPTOR + 2) * SECTOR);
  contents.forEach((content, index) => content.copy(image, (places[index]?.sector ?? 0) * SECTOR));
  return image;
}

function check(label: string, files: readonly IsoFile[]): void {
  if (!/^[A-Za-z0-9_-]+$/.test(label) || label.length > LABEL_MAX) {
    throw new StackboxError('bad-input', `"${label}" cannot be the label of a seed disk.`);
  }
  const names = files.map(({ name }) => name);
  const bad = names.find((name) => !/^[A-Za-z0-9._-]+$/.test(name) || name.length > NAME_MAX);
  if (bad !== undefined) throw new StackboxError('bad-input', `"${bad}" cannot be a file on a seed disk.`);
  if (new Set(names).size < names.length) throw new StackboxError('bad-input', 'A file is twice on the seed disk.');
}

/** Names for readers without Joliet: upper case, at most 30 characters, made different by a number where needed. */
function uniqueShortNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const base = name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
    let short = base.slice(0, 27);
    for (let number = 1; taken.has(short); number++) short = `${base.slice(0, 24)}_${number}`;
    taken.add(short);
    return `${short}.;1`;
  });
}

function nameBytes(name: string, joliet: boolean): Buffer {
  return joliet ? Buffer.from(name, 'utf16le').swap16() : Buffer.from(name, 'latin1');
}

function sectorsOf(bytes: number): number {
  return Math.ceil(bytes / SECTOR);
}

/** A record has an even length. */
function recordBytes(idBytes: number): number {
  return RECORD_HEAD + idBytes + ((idBytes + 1) % 2);
}

function directoryBytes(ids: readonly Buffer[]): number {
  let end = 2 * recordBytes(1);
  for (const id of ids) end = placeRecord(end, recordBytes(id.length)) + recordBytes(id.length);
  return end;
}

/** A record never crosses the border of a sector. */
function placeRecord(offset: number, bytes: number): number {
  const left = SECTOR - (offset % SECTOR);
  return left < bytes ? offset + left : offset;
}

function directoryOf(entries: readonly Entry[], sector: number, size: number): Buffer {
  const directory = Buffer.alloc(size);
  // The first two records are the folder itself and its parent, which for the root is the same.
  let offset = recordOf({ id: Buffer.from([0]), sector, size }, true).copy(directory, 0);
  offset += recordOf({ id: Buffer.from([1]), sector, size }, true).copy(directory, offset);
  for (const entry of entries) {
    const record = recordOf(entry, false);
    offset = placeRecord(offset, record.length);
    offset += record.copy(directory, offset);
  }
  return directory;
}

function recordOf({ id, sector, size }: Entry, isDirectory: boolean): Buffer {
  const record = Buffer.alloc(recordBytes(id.length));
  record[0] = record.length;
  writeBoth32(record, 2, sector);
  writeBoth32(record, 10, size);
  record.set(RECORDED, 18);
  record[25] = isDirectory ? 2 : 0;
  writeBoth16(record, 28, 1);
  record[32] = id.length;
  id.copy(record, RECORD_HEAD);
  return record;
}

function pathTableOf(tree: Tree, order: 'little' | 'big'): Buffer {
  const table = Buffer.alloc(PATH_TABLE_BYTES);
  table[0] = 1;
  if (order === 'little') {
    table.writeUInt32LE(tree.directorySector, 2);
    table.writeUInt16LE(1, 6);
  } else {
    table.writeUInt32BE(tree.directorySector, 2);
    table.writeUInt16BE(1, 6);
  }
  return table;
}

function descriptorOf(label: string, tree: Tree, sectors: number): Buffer {
  const block = Buffer.alloc(SECTOR);
  const text = (offset: number, bytes: number, value = ''): void => {
    const written = tree.joliet
      ? Buffer.from(value.padEnd(bytes / 2), 'utf16le').swap16()
      : Buffer.from(value.padEnd(bytes));
    written.copy(block, offset, 0, bytes);
  };
  block.set([tree.joliet ? 2 : 1, ...Buffer.from('CD001', 'latin1'), 1]);
  text(8, 32);
  text(40, 32, label);
  writeBoth32(block, 80, sectors);
  // Escape sequence of UCS-2 level 3: this is what makes the second descriptor Joliet.
  if (tree.joliet) block.write('%/E', 88, 'latin1');
  writeBoth16(block, 120, 1);
  writeBoth16(block, 124, 1);
  writeBoth16(block, 128, SECTOR);
  writeBoth32(block, 132, PATH_TABLE_BYTES);
  block.writeUInt32LE(tree.pathTableSector, 140);
  block.writeUInt32BE(tree.pathTableSector + 1, 148);
  recordOf({ id: Buffer.from([0]), sector: tree.directorySector, size: tree.directory.length }, true).copy(block, 156);
  // Set, publisher, preparer and application identifiers, and the three file identifiers: not specified, so blank.
  text(190, 128);
  text(318, 128);
  text(446, 128);
  text(574, 128);
  text(702, 36);
  text(739, 36);
  text(776, 36);
  // Four dates as 16 digits: "not specified" is all zeros (ECMA-119 8.4.26.1).
  for (const offset of [813, 830, 847, 864]) block.write('0'.repeat(16), offset, 'latin1');
  block[881] = 1;
  return block;
}

function writeBoth32(buffer: Buffer, offset: number, value: number): void {
  buffer.writeUInt32LE(value, offset);
  buffer.writeUInt32BE(value, offset + 4);
}

function writeBoth16(buffer: Buffer, offset: number, value: number): void {
  buffer.writeUInt16LE(value, offset);
  buffer.writeUInt16BE(value, offset + 2);
}
