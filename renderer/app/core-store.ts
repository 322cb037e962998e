import { createStore } from 'zustand/vanilla';
import { emptyProjection, type Projection } from './projection';

/**
 * How the window stands with its core. `refused` means that the core is there but does not accept our token;
 * only a new address helps.
 */
export type LinkState = 'connecting' | 'open' | 'reconnecting' | 'refused';

export interface CoreState extends Projection {
  readonly link: LinkState;
  /** Counts connections, so that whatever follows a stream can start again on a new one. */
  readonly generation: number;
}

/** The window's picture of the core; only the connection writes to it. */
export function createCoreStore() {
  return createStore<CoreState>(() => ({ ...emptyProjection, link: 'connecting', generation: 0 }));
}

export type CoreStore = ReturnType<typeof createCoreStore>;
