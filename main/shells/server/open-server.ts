/** An open core behind the loopback server: what `stackbox serve`, the desktop app and long commands share. */
import type { Core } from '../../core/open';
import { announce, withdraw } from './announcement';
import { serve, type Serving } from './serve';

export interface OpenServerOptions {
  readonly dataFolder: string;
  readonly windowFolder: string;
  readonly port?: number;
}

export interface Shared {
  readonly serving: Serving;
  /** Takes back the announcement, then lets go of all clients. */
  close(): Promise<void>;
}

export interface OpenServer extends Shared {
  readonly core: Core;
  /** Takes back the announcement, lets go of all clients, then closes the core. Installs go on in their guests. */
  close(): Promise<void>;
}

/**
 * Serves window and API of a core on 127.0.0.1 and leaves word of it in the core's data folder.
 * @throws StackboxError `conflict` when the port is taken, `storage`
 */
export async function shareCore(core: Core, { dataFolder, windowFolder, port }: OpenServerOptions): Promise<Shared> {
  const serving = await serve({ router: core.router, windowFolder, ...(port !== undefined && { port }) });
  try {
    await announce(dataFolder, { url: serving.address, token: serving.token, pid: process.pid });
  } catch (error) {
    await serving.close();
    throw error;
  }
  return {
    serving,
    async close() {
      await withdraw(dataFolder);
      await serving.close();
    },
  };
}

/**
 * Opens the data folder, goes on with what was cut off, and serves window and API on 127.0.0.1.
 * @throws StackboxError `locked`, `storage`, or `conflict` when the port is taken
 */
export async function openServer(options: OpenServerOptions): Promise<OpenServer> {
  // Loaded here, so that a command that talks to a running Stackbox does not wait for a core that it never opens.
  const { openCore } = await import('../../core/open');
  const core = await openCore({ dataFolder: options.dataFolder, resume: true });
  try {
    const shared = await shareCore(core, options);
    const close = async (): Promise<void> => {
      await shared.close();
      await core.close();
    };
    return { core, serving: shared.serving, close };
  } catch (error) {
    await core.close();
    throw error;
  }
}
