/** Waiting for an SSH server that is not up yet. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A new attempt (ms) begins while older ones still wait, each for so long: a lost first packet is sent again only after seconds. */
const KNOCK_EVERY = 250;
const KNOCK_PATIENCE = 3000;
/** So many attempts at once; an SSH server that comes up begins to refuse at ten. */
const KNOCKS_AT_ONCE = 6;

/**
 * Waits until something that speaks SSH answers; a forward answers before its guest does, so the greeting is read.
 * @param between is called after each attempt
 * @throws the signal's reason
 */
export async function sshGreeting(
  place: { host: string; port: number },
  signal: AbortSignal,
  between: () => Promise<void>,
): Promise<void> {
  const knocks = new Set<{ destroy(): unknown }>();
  let answered = (): void => undefined;
  const greeted = new Promise<boolean>((resolve) => {
    answered = () => resolve(true);
  });
  const knock = (): void => {
    const socket = connect({ ...place, timeout: KNOCK_PATIENCE });
    knocks.add(socket);
    socket.once('data', (greeting: Buffer) => {
      if (greeting.toString('latin1').startsWith('SSH-')) answered();
    });
    socket.once('timeout', () => socket.destroy());
    // Nobody there yet; the next attempt will tell.
    socket.once('error', () => socket.destroy());
    socket.once('close', () => knocks.delete(socket));
  };
  try {
    do {
      if (knocks.size < KNOCKS_AT_ONCE) knock();
      await between();
    } while (!(await Promise.race([greeted, sleep(KNOCK_EVERY, false, { signal })])));
  } finally {
    for (const socket of knocks) socket.destroy();
  }
}
