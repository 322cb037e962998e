/** A folder for one test, gone after it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** @returns path of a new empty folder that is removed when the calling test has finished */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stackbox-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
