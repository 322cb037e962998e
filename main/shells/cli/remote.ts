/** The API of a Stackbox that runs already, over its WebSocket. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { WebSocket } from 'ws';
import { StackboxError } from '../../contract/errors';
import type { ApiClient } from '../api';
import { offeredProtocols } from '../server/admission';

/** A core on this computer answers in milliseconds; after this long (ms) it hangs, or it is something else. */
const CONNECT_MS = 10_000;

export interface Remote {
  readonly api: ApiClient;
  close(): void;
}

/**
 * @param at where it serves and the token that opens it
 * @throws StackboxError `unreachable` when nothing answers there, `denied` when the token is wrong
 */
export async function connectTo(at: { readonly url: string; readonly token: string }): Promise<Remote> {
  const address = new URL('/rpc', at.url);
  address.protocol = 'ws:';
  const socket = new WebSocket(address, offeredProtocols(at.token), {
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_MS,
  });
  socket.binaryType = 'arraybuffer';
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      reject(new StackboxError('denied', `The running Stackbox refused the command line (${response.statusCode}).`));
    });
    socket.once('error', (cause) => {
      reject(new StackboxError('unreachable', 'The running Stackbox does not answer.', {}, { cause }));
    });
  });
  // A reset later on ends every call by `close`; without a listener it would end the process.
  socket.on('error', () => socket.terminate());
  // ws keeps to the browser's interface, but declares its events as types of its own.
  const link = new RPCLink({ websocket: socket as unknown as globalThis.WebSocket });
  return { api: createORPCClient(link), close: () => socket.terminate() };
}
