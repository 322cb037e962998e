/** Free TCP ports on 127.0.0.1, found by binding them. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { StackboxError } from '../contract/errors';

export interface PortWish {
  /** Port to take if it is free: the one a machine had before, so that bookmarks stay right. */
  readonly preferred?: number | undefined;
  /** Ports promised to machines that do not run now. */
  readonly taken?: ReadonlySet<number>;
}

const MOST_TRIES = 100;
/** Below 1024 only root may bind. */
const LOWEST = 1024;
const HIGHEST = 65_535;

/**
 * A port that nothing on this computer listens on. It is free when this returns; whoever uses it must be ready to ask
 * again, for another program may be faster.
 * @throws StackboxError `conflict` when none is found
 */
export async function findFreePort({ preferred, taken = new Set() }: PortWish = {}): Promise<number> {
  const usable = preferred !== undefined && Number.isInteger(preferred) && preferred >= LOWEST && preferred <= HIGHEST;
  if (usable && !taken.has(preferred) && (await bind(preferred)) !== undefined) return preferred;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const port = await bind(0);
    if (port !== undefined && !taken.has(port)) return port;
  }
  throw new StackboxError('conflict', 'No free port was found on this computer.', {
    hint: 'Close programs that listen on many ports.',
  });
}

/** @returns the port that was bound for a moment, or `undefined` if it is in use */
async function bind(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
  } catch {
    // In use, or reserved by the system: either way it is not for us.
    return undefined;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : undefined;
}
