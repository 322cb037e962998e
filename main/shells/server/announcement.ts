/** `server.json` in the data folder: how the command line finds the Stackbox that has the folder open. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from '../../core/store/atomic-json';

const announcementSchema = z.object({
  /** `http://127.0.0.1:PORT/` */
  url: z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ }),
  token: z.string().min(16),
  pid: z.int().positive(),
});
export type Announcement = z.infer<typeof announcementSchema>;

/** The address to open in a browser. The token stands behind `#`, which browsers send to nobody. */
export function windowUrl({ url, token }: { readonly url: string; readonly token: string }): string {
  return `${url}#token=${token}`;
}

/**
 * Says where this process serves. Only the owner may read the file: its token opens everything.
 * @throws StackboxError `storage`
 */
export async function announce(dataFolder: string, announcement: Announcement): Promise<void> {
  await writeJson(fileIn(dataFolder), announcement);
}

/** Takes the announcement back. */
export async function withdraw(dataFolder: string): Promise<void> {
  await rm(fileIn(dataFolder), { force: true });
}

/** @returns who serves this data folder, or `undefined`. A crash leaves a file behind: its process may be long gone. */
export async function readAnnouncement(dataFolder: string): Promise<Announcement | undefined> {
  const { value } = await readJson(fileIn(dataFolder), announcementSchema);
  return value !== undefined && isAlive(value.pid) ? value : undefined;
}

function fileIn(dataFolder: string): string {
  return join(dataFolder, 'server.json');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
