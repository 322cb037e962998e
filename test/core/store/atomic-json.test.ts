import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readJson, writeJson } from '../../../main/core/store/atomic-json';
import { tempFolder } from '../../support/temp';

const schema = z.object({ version: z.literal(1), text: z.string() });

describe('a file of state', () => {
  it('comes back as it was written, readable by its owner only', async () => {
    const path = join(await tempFolder(), 'deep', 'state.json');
    await writeJson(path, { version: 1, text: 'a "quoted" ☃' });
    expect(await readJson(path, schema)).toEqual({ value: { version: 1, text: 'a "quoted" ☃' } });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each(['', 'not json', '{"version":1', '{"version":2,"text":"x"}', '[]'])(
    'is set aside, not deleted, when it holds %j',
    async (content) => {
      const path = join(await tempFolder(), 'state.json');
      await writeFile(path, content);
      const { value, setAside } = await readJson(path, schema);
      expect(value).toBeUndefined();
      expect(await readFile(setAside ?? '', 'utf8')).toBe(content);
      expect(await readJson(path, schema)).toEqual({ value: undefined });
    },
  );
});
