import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock } from '../../../main/core/store/lock';
import { tempFolder } from '../../support/temp';

describe('the lock of the data folder', () => {
  it('keeps a second Stackbox out and says who holds it', async () => {
    const path = join(await tempFolder(), 'lock');
    const lock = await takeLock(path);
    await expect(takeLock(path)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining(String(process.pid)) as string,
    });
    await lock.release();
    await (await takeLock(path)).release();
  });

  it('is taken from a process that has ended', async () => {
    const path = join(await tempFolder(), 'lock');
    const child = spawn('true');
    await once(child, 'exit');
    await writeFile(path, JSON.stringify({ pid: child.pid, startedAt: 'whenever' }));
    const lock = await takeLock(path);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it('is taken when its process id now belongs to another program', async () => {
    const path = join(await tempFolder(), 'lock');
    await writeFile(path, JSON.stringify({ pid: process.pid, startedAt: 'an earlier boot' }));
    const lock = await takeLock(path);
    expect(await readFile(path, 'utf8')).not.toContain('an earlier boot');
    await lock.release();
  });

  it('is taken when the file is garbage, and leaves no temporary file behind', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'lock');
    await writeFile(path, 'garbage');
    const lock = await takeLock(path);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(await readdir(folder)).toEqual(['lock']);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken by exactly one of many', async () => {
    const path = join(await tempFolder(), 'lock');
    await writeFile(path, 'stale');
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(path)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
