import { randomBytes } from 'node:crypto';
import { appendFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Core } from '../../../main/core/open';
import { dataFolder } from '../../../main/core/store/folders';
import { computer, created, deleted, plan, type Computer } from './kit';

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

  it.each([
    ['is empty', (journal: string) => writeFile(journal, '')],
    ['is gone', (journal: string) => rm(journal)],
    ['is noise', (journal: string) => writeFile(journal, randomBytes(300))],
  ])('that %s says so, and its cloud can be deleted with all that it has, and with nothing else', async (_, damage) => {
    const on = await computer();
    const { id, other, journal } = await two(on);
    const mine = (line: string): boolean => line.includes(id.replace('c-', ''));
    const before = [...on.hypervisor.things];
    expect(before.filter(mine)).toHaveLength(2);
    await damage(journal);
    const core = await on.open();
    expect(await notices(core)).toHaveLength(1);
    await deleted(core, core.services.clouds.get(id));
    expect(core.services.clouds.list().map((cloud) => cloud.id)).toEqual([other]);
    expect([...on.hypervisor.domains.values()].map(({ cloudId }) => cloudId)).toEqual([other]);
    expect(on.hypervisor.things.size).toBe(before.length / 2);
    expect([...on.hypervisor.things].filter(mine)).toEqual([]);
  });

  it('does not take along what somebody else has under the name of its machine', async () => {
    const on = await computer();
    const { id, journal } = await two(on);
    await rm(journal);
    const [name = '', mine] = [...on.hypervisor.domains].find(([, domain]) => domain.cloudId === id) ?? [];
    if (!mine) throw new Error('The cloud has no machine.');
    on.hypervisor.domains.set(name, { ...mine, ours: false });
    const core = await on.open();
    await deleted(core, core.services.clouds.get(id));
    expect(core.services.clouds.list()).toHaveLength(1);
    expect(on.hypervisor.domains.get(name)).toMatchObject({ ours: false, state: 'running' });
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
