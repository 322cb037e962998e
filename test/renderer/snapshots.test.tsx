// @vitest-environment happy-dom
/** Snapshots and saved state as a person uses them. */
import { screen, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import '../../renderer/text/i18n';
import type { Snapshot } from '../../main/contract/models';
import { FakeCore } from '../fakes/fake-api';
import { makeCloud, makeRun, readyParts } from '../fakes/fake-data';
import { closeWindow, itemWith, openWindow } from './window';

afterEach(closeWindow);

const now = Date.now();
const snapshots: Snapshot[] = [
  { id: 's-1', name: 'before the upgrade', takenAt: now - 3_600_000, withMemory: true, current: false },
  { id: 's-2', name: 'cold', takenAt: now - 60_000, withMemory: false, current: true },
];

function open(part: Parameters<typeof makeCloud>[2] = readyParts, list = snapshots) {
  const core = new FakeCore({ clouds: [makeCloud('a', 'dev', part, now)], snapshots: list });
  return { core, ...openWindow(core, '#/clouds/a/snapshots') };
}

describe('snapshots', () => {
  test('are listed with their time and whether the memory is in them', async () => {
    open();
    const first = await itemWith('before the upgrade');
    expect(first.textContent).toContain('with memory');
    expect(within(first).getByText((_, element) => element?.tagName === 'TIME')).toBeDefined();
    const second = await itemWith('cold');
    expect(second.textContent).toContain('goes on from here');
    expect(second.textContent).not.toContain('with memory');
  });

  test('one is taken under a name that is checked while it is typed', async () => {
    const { core, user } = open(readyParts, []);
    await screen.findByText('No snapshots yet');
    expect(screen.getByText(/so its memory is kept too/)).toBeDefined();
    const name = screen.getByRole('textbox', { name: 'Name' });
    const take = screen.getByRole<HTMLButtonElement>('button', { name: 'Take snapshot' });
    expect(take.disabled).toBe(true);
    await user.type(name, '../x');
    expect(screen.getByText(/Begin with a letter/)).toBeDefined();
    expect(take.disabled).toBe(true);
    await user.clear(name);
    await user.type(name, 'with Heat{Enter}');
    expect((await itemWith('with Heat')).textContent).toContain('goes on from here');
    expect(core.calls).toEqual(['clouds.snapshots.take with Heat']);
    await user.type(name, 'with Heat');
    expect(screen.getByText('There is a snapshot of this name already.')).toBeDefined();
  });

  test('going back happens only after a dialog has said what will be gone and how it is afterwards', async () => {
    const { core, user } = open();
    await user.click(await screen.findByRole('button', { name: 'Go back to before the upgrade' }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toContain('Everything that the machine has done since then is gone');
    expect(dialog.textContent).toContain('Afterwards it runs on where it was');
    expect(core.calls).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Go back' }));
    expect((await itemWith('before the upgrade')).textContent).toBeDefined();
    await expect.poll(() => core.calls).toEqual(['clouds.snapshots.restore s-1']);
  });

  test('one is deleted only after a dialog, and is gone from the list', async () => {
    const { core, user } = open();
    await user.click(await screen.findByRole('button', { name: 'Delete the snapshot cold' }));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Delete snapshot' }));
    await expect.poll(() => screen.queryByText('cold')).toBeNull();
    expect(core.calls).toEqual(['clouds.snapshots.delete s-2']);
  });

  test('a cloud that is busy or saved says why nothing can be done now', async () => {
    open({ ...readyParts, run: makeRun('a', 3, 'running', now) });
    expect(await screen.findByText(/once the install has come to its end/)).toBeDefined();
    expect((await screen.findByRole<HTMLButtonElement>('button', { name: 'Go back to cold' })).disabled).toBe(true);
    closeWindow();
    open({ ...readyParts, state: 'saved' });
    expect(await screen.findByText(/Resume it to take a snapshot/)).toBeDefined();
  });

  test('a hypervisor that has none says so, and offers no saving', async () => {
    const cloud = makeCloud('a', 'dev', readyParts, now);
    const machines = cloud.machines.map((machine) => ({
      ...machine,
      abilities: { saveState: false, snapshots: false },
    }));
    openWindow(new FakeCore({ clouds: [{ ...cloud, machines }] }), '#/clouds/a/snapshots');
    expect(await screen.findByText('This hypervisor takes no snapshots')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Save state' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Stop' })).toBeDefined();
  });
});

test('a cloud is saved and resumed with one press each', async () => {
  const core = new FakeCore({ clouds: [makeCloud('a', 'dev', readyParts, now)] });
  const { user } = openWindow(core, '#/clouds/a/overview');
  await user.click(await screen.findByRole('button', { name: 'Save state' }));
  expect(await screen.findByText('This cloud is saved')).toBeDefined();
  await user.click(screen.getByRole('button', { name: 'Resume' }));
  await screen.findByRole('button', { name: 'Stop' });
  expect(core.calls).toEqual(['clouds.save', 'clouds.start']);
});
