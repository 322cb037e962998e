/** Joins this terminal with one in a machine: keys go in, output comes out, the size follows. */
import type { TerminalKind } from '../../contract/api';
import { StackboxError } from '../../contract/errors';
import type { ApiClient } from '../api';
import type { Io } from './io';

/** Size that a shell in a pipe is told. */
const PIPE_SIZE = { cols: 80, rows: 24 };

/** End of input as a terminal says it. */
const END_OF_INPUT = '\u0004';

/** Ctrl+], with which telnet and `virsh console` are left: a serial console has no end of its own. */
const LEAVE = '\u001D';

interface Wish {
  readonly kind: TerminalKind;
  readonly account?: string;
}

/**
 * Opens a terminal in the machine and stays until its shell ends; a console is left by Ctrl+].
 * @throws StackboxError `unreachable` when the connection is lost
 */
export async function joinTerminal(api: ApiClient, io: Io, cloudId: string, what: Wish): Promise<void> {
  const { terminalId } = await api.terminals.open({ cloudId, ...what, ...sizeOf(io) });
  const over = new AbortController();
  const close = async (): Promise<void> => {
    // While we are still counted among its readers: a console goes on for the others.
    await api.terminals.close({ terminalId });
    over.abort();
  };
  let left: Promise<void> | undefined;
  const leave = attach(api, io, terminalId, what.kind === 'console' ? () => void (left ??= close()) : undefined);
  try {
    for await (const event of await api.terminals.output({ terminalId, from: 0 }, { signal: over.signal })) {
      if (event.type === 'data') {
        await new Promise<void>((done) => io.stdout.write(event.text, () => done()));
        await api.terminals.ack({ terminalId, next: event.next });
      } else if (event.state === 'ended') return;
      else if (event.state === 'lost') throw new StackboxError('unreachable', event.message);
    }
  } catch (error) {
    if (!over.signal.aborted) throw error;
  } finally {
    leave();
    await (left ??= close());
  }
}

/**
 * @param onLeave pressing Ctrl+] calls it; without it, that is a key like any other, and the end of input ends the shell
 * @returns a function that gives the terminal back as it was
 */
function attach(api: ApiClient, io: Io, terminalId: string, onLeave?: () => void): () => void {
  const { stdin, stdout } = io;
  const raw = stdin.isTTY === true;
  // One call after the other, so that keys arrive in the order in which they were pressed.
  let sent: Promise<unknown> = Promise.resolve();
  const send = (call: () => Promise<unknown>): void => {
    // A terminal that has ended meanwhile takes no more keys; the output says so.
    sent = sent.then(call).catch(() => undefined);
  };
  const type = (text: string): void => {
    if (text !== '') send(() => api.terminals.input({ terminalId, text }));
  };
  const onData = (data: Buffer | string): void => {
    const text = String(data);
    const at = onLeave ? text.indexOf(LEAVE) : -1;
    type(at < 0 ? text : text.slice(0, at));
    if (at >= 0 && onLeave) void sent.then(onLeave);
  };
  // A console whose input has ended can still be watched.
  const onEnd = (): void => type(onLeave ? '' : END_OF_INPUT);
  const onResize = (): void => send(() => api.terminals.resize({ terminalId, ...sizeOf(io) }));
  if (raw) stdin.setRawMode?.(true);
  // Characters of several bytes must not be cut between two reads.
  stdin.setEncoding('utf8');
  stdin.on('data', onData).on('end', onEnd);
  stdout.on('resize', onResize);
  return () => {
    stdin.off('data', onData).off('end', onEnd).pause();
    stdout.off('resize', onResize);
    if (raw) stdin.setRawMode?.(false);
  };
}

function sizeOf({ stdout }: Io): { cols: number; rows: number } {
  return { cols: Math.max(2, stdout.columns ?? PIPE_SIZE.cols), rows: Math.max(1, stdout.rows ?? PIPE_SIZE.rows) };
}
