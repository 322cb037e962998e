/** A web server with the bad habits of real ones. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

export interface Served {
  content: Buffer;
  /** What the checksum file says; the truth by default. */
  hash?: string;
  etag?: string;
  /** The first so many answers end in the middle. */
  cuts?: number;
  /** What the file has become once the last of the cuts has happened. */
  afterCuts?: { content: Buffer; etag: string };
  /** The first so many answers send nothing more after half. */
  stalls?: number;
  ignoresRanges?: boolean;
  /** No Content-Length, as some proxies do. */
  chunked?: boolean;
  status?: number;
  type?: string;
  /** Holds every answer back until this resolves. */
  gate?: Promise<void>;
}

export interface ImageServer {
  readonly url: string;
  readonly files: Map<string, Served>;
  /** Range header of each request for an image, by path; `-` where there was none. */
  readonly ranges: Map<string, string[]>;
  /** Most images that were sent at the same time. */
  busiest: number;
}

/** @returns a server on 127.0.0.1 that ends with the test; `/name` is an image and `/name.SHA256SUM` its checksum */
export async function imageServer(files: Record<string, Served>): Promise<ImageServer> {
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  let busy = 0;
  const state: ImageServer = {
    url: `http://127.0.0.1:${port}`,
    files: new Map(Object.entries(files)),
    ranges: new Map(),
    busiest: 0,
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = (request.url ?? '').slice(1);
    const list = name.endsWith('.SHA256SUM');
    const file = state.files.get(list ? name.slice(0, -'.SHA256SUM'.length) : name);
    if (!file) return void response.writeHead(404).end('nothing here');
    if (list) {
      const hash = file.hash ?? createHash('sha256').update(file.content).digest('hex');
      return void response.end(`# ${name}: ${file.content.length} bytes\n${hash} *${name.slice(0, -10)}\n`);
    }
    state.ranges.set(name, [...(state.ranges.get(name) ?? []), request.headers.range ?? '-']);
    busy++;
    state.busiest = Math.max(state.busiest, busy);
    response.on('close', () => busy--);
    await file.gate;
    send(file, request, response);
  }

  return state;
}

function send(file: Served, request: IncomingMessage, response: ServerResponse): void {
  const { content, etag } = file;
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const unchanged = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  const start = asked && unchanged && file.ignoresRanges !== true ? Number(asked[1]) : 0;
  if (start >= content.length && start > 0) return void response.writeHead(416).end();
  const body = content.subarray(start);
  response.writeHead(file.status ?? (start > 0 ? 206 : 200), {
    'content-type': file.type ?? 'application/octet-stream',
    ...(file.chunked === true ? {} : { 'content-length': body.length }),
    ...(etag !== undefined && { etag }),
    ...(start > 0 && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
  });
  const half = body.subarray(0, Math.ceil(body.length / 2));
  if ((file.cuts ?? 0) > 0) {
    file.cuts = (file.cuts ?? 0) - 1;
    if (file.cuts === 0) Object.assign(file, file.afterCuts);
    response.write(half, () => response.destroy());
  } else if ((file.stalls ?? 0) > 0) {
    file.stalls = (file.stalls ?? 0) - 1;
    response.write(half);
  } else {
    response.end(body);
  }
}
