import { createORPCClient, DynamicLink } from '@orpc/client';
import type { ClientContext, ClientLink } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../main/contract/api';
import type { CoreStore } from './core-store';
import { project } from './projection';
import { Refused, type Dial } from './transport';

/** The core's API as the window calls it. */
export type Api = ContractRouterClient<Contract>;

export interface Connection {
  /** Stays the same over reconnections; a call while there is no connection fails at once. */
  readonly api: Api;
  /** Tries again now instead of when the wait is over. */
  readonly retryNow: () => void;
}

/** Waits between attempts: quick at first, so that a restarted core is back at once, never more than 5 s. */
const BACKOFF_MS = [0, 250, 500, 1000, 2000, 5000] as const;

/**
 * Keeps the window connected to its core for as long as the page lives, and the store a projection of the core's
 * events. After a break the first event is a fresh snapshot, which replaces what the store held.
 */
export function connect(dial: Dial, store: CoreStore): Connection {
  let current: ClientLink<ClientContext> | undefined;
  let wake: () => void = () => undefined;
  const api: Api = createORPCClient(
    new DynamicLink<ClientContext>(() => {
      if (current === undefined) throw new Error('There is no connection to the back end.');
      return current;
    }),
  );

  async function follow(): Promise<void> {
    for await (const event of await api.events()) store.setState(project(store.getState(), event));
  }

  async function once(): Promise<void> {
    const wire = await dial();
    current = wire.link;
    store.setState((state) => ({ link: 'open', generation: state.generation + 1 }));
    try {
      await Promise.race([follow(), wire.ended]);
    } finally {
      current = undefined;
    }
  }

  async function forever(): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      const before = store.getState().generation;
      try {
        await once();
      } catch (thrown) {
        if (thrown instanceof Refused) {
          store.setState({ link: 'refused' });
          return;
        }
        // Any other failure of a connection has one cure, which is the next turn of this loop.
      }
      if (store.getState().generation !== before) failures = 0;
      store.setState((state) => ({ link: state.generation === 0 ? 'connecting' : 'reconnecting' }));
      const wait = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 0;
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, wait);
      });
    }
  }

  void forever();
  return { api, retryNow: () => wake() };
}
