/** Draws the whole window over a fake core, through the real contract and a real MessagePort. */
import { RPCLink } from '@orpc/client/message-port';
import { RPCHandler } from '@orpc/server/message-port';
import { notifications } from '@mantine/notifications';
import { cleanup, configure, render, screen, waitFor } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { App } from '../../renderer/app/App';
import { connect } from '../../renderer/app/connection';
import { createCoreStore, type CoreStore } from '../../renderer/app/core-store';
import { dropSession } from '../../renderer/features/terminal/sessions';
import { Refused, type Dial } from '../../renderer/app/transport';
import type { FakeCore } from '../fakes/fake-api';

// A window is drawn in 50 ms, but a busy build machine was seen to take more than the second that is waited by default.
configure({ asyncUtilTimeout: 5000 });

const open: MessagePort[] = [];
const cores: FakeCore[] = [];

interface Opened {
  readonly user: UserEvent;
  readonly store: CoreStore;
  /** Breaks the connection as a stopped back end does. */
  readonly cut: () => void;
}

/** Opens the window at an address. With `refuse` the core turns its token away. */
export function openWindow(core: FakeCore, hash = '#/', { refuse = false } = {}): Opened {
  window.location.hash = hash;
  cores.push(core);
  let end = (): void => undefined;
  const dial: Dial = () => {
    if (refuse) return Promise.reject(new Refused());
    const { port1, port2 } = new MessageChannel();
    open.push(port1, port2);
    new RPCHandler(core.router()).upgrade(port2);
    port1.start();
    port2.start();
    const ended = new Promise<void>((resolve) => {
      end = () => {
        port1.close();
        resolve();
      };
    });
    return Promise.resolve({ link: new RPCLink({ port: port1 }), ended });
  };
  const store = createCoreStore();
  const connection = connect(dial, store);
  render(<App backend={{ connection, store }} hadToken />);
  return { user: userEvent.setup(), store, cut: () => end() };
}

/** Takes the window down, and with it every connection. */
export function closeWindow(): void {
  notifications.clean();
  cleanup();
  // Screens outlive the views, and the next core gives its terminals the same names.
  for (const core of cores.splice(0)) for (const id of core.terminals.all.keys()) dropSession(id);
  for (const port of open.splice(0)) port.close();
  localStorage.clear();
  sessionStorage.clear();
}

/** The item of a list that holds a text, as soon as there is one. */
export function itemWith(text: string): Promise<HTMLElement> {
  return waitFor(() => {
    const found = screen.getAllByRole('listitem').find((item) => item.textContent.includes(text));
    if (found === undefined) throw new Error(`No list item holds “${text}”.`);
    return found;
  });
}
