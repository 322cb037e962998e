import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { JournalWriter, readJournal } from '../../../main/core/store/journal';
import { tempFolder } from '../../support/temp';

const schema = z.object({ n: z.number() });

describe('a journal', () => {
  it('gives back what was appended, in order, also when many append at once', async () => {
    const path = join(await tempFolder(), 'journal.jsonl');
    const writer = new JournalWriter<{ n: number }>(path);
    await Promise.all(Array.from({ length: 50 }, (_, n) => writer.append({ n })));
    await writer.close();
    const { records } = await readJournal(path, schema);
    expect(records.map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  it('cuts off a line that a crash tore, and goes on behind it', async () => {
    const path = join(await tempFolder(), 'journal.jsonl');
    await writeFile(path, '{"n":1}\n{"n":2');
    expect(await readJournal(path, schema)).toEqual({ records: [{ n: 1 }] });
    const writer = new JournalWriter<{ n: number }>(path);
    await writer.append({ n: 3 });
    await writer.close();
    expect(await readFile(path, 'utf8')).toBe('{"n":1}\n{"n":3}\n');
  });

  it('keeps a copy of a file with a damaged middle and loses no other line', async () => {
    const path = join(await tempFolder(), 'journal.jsonl');
    const damaged = '{"n":1}\n\0\0\0garbage\n{"n":"text"}\n{"n":4}\n';
    await writeFile(path, damaged);
    const { records, copy } = await readJournal(path, schema);
    expect(records).toEqual([{ n: 1 }, { n: 4 }]);
    expect(await readFile(copy ?? '', 'utf8')).toBe(damaged);
  });

  it('is empty before anything was written', async () => {
    expect(await readJournal(join(await tempFolder(), 'none'), schema)).toEqual({ records: [] });
  });

  it('says so when it cannot write, and the next append still works', async () => {
    const folder = await tempFolder();
    const writer = new JournalWriter<{ n: number }>(join(folder, 'no-such-folder', 'journal.jsonl'));
    await expect(writer.append({ n: 1 })).rejects.toMatchObject({ code: 'storage' });
    await appendFile(join(folder, 'witness'), '');
    await expect(writer.append({ n: 2 })).rejects.toMatchObject({ code: 'storage' });
  });
});
