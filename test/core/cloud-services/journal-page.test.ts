/** What journalctl says (recorded from systemd 252), and what a guest could say instead of it. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { journalPageSchema } from '../../../main/contract/cloud-services';
import { journalArgv, readPage } from '../../../main/core/cloud-services/journal-page';

const REQUEST = 'req-5f0c8d3a-6a2e-4b8e-9a55-0d9a3f6d2c11';
const CURSOR = 's=a9;i=5;b=1b;m=aa;t=66;x=c6';

const recorded = (name: string): Promise<string> =>
  readFile(resolve(import.meta.dirname, '../../fixtures/journal', name), 'utf8');
const read = (stdout: string, part: { after?: string; lines?: number; stderr?: string; exitCode?: number } = {}) => {
  const { lines = 50, stderr = '', exitCode = 0, ...query } = part;
  return readPage({ exitCode, stdout, stderr }, { lines, ...query }, (unit) =>
    unit.replace(/^devstack@|\.service$/g, ''),
  );
};
const line = (part: Record<string, unknown> = {}): string =>
  `${JSON.stringify({ __CURSOR: CURSOR, __REALTIME_TIMESTAMP: '1795280535181317', MESSAGE: 'hello', _SYSTEMD_UNIT: 'devstack@n-api.service', ...part })}\n`;

describe('a recorded journal', () => {
  test('is read in the order of time, with colours, other bytes and several lines', async () => {
    const { entries, next, more } = read(await recorded('journalctl-252.jsonl'));
    expect(entries.map(({ service }) => service)).toEqual([
      ...['n-api', 'keystone', 'n-cpu', 'placement-api', 'g-api', 'g-api', 'n-api'],
    ]);
    expect(entries[0]?.text).toContain(`\u001B[01;36mNone ${REQUEST}`);
    expect(entries[0]?.time).toBe(1_795_280_535_181);
    expect(entries[2]?.text).toMatch(/Traceback.*\n {2}File .*\nValueError: \uFFFD+ broken$/);
    expect(entries[4]?.text).toBe('twice\nover');
    expect(entries[5]?.text).toHaveLength(6000);
    expect(entries[6]?.text).toBe('');
    expect(next).toMatch(/^s=/);
    expect(more).toBe(false);
  });

  test('of one request comes newest first, and is put in order', async () => {
    const { entries } = read(await recorded('journalctl-252-grep.jsonl'));
    expect(entries.map(({ service }) => service)).toEqual(['n-api', 'n-cpu', 'placement-api']);
    for (const { text } of entries) expect(text).toContain(REQUEST);
  });
});

describe('a page', () => {
  test('that is full has more behind it, and an empty one goes on where it was', () => {
    expect(read(line().repeat(3), { after: CURSOR, lines: 3 })).toMatchObject({ more: true });
    expect(read(line().repeat(2), { after: CURSOR, lines: 3 })).toMatchObject({ more: false });
    expect(read('', { after: CURSOR })).toEqual({ entries: [], more: false, next: CURSOR });
    expect(read('')).toEqual({ entries: [], more: false });
  });

  test('of a search that finds nothing is empty, though journalctl ends with 1', () => {
    expect(read('exit 1\n', { after: CURSOR })).toEqual({ entries: [], more: false, next: CURSOR });
  });

  test('that cannot be read says why in journalctl’s words', () => {
    expect(() => read('exit 1\n', { stderr: 'Failed to seek to cursor: Invalid argument' })).toThrow(
      expect.objectContaining({
        code: 'guest-failed',
        facts: { output: 'Failed to seek to cursor: Invalid argument' },
      }),
    );
    expect(() => read('', { exitCode: 127, stderr: 'sudo: a password is required' })).toThrow(/could not be read/);
  });

  test('has what systemd itself says of a service under that service', () => {
    const said = line({ _SYSTEMD_UNIT: 'init.scope', UNIT: 'devstack@g-api.service', MESSAGE: 'Stopped.' });
    expect(read(said).entries[0]).toMatchObject({ service: 'g-api', text: 'Stopped.' });
  });

  test('holds what the contract allows, however long a line is', () => {
    const page = read(
      line({ MESSAGE: 'x'.repeat(1_000_000) }) + line({ MESSAGE: null }) + line({ MESSAGE: [[0x1b, 0xff], 'b'] }),
    );
    expect(page.entries.map(({ text }) => text.length)).toEqual([65_537, 0, 4]);
    expect(journalPageSchema.safeParse(page).success).toBe(true);
  });

  test('that was cut off leaves its last line to the next one', () => {
    const whole = line({ MESSAGE: 'x'.repeat(4 * 1024 * 1024) });
    const { entries, next, more } = read((whole + whole).slice(0, 8 * 1024 * 1024), { after: CURSOR });
    expect([entries.length, next, more]).toEqual([1, CURSOR, true]);
  });
});

test.each([
  ['garbage', 'hello\n'],
  ['100,000 lines of it', 'hello\n'.repeat(100_000)],
  ['colours', `\u001B[31m${line()}`],
  ['malformed UTF-8', `${Buffer.from([0xff, 0xc3, 0x28]).toString('utf8')}\n`],
  ['other JSON', '{"__CURSOR":5}\n'],
  ['a cursor that is an option', line({ __CURSOR: '--vacuum-size=1' })],
  ['a time that is none', line({ __REALTIME_TIMESTAMP: 'now' })],
  ['half a line', line().slice(0, 40)],
])('a guest that says %s is not believed', (_what, stdout) => {
  expect(() => read(stdout)).toThrow(expect.objectContaining({ code: 'guest-failed' }));
});

it('asks with one argument for each unit, and searches only for what is a request', () => {
  const argv = journalArgv(['devstack@*.service', 'mariadb.service'], { request: REQUEST, lines: 7, waitMs: 2500 });
  expect(argv.slice(3, 7)).toEqual(['sh', '7', '2', String(8 * 1024 * 1024)]);
  expect(argv).toEqual(
    expect.arrayContaining(['--unit=devstack@*.service', '--unit=mariadb.service', `--grep=${REQUEST}`, '--lines=7']),
  );
  expect(journalArgv(['a.service'], { after: CURSOR, lines: 7, waitMs: 0 })).toContain(`--after-cursor=${CURSOR}`);
});
