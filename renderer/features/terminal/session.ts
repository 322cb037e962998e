import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal, type ITheme } from '@xterm/xterm';
import { createStore } from 'zustand/vanilla';
import type { TerminalKind } from '../../../main/contract/api';
import { MONO } from '../../app/theme';
import type { Api } from '../../app/connection';
import { toRecord } from '../../app/errors';

export type TerminalState = 'open' | 'lost' | 'ended';

/** Acknowledge after so many characters: often enough that the core's window of 100,000 never runs dry. */
const ACK_EVERY = 16_000;
const SCROLLBACK = 20_000;
/** Wait before a broken stream is asked for again; a new connection asks at once. */
const RETRY_MS = 1000;

export interface SessionStatus {
  readonly state: TerminalState;
  readonly message: string;
}

/** What a terminal is for. */
export interface TerminalWish {
  readonly kind: TerminalKind;
  readonly account?: string | undefined;
}

/**
 * One terminal of the core with its screen. It lives outside of React, so that leaving the tab or the page loses neither
 * history nor selection nor what comes meanwhile; after a reload the history comes from the core again.
 */
export class TerminalSession {
  readonly id: string;
  readonly kind: TerminalKind;
  /** User of OpenStack, if the core was asked for one. */
  readonly account: string | undefined;
  readonly terminal: Terminal;
  readonly fit = new FitAddon();
  readonly search = new SearchAddon();
  readonly status = createStore<SessionStatus>(() => ({ state: 'open', message: '' }));
  /** Holds the screen; it is moved into the page when the terminal is in sight. */
  readonly element = document.createElement('div');
  private readonly api: Api;
  private readonly stop = new AbortController();
  private streaming: AbortController | undefined;
  /** Characters handed to the screen, and the last position that was acknowledged. */
  private received = 0;
  private acked = 0;
  /** Whether it was we who said `lost`, because the stream broke; then its return is ours to say, too. */
  private streamLost = false;
  private opened = false;

  constructor(api: Api, id: string, { kind, account }: TerminalWish, fontSize: number) {
    this.api = api;
    this.id = id;
    this.kind = kind;
    this.account = account;
    this.element.className = 'sb-term__screen';
    this.terminal = new Terminal({
      // Needed by the Unicode 11 widths and the search marks.
      allowProposedApi: true,
      cursorBlink: true,
      fontFamily: MONO,
      fontSize,
      lineHeight: 1.2,
      scrollback: SCROLLBACK,
    });
    this.terminal.loadAddon(this.fit);
    this.terminal.loadAddon(this.search);
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.unicode.activeVersion = '11';
    this.terminal.loadAddon(
      new WebLinksAddon((_event, uri) => {
        window.open(uri, '_blank', 'noreferrer');
      }),
    );
    this.terminal.onData((text) => void this.quietly(this.api.terminals.input({ terminalId: this.id, text })));
    this.terminal.onResize(({ cols, rows }) => {
      void this.quietly(this.api.terminals.resize({ terminalId: this.id, cols, rows }));
    });
  }

  /** Puts the screen into the page. The first time it also begins to listen, when the size is known. */
  attach(parent: HTMLElement): void {
    parent.append(this.element);
    if (!this.opened) {
      this.opened = true;
      this.terminal.open(this.element);
    }
    this.fit.fit();
  }

  detach(): void {
    this.element.remove();
  }

  /** Listens (again): from where it was, or from the beginning on a fresh screen. Called for each new connection. */
  listen(): void {
    this.streaming?.abort();
    const streaming = new AbortController();
    this.streaming = streaming;
    void this.stream(AbortSignal.any([streaming.signal, this.stop.signal]));
  }

  setTheme(theme: ITheme): void {
    this.terminal.options.theme = theme;
  }

  /** @param fontSize in CSS pixels; the screen takes more or fewer columns then. */
  setFontSize(fontSize: number): void {
    this.terminal.options.fontSize = fontSize;
    this.fit.fit();
  }

  async reconnect(): Promise<void> {
    await this.api.terminals.reconnect({ terminalId: this.id });
  }

  paste(text: string): void {
    this.terminal.paste(text);
  }

  /** Frees the screen; the terminal in the core is closed by whoever closes the tab. */
  dispose(): void {
    this.stop.abort();
    this.terminal.dispose();
    this.element.remove();
  }

  private async stream(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const from = this.received;
        const events = await this.api.terminals.output({ terminalId: this.id, from }, { signal });
        if (this.streamLost) {
          this.streamLost = false;
          this.status.setState({ state: 'open', message: '' });
        }
        for await (const event of events) {
          if (signal.aborted) return;
          if (event.type === 'data') await this.write(event.text, event.next);
          else this.status.setState({ state: event.state, message: event.message });
        }
        // The core ends a stream only with its terminal.
        return;
      } catch (thrown) {
        if (signal.aborted) return;
        if (this.status.getState().state === 'open') {
          this.streamLost = true;
          this.status.setState({ state: 'lost', message: toRecord(thrown).message });
        }
        await new Promise((resolve) => {
          setTimeout(resolve, RETRY_MS);
        });
      }
    }
  }

  /** Waits until the screen has taken the text, so that the slowest part sets the pace. */
  private async write(text: string, next: number): Promise<void> {
    this.received = next;
    await new Promise<void>((resolve) => {
      this.terminal.write(text, resolve);
    });
    if (next - this.acked >= ACK_EVERY) {
      this.acked = next;
      void this.quietly(this.api.terminals.ack({ terminalId: this.id, next }));
    }
  }

  /** A key or an acknowledgement that is lost with its connection: the stream says so, a toast a key would not help. */
  private async quietly(call: Promise<unknown>): Promise<void> {
    try {
      await call;
    } catch {
      // See above.
    }
  }
}
