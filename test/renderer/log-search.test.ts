import { describe, expect, test } from 'vitest';
import { LogBuffer } from '../../renderer/features/logs/LogBuffer';
import { MAX_MARKS, type Finder } from '../../renderer/features/logs/finder';
import { toPattern } from '../../renderer/features/logs/pattern';

function finder(typed: string, asRegex = true): Finder {
  const pattern = toPattern(typed, asRegex);
  if (pattern.state !== 'good') throw new Error(`${typed} is ${pattern.state}`);
  return pattern.finder;
}

function find(text: string, typed: string): number[] {
  const buffer = new LogBuffer();
  buffer.append(text);
  return [...buffer.search(finder(typed), 0)].flatMap(({ lines }) => lines);
}

const LOG = [
  '2026-11-21 21:32:11.123 12345 INFO nova.compute.manager [None req-000000ff-aaaa demo] [instance: 5e1] Took 17.4 s',
  '2026-11-21 21:32:12.001 ERROR oslo_db.sqlalchemy.exc: (pymysql.err.OperationalError) (2003, "Can\'t connect")',
  '+ functions-common:git_clone:560         :   sudo apt-get install -y "libvirt-daemon{,-system}"',
  '\tTraceback (most recent call last): aaa_bbb-ccc, résumé, 日本語, 😀 x{2}',
  '',
  'a line of nothing but words',
].join('\n');

/** What people type, in the syntax that they know from elsewhere. */
const USUAL = [
  'error',
  'took \\d+\\.\\d+ s$',
  '^2026-\\d\\d-\\d{2}.*(info|error)\\b',
  '\\[instance: [0-9a-f]+\\]',
  '(?<hour>\\d{2}):\\d{2}:\\d{2}(?:[.,]\\d+)?',
  'req-[^ \\]]+',
  '"[^"]*"',
  '".*?"',
  '\\(\\d+, ',
  'x\\{2\\}|x{2}',
  '{,-',
  '[\\w.-]+:',
  '\\bnova\\.[a-z_.]+\\b|oslo_\\w+',
  'r\\u00e9sum\\xe9|日.語',
  '^\\s+\\S+',
  '^$',
  'a\\_b|git\\-get\\/|apt\\-get',
  '(?<!oslo_)db|(?<=demo)\\]',
  '[^\\x00-\\x7f]+',
];

describe('search with a regular expression', () => {
  test.each(USUAL)('%s finds and marks what the browser would', (typed) => {
    const browsers = new RegExp(typed, 'gi');
    const lines = LOG.split('\n');
    expect(find(`${LOG}\n`, typed)).toEqual(lines.flatMap((line, at) => (line.search(browsers) === -1 ? [] : [at])));
    for (const line of lines) {
      const theirs = [...line.matchAll(browsers)].map(({ 0: found, index }) => ({
        from: index,
        to: index + found.length,
      }));
      expect(finder(typed).marks(line)).toEqual(theirs.filter(({ from, to }) => to > from));
    }
  });

  test.each([
    ['(a+)+$', [2]],
    ['(a|a)*!$', [0, 1]],
    ['(.*)*(.*)*x', []],
    ['(\\w+\\s?)+:', [1]],
    ['(?<=(?:a+)+)b', [1]],
    ['((a?){10}){5}a{50}c', []],
  ])('%s gets its answer in lines that would hold the browser up for ever', (typed, lines) => {
    const long = 'a'.repeat(100_000);
    expect(find(`${long}!\nfine: aaab!\n${long}`, typed)).toEqual(lines);
    finder(typed).marks(`${long}!`);
  });

  test.each([
    ['error(?!s)', '(?!'],
    ['(?=.*nova)error', '(?='],
    ['(a)\\1', '\\1'],
    ['(?<word>a)\\k<word>', '\\k<word>'],
    ['a{5000}', '{5000}'],
    ['(?<=(a))b', '(?<=(a))b'],
  ])('%s is refused, and %s is named as the reason', (typed, reason) => {
    expect(toPattern(typed, true)).toEqual({ state: 'bad', why: 'lacking', reason });
  });

  test.each(['(', '[z-a]', 'a**', '*', '\\', 'a{2,1}', '[', ')'])(
    '%s is a mistake, in the words of the browser',
    (typed) => {
      let words = '';
      try {
        expect(new RegExp(typed, 'gim')).toBeUndefined();
      } catch (error) {
        words = String(error instanceof Error && error.message);
      }
      expect(words).toContain('Invalid regular expression');
      expect(toPattern(typed, true)).toEqual({ state: 'bad', why: 'syntax', reason: words });
    },
  );

  test.each([
    ['many repeats', '(x{1,100}){1,10}'],
    ['many repeats in a row', '[a-f]{500}'.repeat(3)],
    ['many letters', 'x'.repeat(20_000)],
  ])('an expression of %s is refused before it takes anybody’s time', (_, typed) => {
    expect(toPattern(typed, true)).toEqual({ state: 'bad', why: 'long', reason: '' });
  });

  test('a match does not reach into the next line', () => {
    expect(find('one\ntwo\n', 'one[^x]*two|e\\s+t')).toEqual([]);
    expect(find('one\ntwo\n', 'e$|^t')).toEqual([0, 1]);
  });

  test('plain text is taken literally and marked wherever it is, but not without end', () => {
    expect(finder('a.c', false).marks('a.c abc A.C')).toEqual([
      { from: 0, to: 3 },
      { from: 8, to: 11 },
    ]);
    expect(finder('a', false).marks('a'.repeat(1000))).toHaveLength(MAX_MARKS);
  });

  test('a search in pieces misses no line and finds none twice', () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => (n % 7 === 0 ? `hit ${n}` : `miss ${'-'.repeat(n % 50)}`));
    const buffer = new LogBuffer();
    for (let at = 0; at < lines.length; at += 3000) buffer.append(`${lines.slice(at, at + 3000).join('\n')}\n`);
    const wanted = lines.flatMap((line, at) => (line.startsWith('hit') && at >= 1234 ? [at] : []));
    for (const asRegex of [true, false]) {
      const slices = [...buffer.search(finder('hit ', asRegex), 1234)];
      expect(slices.flatMap((slice) => slice.lines)).toEqual(wanted);
      expect(slices.length).toBeGreaterThan(10);
      expect(slices.at(-1)?.searchedTo).toBe(20_000);
    }
  });
});
