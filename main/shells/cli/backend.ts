/** The core that a command talks to: the one that runs already, else one of its own in this process. */
import { createRouterClient } from '@orpc/server';
import { StackboxError } from '../../contract/errors';
import type { ApiClient } from '../api';
import { readAnnouncement } from '../server/announcement';
import { connectTo } from './remote';

export interface Backend {
  readonly api: ApiClient;
  /** Whether the core ends with this command. */
  readonly ownCore: boolean;
  close(): Promise<void>;
}

/** Another short command holds the lock for moments only; waiting this long (ms) in all outlasts most. */
const LOCK_WAITS_MS = [100, 200, 400, 800, 1600];

/**
 * @throws StackboxError `locked` when another Stackbox has the folder open and serves nobody; `storage`
 */
export async function openBackend(dataFolder: string): Promise<Backend> {
  for (let turn = 0; ; turn += 1) {
    const running = await findRunning(dataFolder);
    if (running) return running;
    try {
      // Loaded only when it is needed: a running Stackbox answers sooner than a core is loaded.
      const { openCore } = await import('../../core/open');
      const core = await openCore({ dataFolder, resume: false });
      return { api: createRouterClient(core.router), ownCore: true, close: () => core.close() };
    } catch (error) {
      const wait = LOCK_WAITS_MS[turn];
      if (!(error instanceof StackboxError) || error.code !== 'locked' || wait === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

async function findRunning(dataFolder: string): Promise<Backend | undefined> {
  const announcement = await readAnnouncement(dataFolder);
  if (announcement === undefined) return undefined;
  try {
    const remote = await connectTo(announcement);
    return { api: remote.api, ownCore: false, close: async () => remote.close() };
  } catch (error) {
    // A crash leaves the file behind, and its process id may be somebody else's by now: then the lock decides.
    if (error instanceof StackboxError && error.code === 'unreachable') return undefined;
    throw error;
  }
}
