/**
 * An SSH server in this process that behaves like OpenSSH's: programs run through this computer's own `/bin/sh`, at most ten
 * sessions a connection, and a program outlives its channel. It can be cut off, and can fall silent.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Connection, ServerChannel, Session } from 'ssh2';
import { onTestFinished } from 'vitest';
import { connectGuest, type SshGuest } from '../../main/guest/ssh';
import { generateSshKey, type SshKey } from '../../main/seed';

const MAX_SESSIONS = 10;

export interface TestSshServer {
  readonly hostKey: SshKey;
  readonly login: SshKey;
  readonly place: { host: string; port: number };
  /** Messages that ask for a login, and connections that were logged in. */
  readonly seen: { attempts: number; logins: number };
  /** Shells that are open now. */
  readonly shells: Set<ServerChannel>;
  /** Ends every connection, as a lost network would. */
  cut(): void;
  /** From now on nothing goes through in either direction, and nobody is told. */
  freeze(): void;
  guest(options?: { hostKey?: string }): SshGuest;
  /** Ends the server before its test, as a machine that is powered off. */
  close(): void;
}

/** A server that plays one certain machine. */
export interface SshServerOptions {
  /** Its host key; a new one by default. */
  readonly hostKey?: SshKey;
  /** The only public key that may log in; any may by default. */
  readonly authorizedKey?: string;
  /** What is carried out instead of what was asked, when it has come to it. */
  readonly translate?: (command: string) => string | Promise<string>;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a shell of the server does; by default it says back what is typed. */
type OnShell = (channel: ServerChannel) => void;

/** Starts a server that ends with the calling test. */
export async function startSshServer(
  onShell: OnShell = (channel) => channel.pipe(channel),
  options: SshServerOptions = {},
): Promise<TestSshServer> {
  const hostKey = options.hostKey ?? generateSshKey('host');
  const login = generateSshKey('login');
  const seen = { attempts: 0, logins: 0 };
  const shells = new Set<ServerChannel>();
  const children = new Set<ChildProcess>();
  const server = new ssh2.Server({ hostKeys: [hostKey.privateKey] }, (client) => {
    // A connection that a test cuts.
    client.on('error', () => undefined);
    client.on('authentication', (attempt) => {
      seen.attempts += 1;
      if (attempt.method !== 'publickey' || !isAuthorized(attempt.key.data, options)) attempt.reject(['publickey']);
      else attempt.accept();
    });
    client.on('ready', () => {
      seen.logins += 1;
      serve(client, { ...options, onShell, shells, children });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const wire = new Wire((server.address() as AddressInfo).port);
  const place = { host: '127.0.0.1', port: await wire.listen() };
  const guests: SshGuest[] = [];
  onTestFinished(async () => {
    for (const guest of guests) guest.close();
    wire.close();
    server.close();
    for (const child of children) killGroup(child);
    await Promise.all([...children].filter(({ exitCode }) => exitCode === null).map((child) => once(child, 'exit')));
  });
  return {
    hostKey,
    login,
    place,
    seen,
    shells,
    cut: () => wire.cut(),
    freeze: () => wire.freeze(),
    close() {
      wire.close();
      server.close();
    },
    guest(options = {}) {
      const guest = connectGuest({
        reach: () => Promise.resolve(place),
        user: 'somebody',
        privateKey: login.privateKey,
        hostKey: options.hostKey ?? hostKey.publicKey,
      });
      guests.push(guest);
      return guest;
    },
  };
}

function isAuthorized(key: Buffer, { authorizedKey }: SshServerOptions): boolean {
  return authorizedKey === undefined || authorizedKey.split(' ')[1] === key.toString('base64');
}

interface Served extends SshServerOptions {
  readonly onShell: OnShell;
  readonly shells: Set<ServerChannel>;
  readonly children: Set<ChildProcess>;
}

function serve(client: Connection, served: Served): void {
  const { onShell, shells } = served;
  let sessions = 0;
  client.on('session', (accept, reject) => {
    if (sessions >= MAX_SESSIONS) {
      reject();
      return;
    }
    sessions += 1;
    const free = (): void => {
      sessions -= 1;
    };
    const session: Session = accept();
    session.on('pty', (acceptPty) => acceptPty?.());
    session.on('window-change', (acceptChange) => acceptChange?.());
    session.on('shell', (acceptShell) => {
      const channel = acceptShell();
      shells.add(channel);
      channel.once('close', () => {
        shells.delete(channel);
        free();
      });
      channel.on('error', () => undefined);
      onShell(channel);
    });
    session.on('exec', (acceptExec, _refuse, { command }) => {
      const channel = acceptExec();
      channel.on('error', () => undefined);
      const { translate = (text) => text } = served;
      void Promise.resolve(translate(command)).then((text) => execute(channel, text, served, free));
    });
  });
}

function execute(channel: ServerChannel, command: string, { children, env }: Served, free: () => void): void {
  // Detached: a process group of its own, as sshd's sessions are.
  const child = spawn('/bin/sh', ['-c', command], { detached: true, env: { ...process.env, ...env } });
  children.add(child);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
  channel.pipe(child.stdin);
  channel.once('close', () => {
    child.stdin.end();
    child.stdout.unpipe(channel).destroy();
    child.stderr.destroy();
  });
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.once('exit', free);
  child.once('close', (code) => {
    children.delete(child);
    channel.exit(code ?? 255);
    // Closed at once, what still waits for a slow reader would be lost.
    channel.end(() => channel.close());
  });
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}

/** A way to a server that a test can cut or freeze. */
class Wire {
  private readonly sockets = new Set<Socket>();
  private readonly server: TcpServer;

  constructor(port: number) {
    this.server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket
          .on('error', () => undefined)
          .on('close', () => {
            this.sockets.delete(socket);
            near.destroy();
            far.destroy();
          });
      }
      near.pipe(far).pipe(near);
    });
  }

  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  freeze(): void {
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  close(): void {
    this.cut();
    this.server.close();
  }
}
