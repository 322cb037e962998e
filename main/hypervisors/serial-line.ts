/** A serial console behind a Unix socket, or a named pipe of Windows, that has one place for a client. */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackboxError } from '../contract/errors';
import type { SerialLine } from './driver';

/** How long (ms) to wait until the other side takes the connection: it is on this computer, and does nothing else. */
const ACCEPT_MS = 2000;
/** Pause (ms) between two attempts, or two looks. */
const PAUSE_MS = 50;

/**
 * Connects to the socket.
 * @param patienceMs how long the socket may take to be there
 * @throws StackboxError `not-found` when there is no socket, `unreachable` when nobody listens, `busy`, `denied`
 */
export async function connectLine(path: string, patienceMs: number, signal?: AbortSignal): Promise<SerialLine> {
  const until = Date.now() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const socket = await connected(path);
      await taken(socket, path, signal);
      return lineOf(socket);
    } catch (error) {
      if (!['ENOENT', 'ECONNREFUSED'].includes(codeOf(error)) || Date.now() > until) throw translated(error);
    }
    await sleep(PAUSE_MS, undefined, { ...(signal && { signal }) });
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // With what is read from the first byte on kept until somebody listens.
    const socket = connect(path).pause();
    socket.once('error', reject).once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** A second client of QEMU is connected by the kernel, but QEMU answers it only when the first has gone; VirtualBox hangs up. */
async function taken(socket: Socket, path: string, signal: AbortSignal | undefined): Promise<void> {
  const until = Date.now() + ACCEPT_MS;
  try {
    while (await somebodyWaits(path)) {
      if (Date.now() > until) throw consoleBusy();
      await sleep(PAUSE_MS, undefined, { ...(signal && { signal }) });
    }
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** State in `/proc/net/unix` of a connection that the kernel has made and that its listener has not accepted. */
const NOT_ACCEPTED = '02';

async function somebodyWaits(path: string): Promise<boolean> {
  // The other systems do not tell. There the console of a second client stays empty.
  if (process.platform !== 'linux') return false;
  const lines = (await readFile('/proc/net/unix', 'utf8')).split('\n');
  return lines.some((line) => line.endsWith(` ${path}`) && line.split(/\s+/)[5] === NOT_ACCEPTED);
}

function lineOf(socket: Socket): SerialLine {
  let closed = false;
  // What goes wrong with a connection on this computer is that the other side ends; `close` follows.
  socket.on('error', () => undefined);
  return {
    onData(listener) {
      socket.on('data', listener).resume();
    },
    onEnd(listener) {
      socket.on('close', () => {
        if (!closed) listener();
      });
    },
    write(text) {
      if (socket.writable) socket.write(text);
    },
    close() {
      closed = true;
      socket.destroy();
      return Promise.resolve();
    },
  };
}

function translated(error: unknown): unknown {
  switch (codeOf(error)) {
    case 'ENOENT':
      return new StackboxError(
        'not-found',
        'The machine has no serial console that Stackbox can reach.',
        {},
        { cause: error },
      );
    case 'ECONNREFUSED':
      return new StackboxError(
        'unreachable',
        'Nobody answers at the serial console: the machine is off.',
        {},
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
      return new StackboxError(
        'denied',
        'This user may not use the serial console of the machine.',
        {},
        { cause: error },
      );
    // Linux's answer when the queue of those who wait is full; Windows has one place in a pipe.
    case 'EAGAIN':
    case 'EBUSY':
      return consoleBusy(error);
    default:
      return error;
  }
}

/** One reader is all that a console has. */
export function consoleBusy(cause?: unknown): StackboxError {
  return new StackboxError(
    'busy',
    'The serial console is in use by another program.',
    { hint: 'Close it there ("virsh console", virt-manager): it takes one at a time.' },
    { cause },
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
