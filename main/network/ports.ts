/** Ports of this computer's loopback address. */
import { createServer } from 'node:net';
import { StackboxError } from '../contract/errors';

const LOOPBACK = '127.0.0.1';

/** Whether nobody listens on the port of 127.0.0.1 and this user may listen there. */
export async function isPortFree(port: number): Promise<boolean> {
  return listen(port).then(
    () => true,
    () => false,
  );
}

/**
 * A free port of 127.0.0.1: the preferred one if it is, else one that the system picks. Nothing holds it, so whoever uses
 * it must bear that somebody else was faster.
 * @throws StackboxError `network` if this computer has no free port at all
 */
export async function findFreePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred;
  return listen(0).catch((cause: unknown) => {
    throw new StackboxError('network', 'This computer has no free port on 127.0.0.1.', {}, { cause });
  });
}

function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('A listening socket has no port.'));
      });
    });
  });
}
