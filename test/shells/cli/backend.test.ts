import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StackboxError } from '../../../main/contract/errors';
import { findRunning, openBackend, type Backend } from '../../../main/shells/cli/backend';
import { tempFolder } from '../../support/temp';

async function open(dataFolder: string): Promise<Backend> {
  const backend = await openBackend({ dataFolder, windowFolder: dataFolder });
  onTestFinished(() => backend.close());
  return backend;
}

describe('a command beside another one', () => {
  it('uses the core of a long one, which nobody else may read the token of', async () => {
    const folder = await tempFolder();
    const long = await open(folder);
    await long.share();
    const beside = await open(folder);
    expect([long.ownCore, beside.ownCore]).toEqual([true, false]);
    expect(await beside.api.clouds.list()).toEqual([]);
    expect((await stat(join(folder, 'server.json'))).mode & 0o777).toBe(0o600);
  });

  it('finds the window of a long one, and none where nobody serves', async () => {
    const folder = await tempFolder();
    expect(await findRunning(folder)).toBeUndefined();
    await (await open(folder)).share();
    const running = await findRunning(folder);
    await running?.backend.close();
    expect(running?.windowUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=.{16,}$/);
  });

  it('opens the folder itself once the long one has ended', async () => {
    const folder = await tempFolder();
    const long = await openBackend({ dataFolder: folder, windowFolder: folder });
    await long.share();
    await long.close();
    await expect(stat(join(folder, 'server.json'))).rejects.toThrow('ENOENT');
    expect((await open(folder)).ownCore).toBe(true);
  });

  it('waits for a short one, and says who has the folder when that does not end', async () => {
    const folder = await tempFolder();
    await open(folder);
    const refused = await openBackend({ dataFolder: folder, windowFolder: folder }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StackboxError);
    expect(refused).toMatchObject({ code: 'locked', message: expect.stringContaining(String(process.pid)) });
  });
});
