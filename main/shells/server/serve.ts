/**
 * The window and the API on 127.0.0.1, for an ordinary browser on this computer and for the command line.
 * Nothing listens on any other address; a lab server is reached through an SSH tunnel.
 */
import { randomBytes } from 'node:crypto';
import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { StackboxError } from '../../contract/errors';
import type { ApiRouter } from '../../core/router';
import { readWindowFile, securityHeaders } from '../window-files';
import { refuseHost, refuseOrigin, refuseToken, type Refusal } from './admission';
import { windowUrl } from './announcement';
import { openSockets } from './sockets';

const LOOPBACK = '127.0.0.1';

export interface ServeOptions {
  readonly router: ApiRouter;
  /** Folder of the built window. */
  readonly windowFolder: string;
  /** 0 or nothing: any free port. */
  readonly port?: number;
  /** Nothing: a new one for this start. */
  readonly token?: string;
}

export interface Serving {
  /** `http://127.0.0.1:PORT/` */
  readonly address: string;
  /** The address with the token as its fragment, which no browser sends to a server, a log or another site. */
  readonly url: string;
  readonly token: string;
  /** Clients connected to the API now. */
  connections(): number;
  close(): Promise<void>;
}

/**
 * Starts to serve.
 * @throws StackboxError `conflict` when the port is taken, `denied` when it may not be used
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const token = options.token ?? randomBytes(24).toString('base64url');
  const sockets = openSockets(options.router);
  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  const headers = securityHeaders([`ws://${LOOPBACK}:${port}`, `ws://localhost:${port}`]);

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(request, response, port, options.windowFolder).catch(() => {
      // A file that vanished or a peer that left: there is nothing more to say to it.
      if (response.headersSent) response.destroy();
      else plain(response, 500, 'The file could not be read.');
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Before the WebSocket takes over, a reset by the peer must not end this process.
    socket.on('error', () => socket.destroy());
    const refusal = refuseUpgrade(request, port, token);
    if (refusal) refuseSocket(socket, refusal);
    else sockets.accept(request, socket, head);
  });

  const address = `http://${LOOPBACK}:${port}/`;
  return {
    address,
    url: windowUrl({ url: address, token }),
    token,
    connections: () => sockets.count,
    async close() {
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, port: number, folder: string): Promise<void> {
  const refusal = refuseHost(request.headers, port) ?? refuseMethod(request);
  if (refusal) {
    plain(response, refusal.status, refusal.message);
    return;
  }
  const [pathname = '/'] = (request.url ?? '/').split('?');
  const file = await readWindowFile(folder, pathname);
  if (!file) {
    plain(response, 404, 'There is no such file.');
    return;
  }
  response.writeHead(200, {
    'content-type': file.type,
    'content-length': file.body.byteLength,
    'cache-control': file.hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function refuseMethod(request: IncomingMessage): Refusal | undefined {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  return { status: 405, message: 'Files are only read here.' };
}

function refuseUpgrade(request: IncomingMessage, port: number, token: string): Refusal | undefined {
  return (
    refuseHost(request.headers, port) ??
    (request.url === '/rpc' ? undefined : ({ status: 404, message: 'The API is at /rpc.' } as const)) ??
    refuseOrigin(request.headers, port) ??
    refuseToken(request.headers, token)
  );
}

function plain(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}

function refuseSocket(socket: Duplex, { status, message }: Refusal): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(message)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${message}`);
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(port, error)));
    server.listen(port, LOOPBACK, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new StackboxError('internal', 'The server has no port.');
  return bound.port;
}

function portError(port: number, error: NodeJS.ErrnoException): StackboxError {
  if (error.code === 'EADDRINUSE') {
    const hint = 'Choose another with --port, or leave the option out.';
    return new StackboxError('conflict', `Port ${port} is used by another program.`, { hint }, { cause: error });
  }
  if (error.code === 'EACCES') {
    const hint = 'Choose one above 1024.';
    return new StackboxError('denied', `Port ${port} may not be used.`, { hint }, { cause: error });
  }
  return StackboxError.from(error);
}
