/** The catalogue: ours, and a lab's own; and the checksum lists of the vendors. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCatalogue } from '../../main/images';
import { throughMirrors } from '../../main/images/catalogue';
import { findChecksum } from '../../main/images/checksums';
import { tempFolder } from '../support/temp';

const OWN = {
  id: 'lab-1',
  title: 'Lab image',
  os: 'debian',
  release: '12',
  user: 'debian',
  url: 'http://127.0.0.1:8000/lab.qcow2',
  checksum: { sha256: 'a'.repeat(64) },
};

async function file(content: unknown): Promise<string> {
  const path = join(await tempFolder(), 'catalogue.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('ours names every image of the product, all over https', async () => {
  const catalogue = await loadCatalogue();
  expect(catalogue.map(({ id }) => id).toSorted()).toEqual([
    'centos-stream-10',
    'centos-stream-9',
    'debian-12',
    'debian-13',
    'rocky-9',
    'ubuntu-22.04',
    'ubuntu-24.04',
    'ubuntu-26.04',
  ]);
  for (const { url, checksum } of catalogue) {
    expect(url).toMatch(/^https:/);
    expect(checksum).toHaveProperty('url', expect.stringMatching(/^https:/));
  }
});

test("a lab's own entries come first and may replace ours", async () => {
  const own = await file({ images: [OWN, { ...OWN, id: 'debian-12' }] });
  const catalogue = await loadCatalogue(own);
  expect(catalogue.slice(0, 2)).toEqual([OWN, { ...OWN, id: 'debian-12' }]);
  expect(catalogue.filter(({ id }) => id === 'debian-12')).toHaveLength(1);
  expect(catalogue).toHaveLength(9);
});

test.each<[string, unknown]>([
  ['no YAML', '{{{{'],
  ['a list', [OWN]],
  ['an unknown key', { images: [{ ...OWN, run: 'rm' }] }],
  ['a path as identifier', { images: [{ ...OWN, id: '../x' }] }],
  ['a foreign protocol', { images: [{ ...OWN, url: 'javascript:alert(1)' }] }],
  ['a password in the address', { images: [{ ...OWN, url: 'http://me:pw@lab/x' }] }],
  ['a short checksum', { images: [{ ...OWN, checksum: { sha256: 'abc' } }] }],
  ['no checksum', { images: [{ ...OWN, checksum: undefined }] }],
  ['the same twice', { images: [OWN, OWN] }],
])('a catalogue with %s is refused with its name', async (_, content) => {
  const path = await file(content);
  await expect(loadCatalogue(path)).rejects.toMatchObject({ code: 'bad-input' });
  await expect(loadCatalogue(path)).rejects.toThrow(path);
});

test('a catalogue that is not there is an error', async () => {
  await expect(loadCatalogue('/nonexistent/catalogue.json')).rejects.toMatchObject({ code: 'bad-input' });
});

test('the longest matching mirror counts, for the checksum too', async () => {
  const [ubuntu] = await loadCatalogue();
  if (!ubuntu) throw new Error('the catalogue is empty');
  const moved = throughMirrors(ubuntu, {
    'https://cloud-images.ubuntu.com/': 'http://far.lab/',
    'https://cloud-images.ubuntu.com/releases/': 'http://near.lab/u/',
  });
  expect(moved.url).toMatch(/^http:\/\/near\.lab\/u\/noble\//);
  expect(moved.checksum).toEqual({ url: 'http://near.lab/u/noble/release/SHA256SUMS' });
});

const HEX = '0123456789abcdef'.repeat(4);

test.each([
  ['GNU with a star (Ubuntu)', `${'f'.repeat(64)} *other.img\n${HEX} *image.img\n`, 'SHA256SUMS', 'sha256', HEX],
  ['GNU with two spaces (Debian)', `${HEX}${HEX}  image.img\n`, 'SHA512SUMS', 'sha512', HEX + HEX],
  ['BSD (CentOS)', `# image.img: 12 bytes\r\nSHA256 (image.img) = ${HEX.toUpperCase()}\r\n`, 'x', 'sha256', HEX],
  [
    'one dated build in the list of "latest"',
    `SHA256 (image-2024.img) = ${HEX}\n`,
    'image.img.CHECKSUM',
    'sha256',
    HEX,
  ],
])('a list in the form %s is read', (_, list, listName, algorithm, hex) => {
  expect(findChecksum(list, 'image.img', listName)).toEqual({ algorithm, hex });
});

test.each([
  ['names like ours', `${HEX} *image.img.manifest\n${HEX} *my-image.img\n`, 'SHA256SUMS'],
  ['one build in a shared list', `${HEX} *other.img\n`, 'SHA256SUMS'],
  ['two builds in the list of "latest"', `${HEX}  a.img\n${HEX}  b.img\n`, 'image.img.CHECKSUM'],
  ['MD5', `${'a'.repeat(32)}  image.img\n`, 'MD5SUMS'],
  ['a web page', '<html>image.img</html>', 'SHA256SUMS'],
])('%s are not our checksum', (_, list, listName) => {
  expect(() => findChecksum(list, 'image.img', listName)).toThrow(/does not name image.img/);
});
