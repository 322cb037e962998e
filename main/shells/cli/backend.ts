/** The core that a command talks to: the one that runs already, else one of its own in this process. */
import { createRouterClient } from '@orpc/server';
import { StackboxError } from '../../contract/errors';
import type { Core } from '../../core/open';
import type { ApiClient } from '../api';
import { readAnnouncement, windowUrl } from '../server/announcement';
import { shareCore, type Shared } from '../server/open-server';
import { connectTo } from './remote';

export interface Backend {
  readonly api: ApiClient;
  /** Whether the core ends with this command. */
  readonly ownCore: boolean;
  /**
   * For a command that takes its time: lets other commands use this core, which they cannot open beside us. A short
   * command does not, or it would leave somebody in the middle of a call.
   */
  share(): Promise<void>;
  close(): Promise<void>;
}

/** Another short command holds the lock for moments only; waiting this long (ms) in all outlasts most. */
const LOCK_WAITS_MS = [100, 200, 400, 800, 1600];

export interface BackendFolders {
  readonly dataFolder: string;
  /** Folder of the built window, which is served beside the API when the core is shared. */
  readonly windowFolder: string;
}

/**
 * @throws StackboxError `locked` when another Stackbox has the folder open and serves nobody; `storage`
 */
export async function openBackend(folders: BackendFolders): Promise<Backend> {
  const { dataFolder } = folders;
  for (let turn = 0; ; turn += 1) {
    const running = await findRunning(dataFolder);
    if (running) return running.backend;
    try {
      // Loaded only when it is needed: a running Stackbox answers sooner than a core is loaded.
      const { openCore } = await import('../../core/open');
      const core = await openCore({ dataFolder, resume: false });
      return ownBackend(core, folders);
    } catch (error) {
      const wait = LOCK_WAITS_MS[turn];
      if (!(error instanceof StackboxError) || error.code !== 'locked' || wait === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** The backend of a command that has opened the core itself. Closing it closes the core. */
export function ownBackend(core: Core, folders: BackendFolders): Backend {
  let shared: Shared | undefined;
  return {
    api: createRouterClient(core.router),
    ownCore: true,
    async share() {
      shared ??= await shareCore(core, folders);
    },
    async close() {
      if (shared) await othersAreDone(core, shared);
      await shared?.close();
      await core.close();
    },
  };
}

/** Whoever is told of an end has this long (ms) to leave by themselves. */
const LEAVE_MS = 2000;
const LOOK_EVERY = 100;

/**
 * What another command began in our core, a delete in the middle of our create for one, would be cut off by our end and
 * that command with it. A window that somebody has opened meanwhile is not waited for.
 */
async function othersAreDone(core: Core, { serving }: Shared): Promise<void> {
  let idleFor = 0;
  while (idleFor < (serving.connections() > 0 ? LEAVE_MS : LOOK_EVERY)) {
    const working = core.services.clouds.list().some(({ run }) => run?.state === 'running');
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    idleFor = working ? 0 : idleFor + LOOK_EVERY;
  }
}

/**
 * @returns the Stackbox that has the folder open and answers, and the address of its window with its token
 * @throws StackboxError `denied`
 */
export async function findRunning(
  dataFolder: string,
): Promise<{ readonly backend: Backend; readonly windowUrl: string } | undefined> {
  const announcement = await readAnnouncement(dataFolder);
  if (announcement === undefined) return undefined;
  try {
    const remote = await connectTo(announcement);
    // Whoever has the core shares it already.
    const backend = {
      api: remote.api,
      ownCore: false,
      share: async () => undefined,
      close: async () => remote.close(),
    };
    return { backend, windowUrl: windowUrl(announcement) };
  } catch (error) {
    // A crash leaves the file behind, and its process id may be somebody else's by now: then the lock decides.
    if (error instanceof StackboxError && error.code === 'unreachable') return undefined;
    throw error;
  }
}
