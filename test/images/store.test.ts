/** Downloads from a server that cuts, lies, stalls and changes its mind; and the cache that they end in. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Image } from '../../main/contract/models';
import { createImageStore, type CatalogueEntry, type ImageStore, type ImageStoreOptions } from '../../main/images';
import { tempFolder } from '../support/temp';
import { qcow2, rawDisk } from './disks';
import { imageServer, type ImageServer, type Served } from './image-server';

/** 1 MiB and a bit: large enough to be cut in the middle. */
const IMAGE = qcow2({ clusters: 16 });

function entry(url: string, id = 'debian-12', changes: Partial<CatalogueEntry> = {}): CatalogueEntry {
  const checksum = { url: `${url}.SHA256SUM` };
  return { id, title: 'Debian 12', os: 'debian', release: '12', user: 'debian', url, checksum, ...changes };
}

interface Bench {
  store: ImageStore;
  seen: Image[];
  folder: string;
}

async function open(catalogue: CatalogueEntry[], options: Partial<ImageStoreOptions> = {}): Promise<Bench> {
  const folder = options.folder ?? (await tempFolder());
  const seen: Image[] = [];
  const store = await createImageStore({
    catalogue,
    onChange: (image) => seen.push(image),
    usedBy: () => [],
    pauseMs: 5,
    stallMs: 1000,
    spareBytes: 0,
    ...options,
    folder,
  });
  onTestFinished(() => store.close());
  return { store, seen, folder };
}

async function served(
  file: Partial<Served>,
  options?: Partial<ImageStoreOptions>,
): Promise<Bench & { server: ImageServer }> {
  const server = await imageServer({ 'image.qcow2': { content: IMAGE, ...file } });
  return { ...(await open([entry(`${server.url}/image.qcow2`)], options)), server };
}

function newGate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test('an image is downloaded, verified and kept read-only', async () => {
  const { store, seen, server } = await served({});
  const progress: (number | undefined)[] = [];
  const file = await store.ensure('debian-12', { onProgress: (fraction) => progress.push(fraction) });
  const hash = createHash('sha256').update(IMAGE).digest('hex');
  expect(file).toMatchObject({ id: `debian-12-${hash.slice(0, 12)}`, format: 'qcow2', virtualBytes: 16 * 65_536 });
  expect((await readFile(file.path)).equals(IMAGE)).toBe(true);
  expect((await stat(file.path)).mode & 0o777).toBe(0o444);
  expect(progress).toContain(1);
  expect(new Set(seen.map(({ state }) => state))).toEqual(new Set(['downloading', 'verifying', 'cached']));
  expect(await store.ensure('debian-12')).toEqual(file);
  expect(server.ranges.get('image.qcow2')).toEqual(['-']);
});

test('a download that is cut three times goes on where it was', async () => {
  const { store, server, folder } = await served({ cuts: 3, etag: '"v1"' });
  await store.ensure('debian-12');
  const ranges = server.ranges.get('image.qcow2') ?? [];
  expect(ranges).toHaveLength(4);
  expect(ranges.slice(1).every((range) => /^bytes=[1-9]/.test(range))).toBe(true);
  expect((await readdir(folder)).filter((name) => name.includes('.part'))).toEqual([]);
});

test('a server that ignores ranges sends all of it again', async () => {
  const { store } = await served({ cuts: 2, ignoresRanges: true });
  expect((await readFile((await store.ensure('debian-12')).path)).equals(IMAGE)).toBe(true);
});

test('a server that stalls is asked again, and given up at last', async () => {
  const { store, server } = await served({ stalls: 1 }, { stallMs: 300 });
  await store.ensure('debian-12');
  expect(server.ranges.get('image.qcow2')).toHaveLength(2);
  const dead = await served({ stalls: 1000, ignoresRanges: true }, { stallMs: 100 });
  await expect(dead.store.ensure('debian-12')).rejects.toMatchObject({
    code: 'network',
    message: expect.stringContaining('sent nothing'),
    facts: { hint: expect.stringContaining('proxy') },
  });
});

test('a file that changes between two parts is not glued together', async () => {
  const newer = qcow2({ clusters: 16 });
  const { store } = await served({ cuts: 1, etag: '"v1"', afterCuts: { content: newer, etag: '"v2"' } });
  const file = await store.ensure('debian-12');
  expect((await readFile(file.path)).equals(newer)).toBe(true);
});

test('a wrong checksum is an error, and nothing of it is kept', async () => {
  const { store, folder } = await served({ hash: 'a'.repeat(64) });
  await expect(store.ensure('debian-12')).rejects.toMatchObject({ code: 'verification' });
  expect(await store.get('debian-12')).toMatchObject({ state: 'failed', error: { code: 'verification' } });
  expect(await readdir(folder)).toEqual([]);
});

test.each<[string, Partial<Served>, string, RegExp]>([
  ['403', { status: 403 }, 'network', /403/],
  ['a web page', { type: 'text/html; charset=utf-8' }, 'verification', /web page/],
  ['a qcow2 that reads /etc/shadow', { content: qcow2({ backing: '/etc/shadow' }) }, 'verification', /backing file/],
  ['a text with the right checksum', { content: Buffer.alloc(9000, 'text ') }, 'verification', /not a disk image/],
  ['503 for ever', { status: 503 }, 'network', /503/],
])('%s instead of the image is a clear error', async (_, file, code, message) => {
  const { store, folder } = await served(file);
  const failure = store.ensure('debian-12');
  await expect(failure).rejects.toMatchObject({ code });
  await expect(failure).rejects.toThrow(message);
  expect((await readdir(folder)).filter((name) => name.endsWith('.qcow2'))).toEqual([]);
});

test('an address that is not there says so, once', async () => {
  const server = await imageServer({});
  const { store } = await open([entry(`${server.url}/gone.qcow2`)]);
  await expect(store.ensure('debian-12')).rejects.toThrow(/404/);
  await expect(store.ensure('nonsense')).rejects.toMatchObject({ code: 'not-found' });
  await expect(store.ensure('../../etc/passwd')).rejects.toMatchObject({ code: 'not-found' });
});

test('two who want the same image share one download; one may leave', async () => {
  const gate = newGate();
  const { store, server } = await served({ gate: gate.opened });
  const leaving = new AbortController();
  const first = store.ensure('debian-12', { signal: leaving.signal });
  const second = store.ensure('debian-12');
  await vi.waitFor(() => expect(server.ranges.get('image.qcow2')).toHaveLength(1));
  leaving.abort(new Error('left'));
  await expect(first).rejects.toThrow('left');
  gate.open();
  expect((await readFile((await second).path)).equals(IMAGE)).toBe(true);
  expect(server.ranges.get('image.qcow2')).toHaveLength(1);
});

test('a cancelled download stops, keeps its part, and is gone on with', async () => {
  const { store, server, folder } = await served({ stalls: 1, etag: '"v1"' }, { stallMs: 60_000 });
  expect(await store.startDownload('debian-12')).toMatchObject({ state: 'downloading' });
  await vi.waitFor(async () => {
    const part = (await readdir(folder)).find((name) => name.endsWith('.part'));
    expect((await stat(join(folder, part ?? 'none'))).size).toBeGreaterThan(100_000);
  });
  await expect(store.delete('debian-12')).rejects.toMatchObject({ code: 'busy' });
  expect(await store.cancel('debian-12')).toMatchObject({ state: 'absent' });
  const again = await open([entry(`${server.url}/image.qcow2`)], { folder });
  await again.store.ensure('debian-12');
  expect(server.ranges.get('image.qcow2')?.[1]).toMatch(/^bytes=[1-9]/);
});

test('at most two downloads at once; a third waits and can be cancelled', async () => {
  const gate = newGate();
  const file = { content: IMAGE, gate: gate.opened };
  const server = await imageServer({ a: file, b: file, c: file, d: file });
  const { store } = await open(['a', 'b', 'c', 'd'].map((name) => entry(`${server.url}/${name}`, name)));
  const running = ['a', 'b'].map((id) => store.ensure(id));
  await vi.waitFor(() => expect(server.ranges.size).toBe(2));
  const controller = new AbortController();
  const third = store.ensure('c', { signal: controller.signal });
  const fourth = store.ensure('d');
  await setTimeout(20);
  expect((await store.get('c')).state).toBe('downloading');
  controller.abort(new Error('enough'));
  await expect(third).rejects.toThrow('enough');
  gate.open();
  await Promise.all([...running, fourth]);
  expect(server.ranges.has('c')).toBe(false);
  expect(server.busiest).toBe(2);
});

test('the cache is there after a restart, without the server; leftovers are swept', async () => {
  const { store, folder } = await served({});
  const file = await store.ensure('debian-12');
  await store.close();
  await writeFile(join(folder, 'own-x-123456.importing'), 'half');
  await writeFile(join(folder, 'debian-12.json.1234567'), 'half');
  const dead = entry('http://127.0.0.1:9/image.qcow2');
  const again = await open([dead], { folder });
  expect(await again.store.get('debian-12')).toMatchObject({ state: 'cached', cachedBytes: IMAGE.length });
  expect(await again.store.ensure('debian-12')).toEqual(file);
  expect((await readdir(folder)).toSorted()).toEqual([file.path.slice(folder.length + 1), 'debian-12.json'].toSorted());
});

test('a damaged note is set aside, a changed file is not trusted', async () => {
  const { store, folder, server } = await served({});
  const file = await store.ensure('debian-12');
  await chmod(file.path, 0o644);
  await writeFile(file.path, 'somebody wrote here');
  expect((await store.get('debian-12')).state).toBe('absent');
  await store.ensure('debian-12');
  await writeFile(join(folder, 'debian-12.json'), '{"version":1,"id":"../../evil"}');
  const again = await open([entry(`${server.url}/image.qcow2`)], { folder });
  expect((await again.store.get('debian-12')).state).toBe('absent');
  expect((await readdir(folder)).some((name) => name.startsWith('debian-12.json.unreadable'))).toBe(true);
});

test('an image that a cloud uses is not deleted; one that nobody uses gives its room back', async () => {
  const clouds: string[] = ['my cloud'];
  const { store, folder } = await served({}, { usedBy: () => clouds });
  await store.ensure('debian-12');
  await expect(store.delete('debian-12')).rejects.toMatchObject({ code: 'conflict', message: /my cloud/ });
  clouds.pop();
  expect(await store.delete('debian-12')).toBe(IMAGE.length);
  expect(await readdir(folder)).toEqual([]);
  expect((await store.get('debian-12')).state).toBe('absent');
});

test('a catalogue may name a file of this computer, and a mirror moves addresses', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'image.qcow2'), IMAGE);
  const sha256 = createHash('sha256').update(IMAGE).digest('hex');
  const local = entry(pathToFileURL(join(folder, 'image.qcow2')).href, 'local', { checksum: { sha256 } });
  const server = await imageServer({ 'm/image.qcow2': { content: IMAGE } });
  const vendor = entry('https://vendor.invalid/image.qcow2', 'far');
  const { store } = await open([local, vendor], { mirrors: { 'https://vendor.invalid/': `${server.url}/m/` } });
  expect((await store.ensure('local')).virtualBytes).toBe(16 * 65_536);
  expect((await store.ensure('far')).virtualBytes).toBe(16 * 65_536);
});

test('without room nothing is begun', async () => {
  const { store, server } = await served({}, { spareBytes: 2 ** 60 });
  await expect(store.ensure('debian-12')).rejects.toMatchObject({ code: 'no-room' });
  expect(server.ranges.get('image.qcow2')).toHaveLength(1);
});

const mountable = process.platform === 'linux' && process.getuid?.() === 0;

test.skipIf(!mountable)(
  'a disk that fills up on the way is said to be full (skipped unless root: needs a small tmpfs)',
  async () => {
    const folder = join(await tempFolder(), 'small');
    await mkdir(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'stackbox-test', folder]);
    onTestFinished(() => void execFileSync('umount', [folder]));
    // Without a length nobody can know before.
    const { store } = await served({ chunked: true }, { folder });
    await expect(store.ensure('debian-12')).rejects.toMatchObject({ code: 'no-room', message: 'The disk is full.' });
    await expect(store.ensure('debian-12')).rejects.toMatchObject({ code: 'no-room' });
    expect(await store.delete('debian-12')).toBeGreaterThan(0);
  },
);

test("a person's own image is copied, survives a restart, and is not taken twice", async () => {
  const folder = await tempFolder();
  const path = join(folder, 'my image.img');
  await writeFile(path, rawDisk());
  const bench = await open([]);
  const input = { path, title: 'Mein $(touch x) Bild/../é', os: 'other', user: 'me' } as const;
  const progress: (number | undefined)[] = [];
  const image = await bench.store.importFile(input, { onProgress: (fraction) => progress.push(fraction) });
  expect(image).toMatchObject({ state: 'cached', imported: true, title: input.title, cachedBytes: 1024 * 1024 });
  expect(image.id).toMatch(/^own-mein-touch-x-bild-e-[0-9a-f]{6}$/);
  expect(progress.at(-1)).toBe(1);
  expect((await bench.store.ensure(image.id)).format).toBe('raw');
  await expect(bench.store.importFile(input)).rejects.toMatchObject({ code: 'conflict' });
  await bench.store.close();
  const again = await open([], { folder: bench.folder });
  expect(await again.store.list()).toEqual([image]);
  await again.store.delete(image.id);
  expect(await readdir(bench.folder)).toEqual([]);
});

test('a link, a folder, a device, a pipe, a web page and nothing are not imported', async () => {
  const folder = await tempFolder();
  const at = (name: string): string => join(folder, name);
  await writeFile(at('disk'), rawDisk());
  await symlink(at('disk'), at('link'));
  await writeFile(at('page'), `<html>${'x'.repeat(5000)}`);
  execFileSync('mkfifo', [at('pipe')]);
  const bench = await open([]);
  for (const path of [
    at('link'),
    folder,
    '/dev/zero',
    at('pipe'),
    at('page'),
    at('none'),
    'disk',
    `${at('disk')}\0x`,
  ]) {
    const failure = bench.store.importFile({ path, title: 'x', os: 'other', user: 'me' });
    await expect(failure).rejects.toMatchObject({ code: 'bad-input' });
  }
  const controller = new AbortController();
  controller.abort(new Error('stop'));
  const cancelled = bench.store.importFile(
    { path: at('disk'), title: 'x', os: 'other', user: 'me' },
    { signal: controller.signal },
  );
  await expect(cancelled).rejects.toThrow('stop');
  expect(await readdir(bench.folder)).toEqual([]);
});
