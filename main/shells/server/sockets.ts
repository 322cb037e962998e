/** The API over WebSocket: one peer per socket, dead peers dropped, slow peers waited for. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { ApiRouter } from '../../core/router';
import { PROTOCOL } from './admission';

/** The largest message (bytes) a client may send: a million pasted characters, escaped, fit. */
const MAX_PAYLOAD = 8 * 1024 * 1024;

/** Bytes that may wait for a slow peer before its streams stop; less makes fast streams wait for nothing. */
const HIGH_WATER = 1024 * 1024;

/** A peer that answers no ping for this long (ms) is gone: its laptop sleeps, its tunnel is cut. */
const PING_EVERY_MS = 30_000;

export interface Sockets {
  /** How many clients are connected now. */
  readonly count: number;
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

export function openSockets(router: ApiRouter): Sockets {
  const handler = new RPCHandler(router);
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD,
    perMessageDeflate: false,
    handleProtocols: () => PROTOCOL,
  });
  const answered = new WeakSet<WebSocket>();

  server.on('connection', (socket) => {
    answered.add(socket);
    socket.on('pong', () => answered.add(socket));
    // A broken frame or a reset is the peer's end; `close` follows and frees what it held.
    socket.on('error', () => socket.terminate());
    // ws declares that `send` returns nothing, but oRPC awaits it (see below).
    // oxlint-disable-next-line typescript/no-misused-promises
    void handler.upgrade({ addEventListener: socket.addEventListener.bind(socket), send: pacedSend(socket) });
  });

  const heartbeat = setInterval(() => {
    for (const socket of server.clients) {
      if (!answered.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, PING_EVERY_MS);
  heartbeat.unref();

  return {
    get count() {
      return server.clients.size;
    },
    accept(request, socket, head) {
      server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request));
    },
    close() {
      clearInterval(heartbeat);
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

/**
 * oRPC awaits what `send` returns before it asks a stream for more. So a promise that waits for a slow socket is all the
 * back-pressure that a stream needs.
 */
function pacedSend(socket: WebSocket): (data: RawData | string) => Promise<void> {
  return (data) =>
    new Promise((resolve) => {
      // The callback also comes with an error when the socket closed meanwhile; then `close` ends the streams.
      socket.send(data, () => resolve());
      if (socket.bufferedAmount < HIGH_WATER) resolve();
    });
}
