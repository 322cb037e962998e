/** Finds the clouds of a data folder. What cannot be understood is set aside with a notice, never fatal, never deleted. */
import { mkdir, readFile, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PRIVATE_FOLDER, isMissing, readJson, storageError } from '../store/atomic-json';
import type { DataFolder } from '../store/folders';
import { LiveCloud, type CloudListener } from './cloud';
import { cloudRecordSchema, cloudSecretsSchema } from './record';

/** Something a person should know that happened before a window was there. */
export type Notify = (message: string, hint?: string) => void;

/** Clouds of the folder, oldest first. */
export async function loadClouds(folder: DataFolder, listener: CloudListener, notify: Notify): Promise<LiveCloud[]> {
  await mkdir(folder.clouds, { recursive: true, mode: PRIVATE_FOLDER });
  const clouds: LiveCloud[] = [];
  for (const entry of await readdir(folder.clouds, { withFileTypes: true })) {
    if (!entry.isDirectory() || !/^c-[0-9a-f]{12}$/.test(entry.name)) continue;
    const cloud = await loadCloud(entry.name, folder, listener, notify);
    if (cloud) clouds.push(cloud);
  }
  return clouds.sort((a, b) => a.wish.createdAt - b.wish.createdAt);
}

async function loadCloud(
  id: string,
  folder: DataFolder,
  listener: CloudListener,
  notify: Notify,
): Promise<LiveCloud | undefined> {
  const files = folder.cloud(id);
  if (await isNewer(files.cloud)) {
    notify(`A cloud in ${files.root} was made by a newer Stackbox and is left alone.`, 'Update Stackbox to use it.');
    return undefined;
  }
  const [wish, secrets] = await Promise.all([
    readJson(files.cloud, cloudRecordSchema),
    readJson(files.secrets, cloudSecretsSchema),
  ]);
  if (!wish.value || !secrets.value) {
    const aside = join(folder.root, `unreadable-${id}-${Date.now()}`);
    await rename(files.root, aside);
    notify(
      `The files of a cloud could not be read and were put into ${aside}.`,
      'Its machine, if there is one, is still in the hypervisor.',
    );
    return undefined;
  }
  const { name } = wish.value;
  return LiveCloud.open({ wish: wish.value, secrets: secrets.value, folder: files }, listener, (copy) => {
    if (copy === undefined) {
      notify(
        `The history of ${name} is empty: Stackbox no longer knows what it has done for it.`,
        'Deleting the cloud still removes its machine, disk and address.',
      );
    } else notify(`A part of the history of ${name} could not be read.`, `The file as it was is kept as ${copy}.`);
  });
}

const versionSchema = z.object({ version: z.number() });

async function isNewer(path: string): Promise<boolean> {
  try {
    const parsed = versionSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success && parsed.data.version > 1;
  } catch (error) {
    // A missing or broken file is dealt with by whoever reads it.
    if (isMissing(error) || error instanceof SyntaxError) return false;
    throw storageError(`${path} could not be read.`, error);
  }
}
