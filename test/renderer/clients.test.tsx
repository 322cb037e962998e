// @vitest-environment happy-dom
/** clouds.yaml and openrc on the overview, as a person uses them. */
import { screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import '../../renderer/text/i18n';
import { StackboxError } from '../../main/contract/errors';
import { FakeCore, type FakeState } from '../fakes/fake-api';
import { makeCloud, readyParts } from '../fakes/fake-data';
import { closeWindow, openWindow } from './window';

const PASSWORD = 'kX7pQ2mVt9LwZr4HcN8d';

afterEach(closeWindow);

function open(part: Parameters<typeof makeCloud>[2] = readyParts, state: Partial<FakeState> = {}) {
  const core = new FakeCore({ clouds: [makeCloud('a', 'dev', part, Date.now())], ...state });
  return { core, ...openWindow(core, '#/clouds/a/overview') };
}

/** A busy build machine takes its time. */
const SOON = { timeout: 5000 };

const button = (name: string): Promise<HTMLElement> => screen.findByRole('button', { name });

test('the password is hidden until it is shown, but copied with the rest', async () => {
  const { user } = open();
  const text = await screen.findByRole('region', { name: 'Content of clouds.yaml' });
  expect(text.textContent).toContain('stackbox-dev:');
  expect(document.body.textContent).not.toContain(PASSWORD);
  await user.click(await button('Copy with the password'));
  await expect.poll(() => navigator.clipboard.readText(), SOON).toContain(`password: ${PASSWORD}`);
  expect(document.body.textContent).not.toContain(PASSWORD);
  await user.click(await button('Show the password'));
  await expect.poll(() => document.body.textContent, SOON).toContain(`password: ${PASSWORD}`);
  await user.click(await button('Hide the password'));
  await expect.poll(() => document.body.textContent, SOON).not.toContain(PASSWORD);
  await user.click(screen.getByText('openrc'));
  expect((await screen.findByRole('region', { name: 'Content of stackbox-dev-openrc.sh' })).textContent).toContain(
    'export OS_AUTH_URL=',
  );
});

test('what cannot work from here is said', async () => {
  open();
  expect(await screen.findByText(/Calls to other services do not/)).toBeDefined();
});

test('the entry is added and removed only on request, and deleting says that it goes too', async () => {
  const { core, user } = open();
  await user.click(await button('Add to your clouds.yaml'));
  expect(await screen.findByText(/^Added\. The file as it was: .*before-stackbox-/)).toBeDefined();
  expect(await screen.findByText('export OS_CLOUD=stackbox-dev')).toBeDefined();
  await user.click(await button('Delete'));
  const dialog = await screen.findByRole('dialog');
  expect(dialog.textContent).toContain('its entry in your clouds.yaml');
  await user.click(within(dialog).getByRole('button', { name: 'Keep it' }));
  await user.click(await button('Remove'));
  await button('Add to your clouds.yaml');
  expect(core.calls).toEqual(['clients.add', 'clients.remove']);
});

test('a file that cannot be changed is told of, with what to do', async () => {
  const hint = 'Nothing was changed. Correct the file.';
  const { user } = open(readyParts, {
    clientsFail: new StackboxError('bad-input', 'Your clouds.yaml cannot be changed.', { hint }),
  });
  await user.click(await button('Add to your clouds.yaml'));
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('Your clouds.yaml cannot be changed.');
  expect(alert.textContent).toContain(hint);
});

test('a cloud that is not ready, or cannot be used from here, has no such card', async () => {
  open({ ...readyParts, ready: false });
  await screen.findByText('Users and passwords');
  expect(screen.queryByText('Use from this computer')).toBeNull();
  closeWindow();
  const { client: _none, ...cloud } = makeCloud('a', 'dev', readyParts, Date.now());
  openWindow(new FakeCore({ clouds: [cloud] }), '#/clouds/a/overview');
  await screen.findByText('Your cloud is ready');
  expect(screen.queryByText('Use from this computer')).toBeNull();
});
