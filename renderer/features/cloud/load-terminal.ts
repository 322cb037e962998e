import type { ComponentType } from 'react';
import type { Cloud } from '../../../main/contract/models';
import { loadTwice } from '../../app/load-twice';

interface Loaded {
  readonly default: ComponentType<{ cloud: Cloud }>;
}

/** Loads the terminal's code, which no other page needs. */
export function loadTerminal(): Promise<Loaded> {
  return loadTwice(async () => {
    const { TerminalTab } = await import('../terminal/TerminalTab');
    return { default: TerminalTab };
  });
}
