import { appendFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { localLog, readLog, type ReadBytes } from '../../main/guest/log-reader';
import { logPart } from '../../main/host/log-parts';
import { tempFolder } from '../support/temp';

/** A log in memory that hands out few bytes at a time, so that characters are cut everywhere. */
function inPieces(content: Uint8Array, most: number): ReadBytes {
  return (offset, length) =>
    Promise.resolve({ bytes: content.subarray(offset, offset + Math.min(length, most)), size: content.length });
}

it('is the same text however it is cut', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 }).map((each) => Buffer.from(each.replaceAll('\uFEFF', '')));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 4, max: 9 }), async (content, most) => {
      let read = '';
      let offset = 0;
      while (offset < content.length) {
        const piece = await readLog(inPieces(content, most), { offset, waitMs: 0 });
        expect(piece.start).toBe(offset);
        expect(piece.next).toBeGreaterThan(offset);
        read += piece.text;
        offset = piece.next;
      }
      expect(read).toBe(content.toString('utf8'));
    }),
  );
});

it('comes to an end with any bytes, though they are no text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (content) => {
      let offset = 0;
      for (let reads = 0; offset < content.length; reads++) {
        expect(reads).toBeLessThan(content.length);
        offset = (await readLog(inPieces(content, 5), { offset, waitMs: 0 })).next;
      }
      expect(offset).toBe(content.length);
    }),
  );
});

it('begins at a whole character when it is counted from the end', async () => {
  const content = Buffer.from('snow ☃☃');
  for (const [offset, text] of [
    [-3, '☃'],
    [-4, '☃'],
    [-5, '☃'],
    [-6, '☃☃'],
    [-7, ' ☃☃'],
    [-1000, 'snow ☃☃'],
  ] as const) {
    const piece = await readLog(inPieces(content, 100), { offset, waitMs: 0 });
    expect(piece).toEqual({ text, start: content.length - Buffer.byteLength(text), next: 11, size: 11 });
  }
});

it('waits for more, and begins anew when the log was begun anew', async () => {
  const path = join(await tempFolder(), 'log');
  const log = localLog(path);
  expect(await readLog(log, { offset: 0, waitMs: 0 })).toEqual({ text: '', start: 0, next: 0, size: 0 });
  const first = readLog(log, { offset: 0, waitMs: 20_000 });
  await writeFile(path, 'one');
  expect((await first).text).toBe('one');
  const second = readLog(log, { offset: 3, waitMs: 20_000 });
  await appendFile(path, 'two');
  expect(await second).toMatchObject({ text: 'two', start: 3, next: 6 });
  await truncate(path, 0);
  await appendFile(path, 'new');
  expect(await readLog(log, { offset: 6, waitMs: 0 })).toEqual({ text: 'new', start: 0, next: 3, size: 3 });
});

it('goes on in the further files of a log, wherever it is asked to begin', async () => {
  const log = join(await tempFolder(), 'console.log');
  await writeFile(log, 'first ');
  await writeFile(logPart(log, 1), '');
  await writeFile(logPart(log, 2), 'and more');
  for (const offset of [0, 3, 6, 9, 14]) {
    let text = '';
    let next: number = offset;
    for (let reads = 0; reads < 4; reads++) {
      const piece = await readLog(localLog(log), { offset: next, waitMs: 0 });
      text += piece.text;
      next = piece.next;
      expect(piece.size).toBe(14);
    }
    expect(text).toBe('first and more'.slice(offset));
  }
  expect((await readLog(localLog(log), { offset: -4, waitMs: 0 })).text).toBe('more');
});
