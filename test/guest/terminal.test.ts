/** Terminals over SSH, against a server in this process. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Shell } from '../../main/guest/ssh/shell';
import { Terminals, type TerminalEvent } from '../../main/guest/terminal';
import { startSshServer, type TestSshServer } from '../support/ssh-server';

const CLOUD = 'c-1';
const SIZE = { cols: 80, rows: 24 };

function terminalsOf(server: TestSshServer): Terminals {
  const guest = server.guest();
  return new Terminals({
    guest: () => Promise.resolve(guest),
    openrc: () => '/nowhere',
    console: () => Promise.reject(new Error('There is no console.')),
  });
}

async function openOn(terminals: Terminals): Promise<string> {
  return (await terminals.open({ cloudId: CLOUD, kind: 'shell', ...SIZE })).terminalId;
}

/** Reads events until one of them satisfies `enough`. */
async function readUntil(
  output: AsyncGenerator<TerminalEvent, void>,
  enough: (text: string, event: TerminalEvent) => boolean,
): Promise<string> {
  let text = '';
  for (;;) {
    const { value } = await output.next();
    if (!value) return text;
    if (value.type === 'data') text += value.text;
    if (enough(text, value)) return text;
  }
}

describe('a terminal', () => {
  it('tells its history to whoever comes again, and goes on with a new shell after a lost connection', async () => {
    const server = await startSshServer();
    const terminals = terminalsOf(server);
    const id = await openOn(terminals);
    terminals.input(id, 'before ☃ ');
    const first = terminals.output(id, 0);
    await readUntil(first, (text) => text === 'before ☃ ');
    await first.return();

    server.cut();
    const second = terminals.output(id, 0);
    await readUntil(second, (_, event) => event.type === 'state' && event.state === 'lost');
    // Twice, as two impatient clicks: one shell.
    await Promise.all([terminals.reconnect(id), terminals.reconnect(id)]);
    await expect.poll(() => server.shells.size).toBe(1);
    terminals.input(id, 'after');
    expect(await readUntil(terminals.output(id, 0), (text) => text.endsWith('after'))).toBe('before ☃ after');
  });

  it('bears input after its shell has ended', async () => {
    const server = await startSshServer((channel) => {
      channel.exit(0);
      channel.end('bye');
    });
    const terminals = terminalsOf(server);
    const id = await openOn(terminals);
    const output = terminals.output(id, 0);
    const text = await readUntil(output, (_, event) => {
      terminals.input(id, 'too late');
      terminals.resize(id, 100, 30);
      return event.type === 'state' && event.state === 'ended';
    });
    expect(text).toBe('bye');
  });

  it('leaves nothing behind when it is closed, also while it is opened', async () => {
    const server = await startSshServer();
    const terminals = terminalsOf(server);
    const id = await openOn(terminals);
    const output = terminals.output(id, 0);
    await output.next();
    const waiting = output.next();
    const opening = terminals.open({ cloudId: CLOUD, kind: 'shell', ...SIZE });
    terminals.closeAll(CLOUD);
    await expect(opening).rejects.toMatchObject({ code: 'not-found' });
    expect((await waiting).done).toBe(true);
    expect(terminals.list(CLOUD)).toEqual([]);
    expect(() => terminals.input(id, 'x')).toThrow('closed');
    await expect.poll(() => server.shells.size).toBe(0);
  });
});

it('a console that nobody looks at is given back, and a window that reloads keeps it', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let closed = 0;
  const nothing = (): void => undefined;
  const port = { onText: nothing, onEnd: nothing, write: nothing, resize: nothing, pause: nothing, resume: nothing };
  const none = (): never => {
    throw new Error('There is no guest.');
  };
  const console = (): Promise<Shell> => Promise.resolve({ ...port, close: () => void closed++ });
  const terminals = new Terminals({ guest: none, openrc: none, console });
  const { terminalId } = await terminals.open({ cloudId: CLOUD, kind: 'console', ...SIZE });
  for (let reload = 0; reload < 3; reload++) {
    await vi.advanceTimersByTimeAsync(20_000);
    const window = terminals.output(terminalId, 0);
    await window.next();
    await vi.advanceTimersByTimeAsync(100_000);
    await window.return();
  }
  expect(closed).toBe(0);
  await vi.advanceTimersByTimeAsync(40_000);
  expect(closed).toBe(1);
  expect(terminals.list(CLOUD)).toEqual([]);
});

describe('a flood in a terminal', () => {
  /** Characters that the server could get rid of so far. */
  let sent = 0;

  async function flooded(): Promise<{ terminals: Terminals; id: string; server: TestSshServer }> {
    sent = 0;
    const piece = Buffer.alloc(64 * 1024, 'x');
    const server = await startSshServer((channel) => {
      const pour = (): void => {
        while (channel.writable) {
          sent += piece.length;
          if (!channel.write(piece)) return;
        }
      };
      channel.on('drain', pour).resume();
      pour();
    });
    const terminals = terminalsOf(server);
    return { terminals, id: await openOn(terminals), server };
  }

  it('stands still while nobody acknowledges it, goes on when somebody does, and when the reader has left', async () => {
    const { terminals, id, server } = await flooded();
    const reader = terminals.output(id, 0);
    const text = await readUntil(reader, (seen) => seen.length > 100_000);
    // One more event is not given out before the acknowledgement.
    let more = false;
    const pending = reader.next().then(() => {
      more = true;
    });
    let before = -1;
    // Until SSH's windows are full.
    await expect.poll(() => before === (before = sent), { interval: 300, timeout: 15_000 }).toBe(true);
    expect(before).toBeLessThan(8 * 1024 * 1024);
    expect(more).toBe(false);
    terminals.ack(id, text.length);
    await pending;
    expect(more).toBe(true);

    // The window is gone in the middle of an event: nobody acknowledges any more, and yet the program goes on.
    await reader.return();
    await expect.poll(() => sent, { timeout: 15_000 }).toBeGreaterThan(before + 20_000_000);

    // Of all that, the next window gets the newest piece, and closing a terminal that stands still frees its session.
    const next = terminals.output(id, 0);
    const { value } = await next.next();
    expect(value).toMatchObject({ type: 'data' });
    expect(value?.type === 'data' && value.next).toBeGreaterThan(1_000_000);
    terminals.close(id);
    await expect.poll(() => server.shells.size, { timeout: 15_000 }).toBe(0);
  });
});
