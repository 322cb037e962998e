// @vitest-environment happy-dom
import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import '../../renderer/text/i18n';
import { FakeCore } from '../fakes/fake-api';
import { makeCloud, makeRun, problemFinding, readyParts, recipes } from '../fakes/fake-data';
import { optionRecipe } from '../fakes/option-recipe';
import { closeWindow, itemWith, openWindow } from './window';

beforeAll(() => {
  // happy-dom has no layout, and Mantine asks for it.
  window.HTMLElement.prototype.scrollIntoView = () => undefined;
  // Nor has it fonts, whose coming makes text areas measure themselves again.
  Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
});
afterEach(closeWindow);

const now = Date.now();

describe('first start', () => {
  test('two presses make a cloud, without typing, and lead to its steps', async () => {
    const core = new FakeCore();
    const { user } = openWindow(core);
    await user.click(await screen.findByRole('button', { name: 'Create cloud' }));
    expect(await screen.findByRole('textbox', { name: 'Name' })).toHaveProperty('value', 'devstack-1');
    await user.click(await screen.findByRole('button', { name: 'Create cloud' }));
    const step = await itemWith('Download the image');
    expect(step.textContent).toContain('running');
    expect(core.calls).toEqual(['clouds.create']);
  });

  test('what must be solved first is open, with the command that cures it', async () => {
    openWindow(new FakeCore({ findings: [problemFinding] }));
    expect(await screen.findByText('1 problem to solve first')).toBeDefined();
    expect(screen.getByText(/^apt-get install -y qemu-system-x86/)).toBeDefined();
  });
});

describe('create page', () => {
  test('a name that cannot be a host name blocks the button and offers a near one', async () => {
    const { user } = openWindow(new FakeCore(), '#/create');
    const name = await screen.findByRole('textbox', { name: 'Name' });
    await user.clear(name);
    await user.type(name, 'My $(touch x) cloud!');
    expect(screen.getByRole('button', { name: 'Create cloud' })).toHaveProperty('disabled', true);
    await user.click(screen.getByRole('button', { name: 'Use “My-touch-x-cloud”' }));
    expect(screen.getByRole('button', { name: 'Create cloud' })).toHaveProperty('disabled', false);
  });

  test('a problem that the core finds is said at its field and blocks the button', async () => {
    const message = 'This computer has 21 GiB left; the plan wants 64 GiB.';
    const core = new FakeCore({ problems: [{ field: 'size.memoryMiB', message, severity: 'problem' }] });
    openWindow(core, '#/create');
    expect((await screen.findAllByText(message)).length).toBeGreaterThan(0);
    expect(screen.getByRole('button', { name: 'Create cloud' })).toHaveProperty('disabled', true);
  });

  test('recipes for special purposes are behind a fold, which stays open when one of them is chosen', async () => {
    const { user } = openWindow(new FakeCore(), '#/create');
    const fold = await screen.findByRole('button', { name: 'One more, for special purposes' });
    expect(screen.getByRole('radio', { name: /^Keystone from packages/ })).toBeDefined();
    expect(screen.queryByRole('radio', { name: /^Kolla-Ansible/ })).toBeNull();
    await user.click(fold);
    await user.click(await screen.findByRole('radio', { name: /^Kolla-Ansible/ }));
    expect(fold).toHaveProperty('disabled', true);
    await user.click(screen.getByRole('radio', { name: /^Keystone from packages/ }));
    await user.click(fold);
    await waitFor(() => expect(screen.queryByRole('radio', { name: /^Kolla-Ansible/ })).toBeNull());
  });

  test('a refusal of the core stays on the page with its reason', async () => {
    const core = new FakeCore({ clouds: [makeCloud('a', 'devstack-1', {}, now)] });
    const { user } = openWindow(core, '#/create');
    await user.click(await screen.findByRole('button', { name: 'Create cloud' }));
    expect(await screen.findByRole('alert')).toHaveProperty(
      'textContent',
      expect.stringContaining('A cloud named “devstack-1” exists already.'),
    );
  });
});

describe('the options of a recipe', () => {
  test('are a form that follows from their description, and go into the plan', async () => {
    const [sample] = recipes;
    if (!sample) throw new Error('The fakes have no recipe.');
    const core = new FakeCore({ recipes: [{ ...sample, options: [...optionRecipe.fields] }] });
    const { user } = openWindow(core, '#/create');
    const form = within(await screen.findByRole('group', { name: 'Options' }));
    expect(form.getByRole('textbox', { name: 'Mirror' })).toHaveProperty('value', 'https://example.org');
    await user.click(form.getByRole('switch', { name: 'Debug' }));
    await user.click(form.getByRole('checkbox', { name: 'Manila' }));
    await user.type(form.getByRole('textbox', { name: 'Notes' }), 'mine');
    await user.clear(form.getByRole('textbox', { name: 'Workers' }));
    await user.type(form.getByRole('textbox', { name: 'Workers' }), '5');
    await user.type(form.getByLabelText('Token'), 'a-secret-token');
    expect(form.queryByText('a-secret-token')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Create cloud' }));
    await waitFor(() => expect(core.calls).toEqual(['clouds.create']));
    expect(core.plans[0]?.recipe.options).toEqual({
      debug: true,
      plugins: ['manila'],
      notes: 'mine',
      workers: 5,
      token: 'a-secret-token',
    });
  });

  test('are not there for a recipe that has none', async () => {
    openWindow(new FakeCore(), '#/create');
    await screen.findByRole('textbox', { name: 'Name' });
    expect(screen.queryByRole('group', { name: 'Options' })).toBeNull();
  });

  test('say what is wrong at their own field', async () => {
    const [sample] = recipes;
    if (!sample) throw new Error('The fakes have no recipe.');
    const core = new FakeCore({
      recipes: [{ ...sample, options: [...optionRecipe.fields] }],
      problems: [{ field: 'recipe.options.mirror', message: 'It does not answer.', severity: 'problem' }],
    });
    openWindow(core, '#/create');
    const form = within(await screen.findByRole('group', { name: 'Options' }));
    expect(await form.findByText('It does not answer.')).toBeDefined();
  });
});

describe('a cloud', () => {
  test('a password is fetched only when it is asked for, and is gone when it is hidden', async () => {
    const core = new FakeCore({ clouds: [makeCloud('a', 'dev', readyParts, now)] });
    const { user } = openWindow(core, '#/clouds/a/overview');
    await screen.findByText('Your cloud is ready');
    expect(screen.queryByText('kX7pQ2mVt9LwZr4HcN8d')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Show the password of Administrator' }));
    expect(await screen.findByText('kX7pQ2mVt9LwZr4HcN8d')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Hide the password of Administrator' }));
    expect(screen.queryByText('kX7pQ2mVt9LwZr4HcN8d')).toBeNull();
  });

  test('stops and starts with one press each', async () => {
    const core = new FakeCore({ clouds: [makeCloud('a', 'dev', readyParts, now)] });
    const { user } = openWindow(core, '#/clouds/a/overview');
    await user.click(await screen.findByRole('button', { name: 'Stop' }));
    await user.click(await screen.findByRole('button', { name: 'Start' }));
    await screen.findByRole('button', { name: 'Stop' });
    expect(core.calls).toEqual(['clouds.stop', 'clouds.start']);
  });

  test('is stacked again only after a dialog has said what will be gone, and shows its steps', async () => {
    const core = new FakeCore({ clouds: [makeCloud('a', 'dev', readyParts, now)] });
    const { user } = openWindow(core, '#/clouds/a/overview');
    await user.click(await screen.findByRole('button', { name: 'Stack' }));
    await screen.findByText(/^Takes OpenStack down and runs stack\.sh again/);
    await user.click(screen.getByText('Stack again'));
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toContain('All instances, volumes and networks of this OpenStack.');
    expect(core.calls).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Stack again' }));
    expect((await itemWith('Install with stack.sh')).textContent).toContain('running');
    expect(core.calls).toEqual(['clouds.act restack']);
    expect(screen.getByRole('button', { name: 'Stack' })).toHaveProperty('disabled', true);
  });

  test('has nothing asked for an action that loses nothing, and offers none before it is installed', async () => {
    const core = new FakeCore({ clouds: [makeCloud('a', 'dev', readyParts, now), makeCloud('b', 'new', {}, now)] });
    const { user } = openWindow(core, '#/clouds/b/overview');
    await screen.findByRole('heading', { name: 'new' });
    expect(screen.queryByRole('button', { name: 'Stack' })).toBeNull();
    window.location.hash = '#/clouds/a/overview';
    await user.click(await screen.findByRole('button', { name: 'Stack' }));
    await user.click(await screen.findByText('Check and repair'));
    await waitFor(() => expect(core.calls).toEqual(['clouds.act repair']));
  });

  test('is deleted only after a dialog has said what will be gone', async () => {
    const core = new FakeCore({ clouds: [makeCloud('a', 'dev', readyParts, now)] });
    const { user } = openWindow(core, '#/clouds/a/overview');
    await user.click(await screen.findByRole('button', { name: 'Delete' }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toContain('machine stackbox-dev with its disk (up to 40 GiB)');
    expect(core.calls).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Delete cloud' }));
    expect(await screen.findByText('No clouds yet')).toBeDefined();
  });

  test('a failed install shows error, cause, cure and output, and goes on from its step', async () => {
    const run = makeRun('a', 11, 'failed', now);
    const core = new FakeCore({ clouds: [makeCloud('a', 'dev', { state: 'attention', run }, now)] });
    const { user } = openWindow(core, '#/clouds/a/progress');
    const card = await screen.findByRole('alert');
    expect(card.textContent).toContain('“Install with stack.sh” failed');
    expect(card.textContent).toContain('The package index of the mirror was renewed');
    expect(card.textContent).toContain('404  Not Found');
    await user.click(within(card).getByRole('button', { name: 'Retry from this step' }));
    expect((await itemWith('118 of 254 packages')).textContent).toContain('running');
  });

  test('one that was taken down says so, and what brings it back', async () => {
    const status = 'Unstacked. "Stack again" brings OpenStack back';
    const down = makeCloud('a', 'dev', { ...readyParts, state: 'attention', status, ready: false, endpoints: [] }, now);
    openWindow(new FakeCore({ clouds: [down] }), '#/clouds/a/overview');
    const title = await screen.findByText('The machine runs, but OpenStack is not there');
    expect(title.parentElement?.textContent).toContain(status);
    expect(screen.queryByText('Your cloud is ready')).toBeNull();
  });

  test('a cure that Stackbox can carry out is a button beside the retry', async () => {
    const run = makeRun('a', 11, 'failed', now);
    const core = new FakeCore({ clouds: [makeCloud('a', 'dev', { state: 'attention', run }, now)] });
    const { user } = openWindow(core, '#/clouds/a/progress');
    const card = within(await screen.findByRole('alert'));
    expect(card.getByRole('button', { name: 'Retry from this step' })).toBeDefined();
    await user.click(card.getByRole('button', { name: 'Renew the package lists and try again' }));
    expect((await itemWith('118 of 254 packages')).textContent).toContain('running');
    expect(core.calls).toEqual(['clouds.retry renew-package-lists']);
  });

  test('a terminal opens as a shell, or signed in to OpenStack as one of its users', async () => {
    const core = new FakeCore({ clouds: [makeCloud('a', 'dev', readyParts, now)] });
    const { user } = openWindow(core, '#/clouds/a/terminal');
    await user.click(await screen.findByRole('button', { name: 'New terminal' }, { timeout: 10_000 }));
    await user.click(await screen.findByText('OpenStack as demo'));
    await waitFor(() => expect(core.terminals.all.get('t2')).toMatchObject({ kind: 'openstack', account: 'demo' }));
    expect(await screen.findByRole('button', { name: 'Close OpenStack as demo' })).toBeDefined();
  });

  test('the serial console is a terminal, and there is one of it', async () => {
    const core = new FakeCore({ clouds: [makeCloud('a', 'dev', readyParts, now)] });
    const { user } = openWindow(core, '#/clouds/a/terminal');
    await user.click(await screen.findByRole('button', { name: 'New terminal' }, { timeout: 10_000 }));
    await user.click(await screen.findByText('Serial console'));
    await waitFor(() => expect(core.terminals.all.get('t2')).toMatchObject({ kind: 'console' }));
    expect(await screen.findByRole('button', { name: 'Close Serial console' })).toBeDefined();
  });

  test('a machine that SSH does not reach offers its serial console', async () => {
    const [machine] = makeCloud('a', 'dev', readyParts, now).machines;
    if (machine === undefined) throw new Error('The cloud has no machine.');
    const { ssh: _unknown, ...unreachable } = machine;
    const parts = { ...readyParts, state: 'attention' as const, ready: false, machines: [unreachable] };
    const core = new FakeCore({ clouds: [makeCloud('a', 'dev', parts, now)] });
    const { user } = openWindow(core, '#/clouds/a/terminal');
    expect(await screen.findByText(/SSH does not reach the machine yet/, {}, { timeout: 10_000 })).toBeDefined();
    expect(core.terminals.all.size).toBe(0);
    await user.click(screen.getByRole('button', { name: 'Open the serial console' }));
    await waitFor(() => expect(core.terminals.all.get('t1')).toMatchObject({ kind: 'console' }));
    // A shell is still not to be had.
    await user.click(await screen.findByRole('button', { name: 'New terminal' }));
    expect((await screen.findByText('Shell')).closest('button')?.disabled).toBe(true);
  });

  test('a script in a name is text', async () => {
    const status = '<img src=x onerror="window.hacked = true">';
    openWindow(
      new FakeCore({ clouds: [makeCloud('a', 'dev', { ...readyParts, status }, now)] }),
      '#/clouds/a/overview',
    );
    expect((await screen.findAllByText(status)).length).toBeGreaterThan(0);
    expect(document.querySelector('img')).toBeNull();
  });
});

describe('the connection', () => {
  test('a break is announced; then a fresh snapshot replaces what was there', async () => {
    const core = new FakeCore({ clouds: [makeCloud('a', 'before', readyParts, now)] });
    const { store, cut } = openWindow(core, '#/doctor');
    await screen.findByText('before');
    core.state.clouds = [makeCloud('b', 'after', readyParts, now)];
    const states: string[] = [];
    store.subscribe(({ link }) => states.push(link));
    cut();
    expect(await screen.findByText('after')).toBeDefined();
    await waitFor(() => expect(screen.queryByText('before')).toBeNull());
    expect(states).toContain('reconnecting');
  });

  test('a token that is not valid leads to the page that says where the address is', async () => {
    openWindow(new FakeCore(), '#/', { refuse: true });
    expect(await screen.findByRole('heading', { name: 'Open Stackbox with its full address' })).toBeDefined();
  });
});
