/** Who may come in: the decisions of the loopback server, without any socket. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The subprotocol that is spoken; the token travels beside it, because a browser cannot set headers on a WebSocket. */
export const PROTOCOL = 'stackbox';
const TOKEN_PREFIX = 'token.';

/** A refusal as an HTTP status and a sentence for whoever reads it. */
export interface Refusal {
  readonly status: 401 | 403 | 404 | 405 | 421;
  readonly message: string;
}

/**
 * A page of another site can make a browser send a request here under its own name (DNS rebinding); only the name in the
 * Host header tells. So it must be exactly ours.
 */
export function refuseHost(headers: IncomingHttpHeaders, port: number): Refusal | undefined {
  if (ownHosts(port).includes(headers.host ?? '')) return undefined;
  const message = `Open http://127.0.0.1:${port}/. Through an SSH tunnel use the same port on both ends.`;
  return { status: 421, message };
}

/** Browsers always name the page that opens a WebSocket; programs such as the command line name none. */
export function refuseOrigin(headers: IncomingHttpHeaders, port: number): Refusal | undefined {
  const { origin } = headers;
  if (origin === undefined || ownHosts(port).some((host) => origin === `http://${host}`)) return undefined;
  return { status: 403, message: 'Another page may not connect to Stackbox.' };
}

/** Compares in constant time, whatever the lengths, so that the token cannot be found out byte by byte. */
export function refuseToken(headers: IncomingHttpHeaders, token: string): Refusal | undefined {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const given = offered.find((name) => name.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length) ?? '';
  if (offered.includes(PROTOCOL) && timingSafeEqual(digest(given), digest(token))) return undefined;
  return { status: 401, message: 'The token is missing or wrong. Use the address that Stackbox printed.' };
}

/** The subprotocols a client offers. */
export function offeredProtocols(token: string): string[] {
  return [PROTOCOL, TOKEN_PREFIX + token];
}

function ownHosts(port: number): string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
