/** Waiting for an SSH server that is not up yet. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A new attempt (ms) begins while older ones still wait, each for so long: a lost first packet is sent again only after seconds. */
const KNOCK_EVERY = 250;
const KNOCK_PATIENCE = 3000;
/** So many attempts at once; an SSH server that comes up begins to refuse at ten. */
const KNOCKS_AT_ONCE = 6;
/** How long (ms) a server that has taken a connection may need for its greeting: on a busy computer an emulated one needs seconds. */
const GREETING_PATIENCE = 30_000;

export interface Door {
  readonly host: string;
  readonly port: number;
  /** Whether it is a forward: that takes connections before anybody in the machine has heard of them. Those on this computer are. */
  readonly forwarded?: boolean;
}

/**
 * Waits until something that speaks SSH answers; a forward answers before its guest does, so the greeting is read.
 * @param between is called after each attempt
 * @throws the signal's reason
 */
export async function sshGreeting(door: Door, signal: AbortSignal, between: () => Promise<void>): Promise<void> {
  const { host, port, forwarded = host.startsWith('127.') } = door;
  const knocks = new Set<Socket>();
  let taken: Socket | undefined;
  let answered = (): void => undefined;
  const greeted = new Promise<boolean>((resolve) => {
    answered = () => resolve(true);
  });
  const knock = (): void => {
    const socket = connect({ host, port, timeout: KNOCK_PATIENCE });
    knocks.add(socket);
    socket.once('connect', () => {
      if (forwarded) return;
      // The machine has a server. It starts a process for each connection: others would only keep it from greeting this one.
      taken = socket.setTimeout(GREETING_PATIENCE);
      for (const other of knocks) if (other !== socket) other.destroy();
    });
    socket.once('data', (greeting: Buffer) => {
      if (greeting.toString('latin1').startsWith('SSH-')) answered();
    });
    socket.once('timeout', () => socket.destroy());
    // Nobody there yet; the next attempt will tell.
    socket.once('error', () => socket.destroy());
    socket.once('close', () => {
      knocks.delete(socket);
      if (taken === socket) taken = undefined;
    });
  };
  try {
    do {
      if (!taken && knocks.size < KNOCKS_AT_ONCE) knock();
      await between();
    } while (!(await Promise.race([greeted, sleep(KNOCK_EVERY, false, { signal })])));
  } finally {
    for (const socket of knocks) socket.destroy();
  }
}
