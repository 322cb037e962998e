// @vitest-environment happy-dom
/** "Try it" as a person uses it. */
import { screen, within } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import '../../renderer/text/i18n';
import type { Cloud } from '../../main/contract/models';
import type { Trial } from '../../main/contract/trial';
import { FakeCore } from '../fakes/fake-api';
import { makeCloud, makeRun, readyParts } from '../fakes/fake-data';
import { closeWindow, openWindow } from './window';

afterEach(closeWindow);

const now = Date.now();
const tried: Trial = {
  runId: 'r-1',
  startedAt: now - 400_000,
  endedAt: now - 5 * 60_000 - 1000,
  state: 'failed',
  checks: [
    { id: 'token', title: 'Issue a token', state: 'passed', ms: 2400, note: 'It is good until tonight.' },
    { id: 'server', title: 'Boot a server', state: 'failed', ms: 61_000, note: 'No valid host was found.' },
    { id: 'volume', title: 'Make a volume', state: 'skipped', ms: 0, note: 'The cloud has no Cinder.' },
    { id: 'object', title: 'Store an object', state: 'skipped', ms: 0, note: '<img src=x onerror=alert(1)>' },
  ],
};

function open(part: Partial<Cloud>, tab = 'overview') {
  const core = new FakeCore({ clouds: [makeCloud('a', 'dev', { ...readyParts, ...part }, now)] });
  return { core, ...openWindow(core, `#/clouds/a/${tab}`) };
}

describe('a ready cloud', () => {
  test('is tried with one press, and the window shows how it goes', async () => {
    const { core, user } = open({});
    await user.click(await screen.findByRole('button', { name: 'Try it' }));
    expect(await screen.findByRole('tab', { name: 'Progress', selected: true })).toBeDefined();
    expect(core.calls).toEqual(['clouds.try']);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Try it' }).disabled).toBe(true);
    expect(screen.getByRole('button', { name: 'Cancel run' })).toBeDefined();
  });

  test.each([
    ['is not installed', { ready: false }],
    ['is off', { state: 'stopped', machines: [] }],
    ['has no OpenStack', { accounts: [] }],
  ] as const)('has no such button when it %s', async (_what, part) => {
    open(part as unknown as Partial<Cloud>);
    await screen.findByRole('heading', { name: 'dev', level: 1 });
    expect(screen.queryByRole('button', { name: 'Try it' })).toBeNull();
  });
});

describe('the result', () => {
  test('says when, how much passed, and why a check failed or was skipped', async () => {
    open({ tried });
    expect(
      await screen.findByRole('heading', { name: 'Tried 5 min ago: 1 failed, 1 passed, 2 skipped' }),
    ).toBeDefined();
    const checks = screen.getByRole('list', { name: 'Checks' });
    expect(
      within(checks)
        .getAllByRole('listitem')
        .map(({ textContent }) => textContent),
    ).toEqual(['Issue a tokenIt is good until tonight.2 s', 'Boot a serverNo valid host was found.1 min 1 s']);
    expect(within(checks).getByRole('img', { name: 'failed' })).toBeDefined();
    expect(screen.getByText('The cloud has no Cinder.')).toBeDefined();
    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeDefined();
    expect(document.querySelector('img[src="x"]')).toBeNull();
  });

  test.each([
    ['a page', /HTML/, 'html'],
    ['a file for a build server', /JUnit/, 'junit'],
  ])('is saved as %s', async (_what, name, format) => {
    const saved: string[] = [];
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function noted(
      this: HTMLAnchorElement,
    ) {
      saved.push(this.download);
    });
    const { core, user } = open({ tried });
    await user.click(await screen.findByRole('button', { name: 'Save report' }));
    await user.click(await screen.findByRole('menuitem', { name }));
    await expect.poll(() => saved).toEqual([`dev.trial.${format}`]);
    expect(core.calls).toEqual([`clouds.report ${format}`]);
    click.mockRestore();
  });

  test('stands under the run that it came of, and offers to try again instead of going on', async () => {
    const run = { ...makeRun('a', 11, 'failed', now), id: 'r-1', kind: 'try' as const };
    const { core, user } = open({ tried, run }, 'progress');
    expect(await screen.findByRole('heading', { name: /^Tried 5 min ago/ })).toBeDefined();
    const [again] = screen.getAllByRole('button', { name: 'Try again' });
    if (!again) throw new Error('There is no button.');
    await user.click(again);
    await expect.poll(() => core.calls).toEqual(['clouds.retry']);
    closeWindow();
    open({ tried, run: { ...run, id: 'r-2', state: 'cancelled' } }, 'progress');
    expect(await screen.findByText(/What it had made was removed/)).toBeDefined();
    expect(screen.queryByRole('heading', { name: /^Tried/ })).toBeNull();
  });
});
