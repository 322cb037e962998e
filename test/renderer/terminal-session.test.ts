// @vitest-environment happy-dom
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TerminalSession } from '../../renderer/features/terminal/session';
import { FakeCore } from '../fakes/fake-api';

let core: FakeCore;
let session: TerminalSession;

beforeEach(async () => {
  core = new FakeCore();
  const api = createRouterClient(core.router());
  const { terminalId } = await api.terminals.open({ cloudId: 'a', kind: 'shell', cols: 80, rows: 24 });
  core.terminals.get(terminalId).history = '';
  session = new TerminalSession(api, terminalId, { kind: 'shell' }, 13);
});
afterEach(() => session.dispose());

/** All text of the screen and its history, line by line. */
function screen(): string[] {
  const { active } = session.terminal.buffer;
  return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
}

test('more output than the core sends ahead arrives whole, because it is acknowledged', async () => {
  const lines = Array.from({ length: 15_000 }, (_, n) => `line ${n}`);
  core.terminals.get(session.id).print(`${lines.join('\r\n')}\r\n`);
  session.listen();
  await vi.waitFor(() => expect(screen()).toContain('line 14999'), { timeout: 10_000 });
  expect(screen().filter((line) => line !== '')).toEqual(lines);
});

test('listening again, as after a reconnection, repeats nothing and loses nothing', async () => {
  const terminal = core.terminals.get(session.id);
  session.listen();
  terminal.print('before\r\n');
  await vi.waitFor(() => expect(screen()).toContain('before'));
  session.listen();
  terminal.print('after\r\n');
  await vi.waitFor(() => expect(screen()).toContain('after'));
  expect(screen().filter((line) => line !== '')).toEqual(['before', 'after']);
});

test('a lost connection is told, and its history stays', async () => {
  const terminal = core.terminals.get(session.id);
  session.listen();
  terminal.print('kept\r\n');
  await vi.waitFor(() => expect(screen()).toContain('kept'));
  terminal.setState('lost', 'The machine does not answer any more.');
  await vi.waitFor(() => expect(session.status.getState()).toMatchObject({ state: 'lost' }));
  await session.reconnect();
  await vi.waitFor(() => expect(session.status.getState()).toMatchObject({ state: 'open' }));
  expect(screen()).toContain('kept');
});

test('what is typed reaches the machine and its echo comes back', async () => {
  session.listen();
  session.terminal.input('hostname');
  await vi.waitFor(() => expect(screen()[0]).toContain('hostname'));
});
