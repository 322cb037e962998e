/** The seed disk, read by other people's programs. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeIso } from '../../main/seed';
import { tempFolder } from '../support/temp';

const LONG = 'a'.repeat(60);
const BIG = randomBytes(300_001);

async function sample(): Promise<{ folder: string; iso: string }> {
  const folder = await tempFolder();
  const iso = join(folder, 'seed.iso');
  const files = [
    { name: 'user-data', content: '#cloud-config\nhostname: grüße\n' },
    { name: 'meta-data', content: 'instance-id: m-1\n' },
    { name: 'network-config', content: '' },
    { name: 'vendor-data', content: BIG },
    { name: LONG, content: 'exactly'.padEnd(2048, '.') },
    { name: `${LONG}-b`, content: 'second long name' },
  ];
  await writeFile(iso, writeIso('cidata', files));
  return { folder, iso };
}

function has(...programs: string[]): boolean {
  return programs.every((program) => ['/usr/bin', '/usr/sbin'].some((folder) => existsSync(join(folder, program))));
}

test.skipIf(!has('blkid'))('blkid finds the label that cloud-init looks for (skipped without blkid)', async () => {
  const { iso } = await sample();
  const said = execFileSync('blkid', ['-p', '-o', 'export', iso], { encoding: 'utf8' });
  expect(said).toContain('LABEL=cidata');
  expect(said).toContain('TYPE=iso9660');
});

test.skipIf(!has('isoinfo'))('isoinfo reads every file by its Joliet name (skipped without isoinfo)', async () => {
  const { iso } = await sample();
  const names = execFileSync('isoinfo', ['-J', '-f', '-i', iso], { encoding: 'utf8' }).trim().split('\n');
  expect(names.toSorted()).toEqual(
    ['/user-data', '/meta-data', '/network-config', '/vendor-data', `/${LONG}`, `/${LONG}-b`].toSorted(),
  );
  const read = (name: string): Buffer => execFileSync('isoinfo', ['-J', '-i', iso, '-x', `/${name}`]);
  expect(read('user-data').toString()).toBe('#cloud-config\nhostname: grüße\n');
  expect(read('vendor-data').equals(BIG)).toBe(true);
  expect(read('network-config')).toHaveLength(0);
});

test.skipIf(!has('xorriso'))('xorriso takes the files out without a complaint (skipped without xorriso)', async () => {
  const { folder, iso } = await sample();
  const out = join(folder, 'out');
  const args = ['-abort_on', 'WARNING', '-read_fs', 'norock', '-osirrox', 'on', '-indev', iso, '-extract', '/', out];
  execFileSync('xorriso', args, { stdio: 'pipe' });
  expect((await readFile(join(out, 'vendor-data'))).equals(BIG)).toBe(true);
  expect(await readFile(join(out, `${LONG}-b`), 'utf8')).toBe('second long name');
});

test('the same files give the same bytes', () => {
  const files = [{ name: 'user-data', content: 'x' }];
  expect(Buffer.compare(writeIso('cidata', files), writeIso('cidata', files))).toBe(0);
});

test('so many files that the folder needs several sectors', async () => {
  const folder = await tempFolder();
  const iso = join(folder, 'many.iso');
  const files = Array.from({ length: 200 }, (_, index) => ({ name: `file-number-${index}`, content: `${index}` }));
  const image = writeIso('cidata', files);
  await writeFile(iso, image);
  if (!has('isoinfo')) return;
  expect(execFileSync('isoinfo', ['-J', '-i', iso, '-x', '/file-number-199'], { encoding: 'utf8' })).toBe('199');
  expect(execFileSync('isoinfo', ['-f', '-i', iso], { encoding: 'utf8' }).trim().split('\n')).toHaveLength(200);
});

test.each(['../user-data', '', 'a b', 'x'.repeat(65), 'ü'])('the name %j is refused', (name) => {
  expect(() => writeIso('cidata', [{ name, content: '' }])).toThrow(/cannot be a file/);
});

test('a label that does not fit and a file twice are refused', () => {
  expect(() => writeIso('a label far too long', [])).toThrow(/label/);
  expect(() =>
    writeIso(
      'cidata',
      [1, 2].map(() => ({ name: 'a', content: '' })),
    ),
  ).toThrow(/twice/);
});
