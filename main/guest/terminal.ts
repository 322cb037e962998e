/**
 * Terminals: shells in guests with a history, so that a reload or a lost connection loses nothing. The reader sets the
 * pace: what it has not acknowledged stays bounded, and beyond that the guest waits.
 */
import { randomUUID } from 'node:crypto';
import type { TerminalKind } from '../contract/api';
import { StackboxError } from '../contract/errors';
import { TerminalHistory } from './terminal-history';
import type { Shell } from './ssh/shell';
import type { SshGuest } from './ssh';

export type TerminalState = 'open' | 'lost' | 'ended';

export type TerminalEvent =
  | { readonly type: 'data'; readonly text: string; readonly next: number }
  | { readonly type: 'state'; readonly state: TerminalState; readonly message: string };

export interface OpenTerminal {
  readonly cloudId: string;
  readonly cols: number;
  readonly rows: number;
  readonly kind: TerminalKind;
  /** User of OpenStack, of the kind `openstack`; the recipe's first, if absent. */
  readonly account?: string | undefined;
}

/** What terminals need of the clouds. */
export interface TerminalHost {
  /** @throws StackboxError when the cloud is not there or not running */
  guest(cloudId: string): Promise<Pick<SshGuest, 'openShell'>>;
  /** File in the guest that makes `openstack` work as a user. @throws StackboxError `not-found` for an unknown one */
  openrc(cloudId: string, account?: string): string;
  /** @throws StackboxError when the machine does not run, or somebody else has its console */
  console(cloudId: string): Promise<Shell>;
}

/** Above this many characters without acknowledgement the guest waits; below the second it goes on (VS Code's figures). */
const PAUSE_ABOVE = 100_000;
const RESUME_BELOW = 5_000;

/** A console that nobody looks at any more is given back after this long (ms): a window that reloads is back by then. */
const CONSOLE_LEFT = 30_000;

const SSH_LOST = 'The connection to the machine was lost.';
const CONSOLE_LOST = 'The serial console has gone: the machine was switched off.';

/** Characters in one event: small enough that a keystroke is never stuck behind a flood. */
const EVENT_CHARS = 32_768;

interface Terminal extends OpenTerminal {
  readonly id: string;
  readonly history: TerminalHistory;
  size: { cols: number; rows: number };
  state: TerminalState;
  message: string;
  shell: Shell | undefined;
  /** How many read it now, and up to where the newest of them has acknowledged. Without readers nothing is held up. */
  readers: number;
  acknowledged: number;
  /** The shell that is being opened, so that nobody opens a second. */
  attaching: Promise<void> | undefined;
  /** Wakes the readers. */
  wake: Set<() => void>;
  /** Closes a console that nobody looks at. */
  left: NodeJS.Timeout | undefined;
}

export class Terminals {
  private readonly terminals = new Map<string, Terminal>();
  private readonly host: TerminalHost;

  constructor(host: TerminalHost) {
    this.host = host;
  }

  /** The console of a cloud that is open already is the answer. @throws StackboxError `unreachable` and its like */
  async open(request: OpenTerminal): Promise<{ terminalId: string }> {
    const shared = request.kind === 'console' ? this.consoleOf(request.cloudId) : undefined;
    if (shared) {
      if (shared.shell === undefined) await this.attach(shared);
      return { terminalId: shared.id };
    }
    const terminal: Terminal = {
      ...request,
      id: randomUUID(),
      history: new TerminalHistory(),
      size: { cols: request.cols, rows: request.rows },
      state: 'open',
      message: '',
      shell: undefined,
      readers: 0,
      acknowledged: 0,
      attaching: undefined,
      wake: new Set(),
      left: undefined,
    };
    // Known before its shell is there, so that whoever closes all terminals meanwhile closes this one too.
    this.terminals.set(terminal.id, terminal);
    try {
      await this.attach(terminal);
    } catch (error) {
      this.terminals.delete(terminal.id);
      throw error;
    }
    this.watchLeft(terminal);
    return { terminalId: terminal.id };
  }

  list(cloudId: string): { terminalId: string; kind: TerminalKind; account?: string; state: TerminalState }[] {
    return [...this.terminals.values()]
      .filter((terminal) => terminal.cloudId === cloudId)
      .map(({ id, kind, account, state }) => ({
        terminalId: id,
        kind,
        state,
        ...(account !== undefined && { account }),
      }));
  }

  /**
   * History from `from` on, then what comes; ends with the signal or when the terminal is closed. A reader gets no further
   * than {@link PAUSE_ABOVE} characters beyond what it has acknowledged.
   */
  async *output(terminalId: string, from: number, signal?: AbortSignal): AsyncGenerator<TerminalEvent, void> {
    const terminal = this.find(terminalId);
    let next = Math.min(Math.max(from, terminal.history.start), terminal.history.end);
    let shown: TerminalState | undefined;
    terminal.readers += 1;
    this.watchLeft(terminal);
    terminal.acknowledged = next;
    this.pace(terminal);
    const left = (): boolean => signal?.aborted === true || this.terminals.get(terminalId) !== terminal;
    try {
      while (!left()) {
        const text = next - terminal.acknowledged > PAUSE_ABOVE ? '' : terminal.history.read(next, EVENT_CHARS);
        if (text !== '') {
          next = Math.max(next, terminal.history.start) + text.length;
          yield { type: 'data', text, next };
        } else if (terminal.state !== shown && next >= terminal.history.end) {
          shown = terminal.state;
          yield { type: 'state', state: terminal.state, message: terminal.message };
        } else await woken(terminal.wake, signal);
      }
    } finally {
      // Whoever leaves, however suddenly, no longer holds the guest up: what comes now goes into the history alone.
      terminal.readers -= 1;
      this.pace(terminal);
      this.watchLeft(terminal);
    }
  }

  ack(terminalId: string, next: number): void {
    const terminal = this.find(terminalId);
    terminal.acknowledged = Math.min(next, terminal.history.end);
    this.pace(terminal);
    wake(terminal);
  }

  input(terminalId: string, text: string): void {
    this.find(terminalId).shell?.write(text);
  }

  resize(terminalId: string, cols: number, rows: number): void {
    const terminal = this.find(terminalId);
    terminal.size = { cols, rows };
    terminal.shell?.resize(cols, rows);
  }

  /** A new shell in the same terminal; the history stays. */
  async reconnect(terminalId: string): Promise<void> {
    const terminal = this.find(terminalId);
    if (terminal.state !== 'open') await this.attach(terminal);
  }

  /** Ends a terminal. A console at which somebody else looks as well goes on: whoever closes it only stops looking. */
  close(terminalId: string): void {
    const terminal = this.terminals.get(terminalId);
    if (terminal && !(terminal.kind === 'console' && terminal.readers > 1)) this.end(terminal);
  }

  /** Ends the terminals of one cloud, or all. */
  closeAll(cloudId?: string): void {
    for (const terminal of this.terminals.values()) {
      if (cloudId === undefined || terminal.cloudId === cloudId) this.end(terminal);
    }
  }

  private end(terminal: Terminal): void {
    this.terminals.delete(terminal.id);
    clearTimeout(terminal.left);
    terminal.shell?.close();
    wake(terminal);
  }

  private consoleOf(cloudId: string): Terminal | undefined {
    return [...this.terminals.values()].find((one) => one.kind === 'console' && one.cloudId === cloudId);
  }

  /** A console is a device that others may want: it is not kept for nobody. */
  private watchLeft(terminal: Terminal): void {
    clearTimeout(terminal.left);
    if (terminal.kind !== 'console' || terminal.readers > 0) return;
    terminal.left = setTimeout(() => this.end(terminal), CONSOLE_LEFT).unref();
  }

  private attach(terminal: Terminal): Promise<void> {
    terminal.attaching ??= this.openShell(terminal).finally(() => {
      terminal.attaching = undefined;
    });
    return terminal.attaching;
  }

  private async openShell(terminal: Terminal): Promise<void> {
    const shell = await this.shellFor(terminal);
    if (this.terminals.get(terminal.id) !== terminal) {
      shell.close();
      throw closedTerminal();
    }
    terminal.shell = shell;
    set(terminal, 'open', '');
    shell.onText((text) => {
      terminal.history.append(text);
      this.pace(terminal);
      wake(terminal);
    });
    shell.onEnd((ended) => {
      if (terminal.shell !== shell) return;
      terminal.shell = undefined;
      if (ended) set(terminal, 'ended', 'The shell has ended.');
      else set(terminal, 'lost', terminal.kind === 'console' ? CONSOLE_LOST : SSH_LOST);
    });
  }

  private async shellFor({ cloudId, kind, account, size }: Terminal): Promise<Shell> {
    if (kind === 'console') return this.host.console(cloudId);
    const guest = await this.host.guest(cloudId);
    const openrc = kind === 'openstack' ? this.host.openrc(cloudId, account) : undefined;
    return guest.openShell({ ...size, ...(openrc !== undefined && { openrc }) });
  }

  private pace(terminal: Terminal): void {
    const { shell, acknowledged, history, readers } = terminal;
    if (!shell) return;
    const waiting = readers === 0 ? 0 : history.end - acknowledged;
    if (waiting > PAUSE_ABOVE) shell.pause();
    else if (waiting < RESUME_BELOW) shell.resume();
  }

  private find(terminalId: string): Terminal {
    const terminal = this.terminals.get(terminalId);
    if (terminal) return terminal;
    throw closedTerminal();
  }
}

function closedTerminal(): StackboxError {
  return new StackboxError('not-found', 'This terminal was closed.');
}

function set(terminal: Terminal, state: TerminalState, message: string): void {
  terminal.state = state;
  terminal.message = message;
  wake(terminal);
}

function wake(terminal: Terminal): void {
  for (const each of terminal.wake) each();
}

/** Waits until the terminal has something new or the reader leaves. */
async function woken(waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      waiting.delete(done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    waiting.add(done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
