import { randomBytes } from 'node:crypto';
import { appendFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Core } from '../../../main/core/open';
import { dataFolder } from '../../../main/core/store/folders';
import { computer, created, plan, type Computer } from './kit';

/** Two finished plain machines, and Stackbox closed. @returns the files of the first, and both identifiers */
async function two(on: Computer): Promise<{ id: string; other: string; cloud: string; journal: string }> {
  const core = await on.open();
  const one = await created(core, plan('lab-1', 'plain-machine'));
  const other = await created(core, plan('lab-2', 'plain-machine'));
  await core.close();
  const { cloud, journal } = dataFolder(on.folder).cloud(one.id);
  return { id: one.id, other: other.id, cloud, journal };
}

async function notices(core: Core): Promise<string[]> {
  for await (const event of core.services.subscribe()) {
    if (event.type === 'snapshot') return event.notices.map(({ message, hint = '' }) => `${message} ${hint}`);
  }
  return [];
}

/** Every file below a folder whose content is these bytes. */
async function holding(folder: string, bytes: Buffer): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  const same = await Promise.all(paths.map(async (path) => (await readFile(path)).equals(bytes)));
  return paths.filter((_, index) => same[index]);
}

describe('a damaged cloud.json', () => {
  it.each([
    ['is empty', Buffer.alloc(0)],
    ['ends in its middle', Buffer.from('{"version":1,"id":"c-')],
    ['is full of noise', randomBytes(300)],
    ['is something else', Buffer.from('{"version":1,"hello":"world"}\n')],
  ])('that %s is set aside with a notice, and the other cloud is there', async (_, bytes) => {
    const on = await computer();
    const { cloud, other } = await two(on);
    await writeFile(cloud, bytes);
    const core = await on.open();
    expect(core.services.clouds.list().map(({ id, state }) => [id, state])).toEqual([[other, 'running']]);
    expect(await notices(core)).toMatchObject([expect.stringContaining('still in the hypervisor')]);
    expect(on.hypervisor.domains.size).toBe(2);
    expect(await holding(on.folder, bytes)).toHaveLength(1);
  });
});

describe('a damaged journal', () => {
  it('whose last line was torn by a power cut loses that line only, without a word', async () => {
    const on = await computer();
    const { id, journal } = await two(on);
    const before = await readFile(journal, 'utf8');
    await appendFile(journal, '{"at":1795255377487,"type":"fa');
    const core = await on.open();
    expect(core.services.clouds.get(id)).toMatchObject({ state: 'running', ready: true });
    expect(await notices(core)).toEqual([]);
    expect(await readFile(journal, 'utf8')).toBe(before);
  });

  it.each([
    ['noise without an end', randomBytes(300).map((byte) => (byte === 10 ? 11 : byte))],
    ['zeros', Buffer.alloc(300)],
    ['lines of something else', Buffer.from('hello\n{"type":"world"}\n')],
  ])('that is %s is kept as a copy with a notice, and the other cloud is there', async (_, bytes) => {
    const on = await computer();
    const { journal, other, id } = await two(on);
    await writeFile(journal, bytes);
    const core = await on.open();
    expect(core.services.clouds.list().map((cloud) => cloud.id)).toEqual([id, other]);
    expect(core.services.clouds.get(other)).toMatchObject({ state: 'running', ready: true });
    expect(await notices(core)).toMatchObject([expect.stringContaining('is kept as')]);
    expect(await holding(on.folder, Buffer.from(bytes))).not.toEqual([]);
    expect(on.hypervisor.domains.size).toBe(2);
  });

  it('with one bad line keeps all others, and says so once', async () => {
    const on = await computer();
    const { id, journal } = await two(on);
    const lines = (await readFile(journal, 'utf8')).split('\n');
    const bytes = Buffer.from([...lines.slice(0, 5), '{"at":', ...lines.slice(5)].join('\n'));
    await writeFile(journal, bytes);
    const first = await on.open();
    expect(first.services.clouds.get(id)).toMatchObject({ state: 'running', ready: true });
    expect(await notices(first)).toHaveLength(1);
    await first.close();
    const second = await on.open();
    expect(await notices(second)).toEqual([]);
    expect(second.services.clouds.get(id)).toMatchObject({ state: 'running', ready: true });
    expect(await holding(on.folder, bytes)).toHaveLength(1);
  });
});
