/** Where bytes come from: HTTP with the proxy of the environment, or a file. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { StackboxError } from '../contract/errors';
import { hostProxy } from '../network/proxy';
import { Retryable } from './retry';

/** Names one version of a remote file, so that two downloads are not glued together from different ones. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** An opened source. `offset` is where it really starts: 0 when the server ignored the wish or the file has changed. */
export interface Opened {
  readonly body: AsyncIterable<Uint8Array>;
  readonly offset: number;
  /** Length of the whole file in bytes, if the server told. */
  readonly total: number | undefined;
  readonly validators: Validators;
}

export interface Source {
  /** @throws Retryable for what may pass, StackboxError `network` or `verification` for what will not */
  open(url: string, offset: number, validators: Validators, signal: AbortSignal): Promise<Opened | 'beyond-end'>;
  /** Text of at most `limit` bytes. Never follows a redirect from https to http. */
  text(url: string, limit: number, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** @param stallMs without a byte for this long (ms) a transfer has failed */
export function createSource(stallMs: number, env: Readonly<NodeJS.ProcessEnv> = process.env): Source {
  const { http, https, noProxy } = hostProxy(env);
  const agent = new EnvHttpProxyAgent({
    headersTimeout: stallMs,
    bodyTimeout: stallMs,
    connect: { timeout: stallMs },
    // An empty text keeps undici from reading the environment itself: it would throw on a proxy it cannot use.
    httpProxy: http ?? '',
    httpsProxy: https ?? '',
    // A catalogue on this computer is never behind the proxy.
    noProxy: [...noProxy, 'localhost', '127.0.0.1', '[::1]'].join(','),
    // Many proxies refuse tunnels to port 80; plain http is handed over as it is, https is always tunnelled.
    proxyTunnel: false,
  });

  async function request(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer> {
    const wanted = { 'accept-encoding': 'identity', ...headers };
    return fetch(url, { dispatcher: agent, headers: wanted, signal });
  }

  return {
    async open(url, offset, validators, signal) {
      if (url.startsWith('file:')) return openFile(fileURLToPath(url), offset, validators);
      const response = await request(url, offset > 0 ? rangeHeaders(offset, validators) : {}, signal);
      if (response.status === 416) {
        await response.body?.cancel();
        return 'beyond-end';
      }
      await refuseFailure(response, url);
      refuseWebPage(response, url);
      return openResponse(response, offset);
    },
    async text(url, limit, signal) {
      if (url.startsWith('file:')) return textOf(createReadStream(fileURLToPath(url), { end: limit }), limit, url);
      const response = await request(url, {}, signal);
      await refuseFailure(response, url);
      if (url.startsWith('https:') && !response.url.startsWith('https:')) {
        await response.body?.cancel();
        throw new StackboxError('verification', `${hostOf(url)} sends its checksums over an unprotected connection.`);
      }
      return textOf(response.body ?? [], limit, url);
    },
    async close() {
      await agent.destroy();
    },
  };
}

type HttpAnswer = Awaited<ReturnType<typeof fetch>>;

/** A weak ETag may not be used for a range (RFC 9110 13.1.5). Without any validator the checksum has to find out. */
function rangeHeaders(offset: number, { etag, lastModified }: Validators): Record<string, string> {
  const validator = etag?.startsWith('"') ? etag : lastModified;
  return { range: `bytes=${offset}-`, ...(validator !== undefined && { 'if-range': validator }) };
}

async function refuseFailure(response: HttpAnswer, url: string): Promise<void> {
  if (response.ok) return;
  await response.body?.cancel();
  const { status } = response;
  const message = `${hostOf(url)} answered ${status}${response.statusText ? ` ${response.statusText}` : ''} for ${url}.`;
  // 408 and 429 ask to come again later, 5xx often passes.
  if (status >= 500 || status === 408 || status === 429) {
    throw new Retryable(
      new StackboxError('network', message, { hint: 'The server has a problem. Try again later, or use a mirror.' }),
    );
  }
  const hint =
    status === 404 || status === 410
      ? 'The file is no longer there. Choose another image, or use a mirror.'
      : 'The server does not give the file to this computer. A proxy may be in the way; try a mirror.';
  throw new StackboxError('network', message, { hint });
}

function refuseWebPage(response: HttpAnswer, url: string): void {
  if (!/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) return;
  throw new StackboxError('verification', `${hostOf(url)} sent a web page instead of the image.`, {
    hint: 'A network that wants a login, or a proxy, may have answered. Open the address in a browser to see.',
  });
}

function openResponse(response: HttpAnswer, wanted: number): Opened {
  const { headers } = response;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  const length = headers.get('content-length');
  const partial = response.status === 206;
  if (partial && Number(range?.[1] ?? -1) !== wanted) {
    throw new StackboxError(
      'network',
      `${hostOf(response.url)} sent another part of the file than the one asked for.`,
      {
        hint: 'Use a mirror.',
      },
    );
  }
  const offset = partial ? wanted : 0;
  return {
    body: response.body ?? emptyBody(),
    offset,
    total: length === null ? undefined : offset + Number(length),
    validators: {
      etag: headers.get('etag') ?? undefined,
      lastModified: headers.get('last-modified') ?? undefined,
    },
  };
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {
  // A response without a body has no bytes.
}

async function openFile(path: string, wanted: number, validators: Validators): Promise<Opened | 'beyond-end'> {
  const { size, mtimeMs } = await stat(path);
  const etag = `"${size}-${mtimeMs}"`;
  const offset = validators.etag === etag ? wanted : 0;
  if (offset >= size && offset > 0) return 'beyond-end';
  return { body: createReadStream(path, { start: offset }), offset, total: size, validators: { etag } };
}

async function textOf(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limit: number,
  url: string,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new StackboxError('verification', `${url} is too long for a list of checksums.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function hostOf(url: string): string {
  return new URL(url).host;
}
