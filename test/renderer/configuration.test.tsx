// @vitest-environment happy-dom
import { EditorView } from '@codemirror/view';
import { undo } from '@codemirror/commands';
import { act, screen, waitFor, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import '../../renderer/text/i18n';
import { findRecipe } from '../../main/recipes';
import { FakeCore } from '../fakes/fake-api';
import { recipes } from '../fakes/fake-data';
import { closeWindow, openWindow } from './window';

beforeAll(() => {
  // happy-dom has no layout, and Mantine and CodeMirror ask for it.
  window.HTMLElement.prototype.scrollIntoView = () => undefined;
  window.Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
});
afterEach(closeWindow);

/** A small form is searched quickly. */
const FIELDS = new Set(['branch', 'gitBase', 'tempest', 'serviceTimeout', 'localConf']);

function devstackCore(part: ConstructorParameters<typeof FakeCore>[0] = {}): FakeCore {
  const [sample] = recipes;
  const real = findRecipe('devstack');
  if (!sample || !real) throw new Error('There is no DevStack.');
  const options = real.fields.filter(({ id }) => FIELDS.has(id));
  return new FakeCore({ realRecipes: [real], recipes: [{ ...sample, options }], ...part });
}

interface Opened {
  readonly user: UserEvent;
  readonly core: FakeCore;
  readonly editor: EditorView;
  readonly file: ReturnType<typeof within>;
}

async function openEditor(): Promise<Opened> {
  const core = devstackCore();
  const { user } = openWindow(core, '#/create');
  await user.click(await screen.findByRole('button', { name: /^local\.conf/ }));
  const box = await screen.findByRole('textbox', { name: 'local.conf' });
  const editor = EditorView.findFromDOM(box);
  if (editor === null) throw new Error('There is no editor.');
  return { user, core, editor, file: within(screen.getByRole('region', { name: 'local.conf' })) };
}

/** Changes the text as a person who types does. */
function type(editor: EditorView, from: string, to: string): void {
  const at = editor.state.doc.toString().indexOf(from);
  if (at < 0) throw new Error(`The text has no "${from}".`);
  act(() => editor.dispatch({ changes: { from: at, to: at + from.length, insert: to }, userEvent: 'input.type' }));
}

const textOf = (editor: EditorView): string => editor.state.doc.toString();

async function create({ user, core }: Opened): Promise<unknown> {
  await user.click(screen.getByRole('button', { name: 'Create cloud' }));
  await waitFor(() => expect(core.plans).toHaveLength(1));
  return core.plans[0]?.recipe.options['localConf'];
}

describe('local.conf on the create page', { timeout: 60_000 }, () => {
  test('is shown as it will be, without a password, and loads its editor only when it is opened', async () => {
    const { editor, file } = await openEditor();
    expect(textOf(editor)).toContain('\nADMIN_PASSWORD={{ADMIN_PASSWORD}}\n');
    expect(textOf(editor)).toContain('\nenable_service horizon\n');
    expect(file.getByText('as generated')).toBeDefined();
    expect(file.getByRole('button', { name: 'Reset to generated' })).toHaveProperty('disabled', true);
  });

  test('keeps what a person changed when the form changes, and the plan carries it', async () => {
    const opened = await openEditor();
    const { editor, user, file } = opened;
    type(editor, 'API_WORKERS=2', 'API_WORKERS=7');
    expect(await file.findByText('one change of yours')).toBeDefined();
    await user.click(screen.getByRole('switch', { name: /^Tempest/ }));
    await waitFor(() => expect(textOf(editor)).toContain('enable_service tempest\n'));
    expect(textOf(editor)).toContain('API_WORKERS=7\n');
    // What the form did is undone in the form, not here.
    act(() => void undo(editor));
    expect(textOf(editor)).toContain('enable_service tempest\n');
    expect(textOf(editor)).toContain('API_WORKERS=2\n');
    type(editor, 'API_WORKERS=2', 'API_WORKERS=7');
    expect(await create(opened)).toMatchObject([{ remove: ['API_WORKERS=2'], add: ['API_WORKERS=7'] }]);
  });

  test('says where the form now says something else, and lets the person decide; either way can be taken back', async () => {
    const { editor, user, file } = await openEditor();
    type(editor, 'SERVICE_TIMEOUT={{SERVICE_TIMEOUT}}', 'SERVICE_TIMEOUT=300');
    const field = screen.getByRole('textbox', { name: 'Time-out of a service' });
    await user.clear(field);
    await user.type(field, '900');
    const alert = await file.findByRole('alert');
    expect(alert.textContent).toContain('SERVICE_TIMEOUT=300');
    expect(alert.textContent).toContain('SERVICE_TIMEOUT=900');
    expect(textOf(editor)).toContain('SERVICE_TIMEOUT=900\n');
    // Going on elsewhere loses nothing of it.
    type(editor, 'API_WORKERS=2', 'API_WORKERS=7');
    expect(await file.findByText('2 changes of yours')).toBeDefined();
    await user.click(within(alert).getByRole('button', { name: 'Use the form’s' }));
    await waitFor(() => expect(file.queryByRole('alert')).toBeNull());
    await user.click(file.getByRole('button', { name: 'Undo' }));
    await user.click(within(await file.findByRole('alert')).getByRole('button', { name: 'Keep mine' }));
    await waitFor(() => expect(file.queryByRole('alert')).toBeNull());
    expect(textOf(editor)).toContain('SERVICE_TIMEOUT=300\n');
    expect(textOf(editor)).not.toContain('SERVICE_TIMEOUT=900');
    expect(textOf(editor)).toContain('API_WORKERS=7\n');
  });

  test('is reset to what is generated, and gets its changes back with one press, or with Ctrl+Z', async () => {
    const { editor, user, file } = await openEditor();
    const generated = textOf(editor);
    type(editor, 'API_WORKERS=2', 'API_WORKERS=7');
    await user.click(file.getByRole('button', { name: 'Reset to generated' }));
    await waitFor(() => expect(textOf(editor)).toBe(generated));
    await user.click(file.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(textOf(editor)).toContain('API_WORKERS=7\n'));
    await user.click(file.getByRole('button', { name: 'Reset to generated' }));
    await waitFor(() => expect(textOf(editor)).toBe(generated));
    act(() => void undo(editor));
    expect(textOf(editor)).toContain('API_WORKERS=7\n');
    expect(await file.findByText('one change of yours')).toBeDefined();
  });

  test('marks mistakes while they are typed, with a sentence, and mends them with one press', async () => {
    const { editor, user, file } = await openEditor();
    type(editor, 'VERBOSE=True\n', 'VERBOSE=False\nMY_OWN = 1\n');
    const list = within(await file.findByRole('list'));
    expect(await list.findByText('VERBOSE is set by Stackbox itself.')).toBeDefined();
    expect(list.getByText(/^MY_OWN: no spaces around =/)).toBeDefined();
    expect(editor.dom.querySelectorAll('.cm-lintRange-error')).toHaveLength(2);
    await user.click(list.getByRole('button', { name: 'Remove the spaces' }));
    await waitFor(() => expect(textOf(editor)).toContain('\nMY_OWN=1\n'));
    await user.click(await file.findByRole('button', { name: 'Put it back' }));
    await waitFor(() => expect(file.queryByRole('list')).toBeNull());
    expect(textOf(editor)).toContain('\nVERBOSE=True\nMY_OWN=1\n');
  });

  test('lets Tab lead out of the editor, and searches with Ctrl+F', async () => {
    const { editor, user } = await openEditor();
    act(() => editor.focus());
    const before = textOf(editor);
    await user.keyboard('{Escape}{Tab}');
    expect(editor.hasFocus).toBe(false);
    expect(textOf(editor)).toBe(before);
    await user.click(screen.getByRole('button', { name: 'Search (Ctrl+F)' }));
    expect(editor.dom.querySelector('.cm-search')).not.toBeNull();
  });

  test('stays as it was while the form is wrong, and says why', async () => {
    const { editor, user, file } = await openEditor();
    const field = screen.getByRole('textbox', { name: 'Git server' });
    await user.type(field, ' x');
    expect(await file.findByText(/^Git server must be an address/)).toBeDefined();
    expect(textOf(editor)).toContain('GIT_BASE=https://opendev.org\n');
  });
});

describe('the branches on the create page', { timeout: 60_000 }, () => {
  const branches = [
    { value: 'stable/2026.2', label: 'stable/2026.2', fits: 'unknown' as const },
    { value: 'stable/2026.1', label: '2026.1 Gazpacho', fits: 'yes' as const },
    { value: 'stable/2025.1', label: '2025.1 Epoxy', fits: 'no' as const },
  ];

  test('come from the git server, and say which of them the image is not for', async () => {
    const core = devstackCore({ branches: { from: 'live', address: 'https://git.lab/openstack/devstack', branches } });
    const { user } = openWindow(core, '#/create');
    expect(await screen.findByText('Asked just now at https://git.lab/openstack/devstack.')).toBeDefined();
    await user.click(screen.getByRole('combobox', { name: 'Branch' }));
    expect(
      await screen.findByRole('option', { name: '2025.1 Epoxy (not for this image)', hidden: true }),
    ).toBeDefined();
    await user.click(screen.getByRole('option', { name: 'stable/2026.2 (newer than this Stackbox)', hidden: true }));
    await user.click(screen.getByRole('button', { name: 'Create cloud' }));
    await waitFor(() => expect(core.plans[0]?.recipe.options['branch']).toBe('stable/2026.2'));
    // What is chosen here changes nothing about what there is to choose.
    expect(core.calls.filter((call) => call.startsWith('plans.branches'))).toHaveLength(1);
  });

  test('are those of Stackbox when the server does not answer, with the reason, and it can be asked again', async () => {
    const reason = 'It did not answer within 10 s.';
    const core = devstackCore({ branches: { from: 'shipped', address: 'https://git.lab/x', reason, branches } });
    const { user } = openWindow(core, '#/create');
    expect(
      await screen.findByText(/^Shipped with Stackbox, because .*: It did not answer within 10 s\.$/),
    ).toBeDefined();
    core.state.branches = { from: 'live', address: 'https://git.lab/x', branches };
    await user.click(screen.getByRole('button', { name: 'Ask again' }));
    expect(await screen.findByText('Asked just now at https://git.lab/x.')).toBeDefined();
    expect(core.calls).toEqual(['plans.branches', 'plans.branches again']);
  });
});
