/** The person's own clouds.yaml on disk: read with suspicion, changed with a copy beside it, written for them alone. */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import PQueue from 'p-queue';
import writeFileAtomic from 'write-file-atomic';
import { StackboxError } from '../../contract/errors';
import { PRIVATE_FOLDER, isMissing, storageError } from '../store/atomic-json';

/** It holds passwords. */
const PRIVATE = 0o600;
/** More than this (bytes) no person has written. */
const LARGEST = 1024 * 1024;

type Edit = (text: string) => string | undefined;

export interface FileChange {
  readonly path: string;
  /** Copy of the file as it was. */
  readonly backup?: string;
}

export class CloudsFile {
  private readonly folder: string;
  /** One change after the other: two windows may press at once. */
  private readonly changes = new PQueue({ concurrency: 1 });

  /** @param folder `~/.config/openstack` */
  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * The file that clients read: `clouds.yaml`, or one of the other names if only that is there, since a new `clouds.yaml` would
   * hide it.
   * @throws StackboxError `storage`
   */
  async path(): Promise<string> {
    const usual = join(this.folder, 'clouds.yaml');
    for (const path of [usual, join(this.folder, 'clouds.yml'), join(this.folder, 'clouds.json')]) {
      if (await exists(path)) return path;
    }
    return usual;
  }

  /**
   * Changes the file at a path that {@link path} gave, now or earlier.
   * @param edit gets its text (empty when there is none); what it returns is written, an empty text removes
   * the file, `undefined` leaves it alone
   * @throws StackboxError `bad-input` for a file that is no text, `conflict` when somebody else writes at the same time, `storage`
   */
  change(path: string, edit: Edit, { backup }: { backup: boolean }): Promise<FileChange> {
    return this.changes.add(() => changeNow(path, edit, backup), { throwOnTimeout: true });
  }
}

async function changeNow(path: string, edit: Edit, backup: boolean): Promise<FileChange> {
  if (path.endsWith('.json'))
    throw notText(path, 'is JSON, which Stackbox does not change, and a clouds.yaml beside it would hide it');
  const before = await readText(path);
  const after = edit(before ?? '');
  if (after === undefined || after === before) return { path };
  try {
    await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
    const copy = backup && before !== undefined ? await keep(path, before) : undefined;
    if ((await readText(path)) !== before) {
      throw new StackboxError('conflict', `${path} was changed by somebody else at this very moment.`, {
        hint: 'Try again.',
      });
    }
    if (after === '') await rm(path, { force: true });
    else await writeFileAtomic(path, after, { mode: PRIVATE });
    return { path, ...(copy !== undefined && { backup: copy }) };
  } catch (error) {
    if (error instanceof StackboxError) throw error;
    throw storageError(`${path} could not be written.`, error);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw storageError(`${path} could not be read.`, error);
  }
}

/** @returns `undefined` when there is no such file */
async function readText(path: string): Promise<string | undefined> {
  let bytes;
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw notText(path, 'is no file');
    if (facts.size > LARGEST) throw notText(path, 'is larger than 1 MiB');
    bytes = await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof StackboxError) throw error;
    throw storageError(`${path} could not be read.`, error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw notText(path, 'is not written in UTF-8', error);
  }
}

/** A copy that no later change overwrites. @returns its path */
async function keep(path: string, text: string): Promise<string> {
  const stamp = new Date()
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replaceAll(':', '-');
  for (let turn = 0; ; turn += 1) {
    const copy = `${path}.before-stackbox-${stamp}${turn === 0 ? '' : `-${turn}`}`;
    try {
      await writeFile(copy, text, { flag: 'wx', mode: PRIVATE });
      return copy;
    } catch (error) {
      // Two changes within a second.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || turn > 100) throw error;
    }
  }
}

function notText(path: string, what: string, cause?: unknown): StackboxError {
  return new StackboxError(
    'bad-input',
    `${path} ${what}.`,
    { hint: 'Nothing was changed. Copy the entry into your own file by hand.' },
    { cause },
  );
}
