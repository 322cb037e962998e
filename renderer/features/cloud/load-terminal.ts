import type { ComponentType } from 'react';
import type { Cloud } from '../../../main/contract/models';

interface Loaded {
  readonly default: ComponentType<{ cloud: Cloud }>;
}

const RETRY_MS = 500;

/**
 * Loads the terminal's code. Chromium breaks off every request when a network interface appears
 * (ERR_NETWORK_CHANGED), and making a cloud makes one; so a failure is tried once more.
 */
export async function loadTerminal(): Promise<Loaded> {
  try {
    return await load();
  } catch {
    await new Promise((resolve) => {
      setTimeout(resolve, RETRY_MS);
    });
    return load();
  }
}

async function load(): Promise<Loaded> {
  const { TerminalTab } = await import('../terminal/TerminalTab');
  return { default: TerminalTab };
}
