/** A core of its own behind the loopback server: what `stackbox serve` and the desktop app share. */
import type { Core } from '../../core/open';
import { announce, withdraw } from './announcement';
import { serve, type Serving } from './serve';

export interface OpenServerOptions {
  readonly dataFolder: string;
  readonly windowFolder: string;
  readonly port?: number;
}

export interface OpenServer {
  readonly core: Core;
  readonly serving: Serving;
  /** Takes back the announcement, lets go of all clients, then closes the core. Installs go on in their guests. */
  close(): Promise<void>;
}

/**
 * Opens the data folder, goes on with what was cut off, and serves window and API on 127.0.0.1.
 * @throws StackboxError `locked`, `storage`, or `conflict` when the port is taken
 */
export async function openServer({ dataFolder, windowFolder, port }: OpenServerOptions): Promise<OpenServer> {
  // Loaded here, so that a command that talks to a running Stackbox does not wait for a core that it never opens.
  const { openCore } = await import('../../core/open');
  const core = await openCore({ dataFolder, resume: true });
  try {
    const serving = await serve({ router: core.router, windowFolder, ...(port !== undefined && { port }) });
    const close = async (): Promise<void> => {
      await withdraw(dataFolder);
      await serving.close();
      await core.close();
    };
    await announce(dataFolder, { url: serving.address, token: serving.token, pid: process.pid });
    return { core, serving, close };
  } catch (error) {
    await core.close();
    throw error;
  }
}
