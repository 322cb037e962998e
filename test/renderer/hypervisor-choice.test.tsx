// @vitest-environment happy-dom
/** The choice of the hypervisor on the create page, in the words of the real doctor. */
import { screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import '../../renderer/text/i18n';
import { recommend } from '../../main/doctor/recommend';
import { session, system, virtualbox } from '../doctor/computers';
import { FakeCore } from '../fakes/fake-api';
import { host } from '../fakes/fake-data';
import { closeWindow, openWindow } from './window';

afterEach(closeWindow);

async function choice(...connections: Parameters<typeof recommend>[0]) {
  const core = new FakeCore({ host: { ...host, connections: recommend(connections) } });
  const { user } = openWindow(core, '#/create');
  return { user, field: within(await screen.findByRole('group', { name: 'Hypervisor' })) };
}

const diagram = (field: { getByRole: typeof screen.getByRole }): string =>
  field.getByRole('img', { name: /reaches/ }).getAttribute('aria-label') ?? '';

test('libvirt and VirtualBox: one is recommended, and the drawing follows the choice', async () => {
  const { user, field } = await choice(system.good, virtualbox.good);
  expect(field.getAllByText('Recommended')).toHaveLength(1);
  expect(field.getByText(/Recommended: each machine has an address of its own/)).toBeDefined();
  expect(field.getByText(/It works too, with the same steps/)).toBeDefined();
  expect(diagram(field)).toContain('libvirt NAT network at an address of its own, on every port');
  await user.click(field.getByRole('radio', { name: /VirtualBox/ }));
  expect(diagram(field)).toMatch(/10\.0\.2\.15\) by VirtualBox NAT.*Host-only adapter at an address of its own/);
  expect(field.getByText(/where VirtualBox can make a host-only adapter/)).toBeDefined();
  // There is no address yet that could be copied.
  expect(field.queryByRole('button', { name: /Copy the address/ })).toBeNull();
});

test('VirtualBox without its kernel module cannot be chosen and says why', async () => {
  const { field } = await choice(session.good, virtualbox.noModule);
  expect(field.getByRole<HTMLInputElement>('radio', { name: /VirtualBox/ }).disabled).toBe(true);
  expect(field.getByText(/kernel module is not loaded/)).toBeDefined();
  expect(field.getByText('Not usable')).toBeDefined();
  expect(field.getByText(/Recommended: it is the one hypervisor that can be used here/)).toBeDefined();
});

test('none: says so and leads to what to install, and draws no network that will not be', async () => {
  const { field } = await choice(system.absent, session.absent, virtualbox.absent);
  expect(field.getAllByText('Not usable')).toHaveLength(3);
  expect(field.getByRole('link', { name: 'See what to install' }).getAttribute('href')).toBe('#/doctor');
  expect(field.queryByRole('img', { name: /reaches/ })).toBeNull();
});
