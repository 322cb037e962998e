import { createStore } from 'zustand/vanilla';
import { persist } from 'zustand/middleware';
import { useStore } from 'zustand';
import type { CloudTab } from './route';

/** What the window remembers for a person on this computer. Nothing in it matters to the core. */
export interface Preferences {
  /** Width of the rail in CSS pixels. */
  readonly railWidth: number;
  readonly lastCloudId: string | undefined;
  /** The tab that was open last, by cloud. */
  readonly tabs: Readonly<Record<string, CloudTab>>;
  /** Font size of terminals in CSS pixels. */
  readonly terminalFontSize: number;
}

export const RAIL_WIDTH = { min: 180, max: 420, usual: 248 } as const;
export const TERMINAL_FONT = { min: 9, max: 28, usual: 13 } as const;

export const preferences = createStore<Preferences>()(
  persist(
    (): Preferences => ({
      railWidth: RAIL_WIDTH.usual,
      lastCloudId: undefined,
      tabs: {},
      terminalFontSize: TERMINAL_FONT.usual,
    }),
    { name: 'stackbox-preferences', version: 1 },
  ),
);

export function usePreference<K extends keyof Preferences>(key: K): Preferences[K] {
  return useStore(preferences, (state) => state[key]);
}

export function rememberTab(cloudId: string, tab: CloudTab): void {
  preferences.setState((state) => ({ lastCloudId: cloudId, tabs: { ...state.tabs, [cloudId]: tab } }));
}
