/** Saving a cloud and its snapshots on the command line, against a whole in-memory core. */
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../main/contract/models';
import { FakeCore } from '../../fakes/fake-api';
import { makeCloud, readyParts } from '../../fakes/fake-data';
import { stackbox } from './run-stackbox';

const kept: Snapshot = { id: 's-1', name: 'cold', takenAt: 1_795_265_641_000, withMemory: true, current: true };

function coreWith(...snapshots: Snapshot[]): FakeCore {
  return new FakeCore({ clouds: [makeCloud('id-0', 'alpha', readyParts, Date.now())], snapshots });
}

describe('snapshots', () => {
  it('are listed with their time, for a person and for a script', async () => {
    const { code, out } = await stackbox(['snapshot', 'alpha', 'list'], { core: coreWith(kept) });
    expect(code).toBe(0);
    expect(out).toMatch(/^cold +2026-11-21T12:54:01\.000Z +yes +goes on from here$/m);
    const asJson = await stackbox(['snapshot', 'alpha', 'list', '--json'], { core: coreWith(kept) });
    expect(JSON.parse(asJson.out)).toEqual([kept]);
    expect((await stackbox(['snapshot', 'alpha', 'list'], { core: coreWith() })).err).toContain('no snapshots yet');
  });

  it('are taken, gone back to and deleted by name; what cannot be undone wants a yes', async () => {
    const core = coreWith();
    expect(await stackbox(['snapshot', 'alpha', 'take', 'with Heat'], { core })).toMatchObject({
      code: 0,
      err: expect.stringContaining('alpha has the snapshot with Heat.') as string,
    });
    for (const action of ['restore', 'delete']) {
      const asked = await stackbox(['snapshot', 'alpha', action, 'with Heat'], { core });
      expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('Add --yes') as string });
    }
    expect(core.calls).toEqual(['clouds.snapshots.take with Heat']);
    for (const action of ['restore', 'delete']) {
      expect((await stackbox(['snapshot', 'alpha', action, 'with Heat', '--yes'], { core })).code).toBe(0);
    }
    expect(core.calls.slice(1)).toEqual([
      'clouds.snapshots.restore s-with Heat',
      'clouds.snapshots.delete s-with Heat',
    ]);
  });

  it.each([
    [['take'], 2, 'Which snapshot?'],
    [['take', '$(touch x)'], 2, 'Begin with a letter'],
    [['restore', 'other', '--yes'], 3, 'There are: cold.'],
    [['freeze', 'cold'], 2, 'Allowed choices are take, list, restore, delete'],
  ])('refuses %j', async (words, wanted, message) => {
    const core = coreWith(kept);
    const { code, err } = await stackbox(['snapshot', 'alpha', ...words], { core });
    expect(code).toBe(wanted);
    expect(err).toContain(message);
    expect(core.calls).toEqual([]);
  });
});

it('a cloud is saved', async () => {
  const core = coreWith();
  expect(await stackbox(['save', 'alpha'], { core })).toMatchObject({
    code: 0,
    err: expect.stringContaining('alpha is saved.') as string,
  });
  expect(core.calls).toEqual(['clouds.save']);
});
