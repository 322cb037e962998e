/**
 * One SSH connection to a guest, verified by the host key that we made, and made again when it is lost.
 * The facts about ssh2 that this file rests on were measured (design notes): it accepts any host key unless told
 * otherwise, and an asynchronous verifier that says no is taken for a yes.
 */
import { timingSafeEqual } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Client, ConnectConfig } from 'ssh2';
import { StackboxError } from '../../contract/errors';

export interface SshTarget {
  /** Where the guest's SSH server is now; asked before each attempt, because a forward can move. */
  reach(): Promise<{ host: string; port: number }>;
  readonly user: string;
  /** In OpenSSH's format. */
  readonly privateKey: string;
  /** The only host key that is accepted: one line, type and key. */
  readonly hostKey: string;
  /** Told of each connection that stands. */
  readonly connected?: () => void;
  /** Told of each that was lost, and not closed by us. */
  readonly lost?: () => void;
}

/** A dead link is noticed after this long (ms) without an answer, four times. A busy emulated guest may take seconds. */
const KEEPALIVE = { keepaliveInterval: 5000, keepaliveCountMax: 4 };

/** How long (ms) the guest may take for key exchange and login; emulated ones with one busy processor took 8 s. */
const READY_TIMEOUT = 60_000;

/**
 * Only ciphers that Electron's BoringSSL has as well; only the kind of host key that we make: Enterprise Linux generates
 * others beside it, and the server would offer one of those first.
 */
const ALGORITHMS: NonNullable<ConnectConfig['algorithms']> = {
  serverHostKey: ['ssh-ed25519'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes256-ctr'],
};

/** A connection that stands. */
interface Link {
  readonly client: Client;
  readonly socket: Socket;
}

export class SshConnection {
  private readonly target: SshTarget;
  private current: Promise<Link> | undefined;
  private closed = false;

  constructor(target: SshTarget) {
    this.target = target;
  }

  /**
   * The live connection; makes one if there is none.
   * @throws StackboxError `verification` for a wrong host key, `denied` for a refused login, `unreachable` otherwise
   */
  async client(): Promise<Client> {
    if (this.closed) throw new StackboxError('unreachable', 'The connection was closed.');
    this.current ??= this.connect();
    return (await this.current).client;
  }

  close(): void {
    this.closed = true;
    const { current } = this;
    this.current = undefined;
    void current?.then(
      farewell,
      // An attempt that failed has nothing to end, and whoever waited for it was told.
      () => undefined,
    );
  }

  private async connect(): Promise<Link> {
    try {
      const link = await open(this.target, await this.target.reach());
      const { client } = link;
      const forget = (): void => {
        this.current = undefined;
      };
      client.once('close', () => {
        forget();
        if (!this.closed) this.target.lost?.();
      });
      // After `ready` an error is always followed by `close`; without a listener it would end the process.
      client.on('error', forget);
      this.target.connected?.();
      return link;
    } catch (error) {
      this.current = undefined;
      throw error;
    }
  }
}

/** How long (ms) the guest has to answer a goodbye. */
const FAREWELL = 1000;

/**
 * A machine that was powered off never answers: its socket would stay, and keep our process, for ever. ssh2's own
 * `destroy()` does nothing after `end()` (1.17: only a socket that can still be written to is destroyed).
 */
function farewell({ client, socket }: Link): void {
  client.end();
  setTimeout(() => socket.destroy(), FAREWELL).unref();
}

function open(target: SshTarget, place: { host: string; port: number }): Promise<Link> {
  const client = new ssh2.Client();
  const socket = connect(place);
  const expected = keyBytes(target.hostKey);
  return new Promise((resolve, reject) => {
    let wrongKey = false;
    client.once('ready', () => {
      client.setNoDelay(true);
      client.removeListener('error', fail);
      resolve({ client, socket });
    });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(wrongKey ? wrongHostKey(place) : explain(error, target, place));
    };
    client.on('error', fail);
    client.once('close', () => reject(unreachable(place)));
    client.connect({
      sock: socket,
      ...KEEPALIVE,
      username: target.user,
      privateKey: target.privateKey,
      algorithms: ALGORITHMS,
      readyTimeout: READY_TIMEOUT,
      hostVerifier: (key: Buffer) => {
        wrongKey = key.length !== expected.length || !timingSafeEqual(key, expected);
        return !wrongKey;
      },
    });
  });
}

/** The raw key of an OpenSSH public key line. */
function keyBytes(line: string): Buffer {
  return Buffer.from(line.split(' ')[1] ?? '', 'base64');
}

function wrongHostKey({ host, port }: { host: string; port: number }): StackboxError {
  return new StackboxError('verification', `${host}:${port} answers with another SSH host key than the one we made.`, {
    hint: 'Something else answers at this address. Nothing was sent to it.',
  });
}

function explain(error: Error, target: SshTarget, place: { host: string; port: number }): StackboxError {
  if ('level' in error && error.level === 'client-authentication') {
    return new StackboxError('denied', `The guest refused the login of ${target.user}.`, {
      hint: 'cloud-init may not have made the account; see its log.',
    });
  }
  return unreachable(place, error);
}

function unreachable({ host, port }: { host: string; port: number }, cause?: Error): StackboxError {
  const why = cause ? `: ${cause.message}` : '';
  return new StackboxError('unreachable', `No SSH connection to ${host}:${port}${why}`, {}, { cause });
}
