import type { ClientContext, ClientLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';

/** One living connection to the core. */
export interface Wire {
  readonly link: ClientLink<ClientContext>;
  /** Resolves when the connection has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

/** Makes one connection. Throws {@link Refused} when trying again is pointless, anything else when it is not. */
export type Dial = () => Promise<Wire>;

/** The core answered, but does not take our token. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Close codes with which a server turns a token away: RFC 6455 policy violation, and the usual private ones. */
const REFUSAL_CODES: ReadonlySet<number> = new Set([1008, 4401, 4403]);

declare global {
  interface Window {
    /** Set by the desktop's preload script; its presence says that the core is reached through a MessagePort. */
    readonly stackbox?: unknown;
  }
}

/** The way to the core from where this page runs: the desktop's port, or a WebSocket to the server it came from. */
export function chooseDial(token: string | undefined): Dial {
  return window.stackbox === undefined ? () => dialSocket(token) : dialPort;
}

/** Asks the preload script for a port; it answers with a message that carries one. */
function dialPort(): Promise<Wire> {
  return new Promise((resolve) => {
    const onMessage = (event: MessageEvent<unknown>): void => {
      const [port] = event.ports;
      if (event.source !== window || event.data !== 'stackbox-port' || port === undefined) return;
      window.removeEventListener('message', onMessage);
      const ended = new Promise<void>((resolveEnd) => {
        port.addEventListener('close', () => resolveEnd(), { once: true });
      });
      const link = new PortLink({ port });
      port.start();
      resolve({ link, ended });
    };
    window.addEventListener('message', onMessage);
    window.postMessage('stackbox-ready', '*');
  });
}

/** Opens a WebSocket; the token travels as a subprotocol, where no log or history keeps it. */
async function dialSocket(token: string | undefined): Promise<Wire> {
  if (token === undefined) throw new Refused();
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${location.host}/rpc`, ['stackbox', `token.${token}`]);
  socket.binaryType = 'arraybuffer';
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener('close', (event) => resolve(event.code), { once: true });
  });
  const opened = new Promise<'open'>((resolve) => {
    socket.addEventListener('open', () => resolve('open'), { once: true });
  });
  const first = await Promise.race([opened, closed]);
  if (first !== 'open') {
    // A page is not told why an upgrade failed. If the server still serves the page, it was the token.
    if (REFUSAL_CODES.has(first) || (await serverAnswers())) throw new Refused();
    throw new Error('The server does not answer.');
  }
  return { link: new SocketLink({ websocket: socket }), ended: closed.then(() => undefined) };
}

async function serverAnswers(): Promise<boolean> {
  try {
    return (await fetch('/', { method: 'HEAD', cache: 'no-store' })).ok;
  } catch {
    // Not reachable at all: that is the answer, not a failure.
    return false;
  }
}
