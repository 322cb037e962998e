/** What systemctl says, and what a guest could say instead of it. */
import { describe, expect, it, test } from 'vitest';
import { questionFor, readUnits, showArgv } from '../../../main/core/cloud-services/units';
import { findRecipe } from '../../../main/recipes';
import type { ServiceTable } from '../../../main/recipes/services';

const services = findRecipe('devstack')?.services;
if (services === undefined || 'elsewhere' in services) throw new Error('DevStack has services.');
const table: ServiceTable = services;

/** As systemd 252 answers `--all --property=…`; it has its own order, and what is not set stays empty. */
function unit(id: string, part: Record<string, string> = {}): string {
  const all = {
    Result: 'success',
    NRestarts: '0',
    MemoryCurrent: '134217728',
    Id: id,
    LoadState: 'loaded',
    ActiveState: 'active',
    SubState: 'running',
    UnitFileState: 'enabled',
    InactiveExitTimestamp: 'Sat 2026-11-21 12:00:00 UTC',
    ActiveEnterTimestamp: 'Sat 2026-11-21 12:00:05 UTC',
    ActiveExitTimestamp: '',
    InactiveEnterTimestamp: '',
    ...part,
  };
  return Object.entries(all)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

const read = (stdout: string) => readUnits({ exitCode: 0, stdout, stderr: '' }, table);

describe('services', () => {
  test('have their OpenStack names, in the order of the recipe', () => {
    const list = read(
      [
        unit('mariadb.service', { MemoryCurrent: '[not set]', UnitFileState: 'disabled' }),
        unit('devstack@n-api.service'),
        unit('devstack@n-cond-cell1.service'),
        unit('devstack@masakari-api.service'),
        unit('devstack@keystone.service', { NRestarts: '3' }),
        unit('ovn-central.service', { SubState: 'exited', MemoryCurrent: '18446744073709551615' }),
        unit('devstack@c-bak.service', { LoadState: 'not-found', ActiveState: 'inactive', SubState: 'dead' }),
      ].join('\n'),
    );
    expect(list.map(({ name, group, state }) => [name, group, state])).toEqual([
      ['Keystone', 'Keystone', 'running'],
      ['Nova API', 'Nova', 'running'],
      ['Nova conductor (cell1)', 'Nova', 'running'],
      ['OVN central', 'Open vSwitch and OVN', 'done'],
      ['Database', 'Beneath it', 'running'],
      ['masakari-api', 'Others', 'running'],
    ]);
    expect(list[0]).toMatchObject({
      unit: 'devstack@keystone.service',
      since: Date.UTC(2026, 10, 21, 12, 0, 5),
      memoryBytes: 134_217_728,
      restarts: 3,
      enabled: true,
      hurts: expect.stringContaining('asks Keystone') as string,
    });
    expect(list[1]).not.toHaveProperty('hurts');
    expect(list[3]).not.toHaveProperty('memoryBytes');
    expect(list[4]).toMatchObject({ enabled: false });
  });

  test.each([
    ['failed', { ActiveState: 'failed', SubState: 'failed', Result: 'oom-kill' }, 'failed', 'oom-kill'],
    [
      'between two attempts',
      { ActiveState: 'activating', SubState: 'auto-restart', Result: 'exit-code' },
      'restarting',
      'exit-code',
    ],
    ['starting', { ActiveState: 'activating', SubState: 'start' }, 'starting', undefined],
    ['stopping', { ActiveState: 'deactivating', SubState: 'stop-sigterm' }, 'stopping', undefined],
    ['stopped', { ActiveState: 'inactive', SubState: 'dead' }, 'stopped', undefined],
  ])('that are %s say so', (_what, part, state, result) => {
    const [one] = read(
      unit('devstack@n-api.service', { ...part, InactiveEnterTimestamp: 'Sat 2026-11-21 13:00:00 UTC' }),
    );
    expect(one).toMatchObject({ state });
    expect(one?.result).toBe(result);
    // Starting is since it was no longer stopped; when it began to stop is not in this answer.
    const since = { failed: 13, stopped: 13, restarting: 12, starting: 12 }[state];
    expect(one?.since).toBe(since === undefined ? undefined : Date.UTC(2026, 10, 21, since));
  });

  test('one that systemd names by an alias is there once', () => {
    expect(read([unit('mariadb.service'), unit('mariadb.service')].join('\n'))).toHaveLength(1);
  });

  test('none is none, and one that is none of the recipe is left out', () => {
    expect(read('')).toEqual([]);
    expect(read('\n\n')).toEqual([]);
    expect(read(unit('sshd.service'))).toEqual([]);
  });
});

describe('a guest that says something else is not believed', () => {
  test.each([
    ['garbage', 'hello\n'],
    ['100,000 lines of it', 'what is this\n'.repeat(100_000)],
    ['colours', '\u001B[31mId=devstack@n-api.service\u001B[0m\nLoadState=loaded\n'],
    ['malformed UTF-8', Buffer.from([0xff, 0xfe, 0x3d, 0x0a]).toString('utf8')],
    ['a unit that is an option', unit('--force.service')],
    ['a unit that is a path', unit('../../etc/passwd')],
    ['a state that there is not', unit('devstack@n-api.service', { ActiveState: '<b>up</b>' })],
    ['half an answer', 'Id=devstack@n-api.service\n'],
  ])('%s', (_what, stdout) => {
    expect(() => read(stdout)).toThrow(
      expect.objectContaining({
        code: 'guest-failed',
        // Cut, and without colours.
        // oxlint-disable-next-line no-control-regex -- it looks for control characters
        facts: { output: expect.stringMatching(/^[^\u0000-\u0009\u001B]{0,2000}$/) as string },
      }),
    );
  });

  test('numbers and times that are none are left out', () => {
    const [one] = read(
      unit('devstack@n-api.service', {
        MemoryCurrent: '9'.repeat(300),
        NRestarts: '-1',
        ActiveEnterTimestamp: 'Sat 9999-99-99 99:99:99 UTC',
      }),
    );
    expect(one).toMatchObject({ restarts: 0 });
    expect(one).not.toHaveProperty('memoryBytes');
    expect(one).not.toHaveProperty('since');
  });

  test('100,000 services are no more than a cloud can have', () => {
    const many = Array.from({ length: 100_000 }, (_, n) => unit(`devstack@x${n}.service`)).join('\n');
    expect(read(many)).toHaveLength(200);
  });

  test('systemctl that fails is told of in its own words', () => {
    const answer = { exitCode: 1, stdout: '', stderr: 'Failed to connect to bus: Connection refused\n' };
    expect(() => readUnits(answer, table)).toThrow(
      expect.objectContaining({
        code: 'guest-failed',
        facts: { output: 'Failed to connect to bus: Connection refused', exitCode: 1 },
      }),
    );
  });
});

it('is one call with an argument for each unit, behind which no option can hide', () => {
  const argv = questionFor(table);
  expect(argv.slice(0, 5)).toEqual(['env', 'LC_ALL=C', 'TZ=UTC', 'systemctl', 'show']);
  expect(argv).toContain('devstack@*.service');
  expect(argv.indexOf('--')).toBeLessThan(argv.indexOf('devstack@keystone.service'));
  expect(showArgv(['a.service']).slice(-2)).toEqual(['--', 'a.service']);
});
