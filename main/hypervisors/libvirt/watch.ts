/** Changes of domains as libvirt tells them: one `virsh event` that runs as long as somebody listens. */
import { setTimeout as sleep } from 'node:timers/promises';
import { StackboxError } from '../../contract/errors';
import { follow } from '../../host/process';

/** Waits between attempts (ms): short after a restart of libvirt, long while there is none. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/** Calls `onChange` for every lifecycle event of any domain until the signal ends it; it never fails. */
export async function watchDomains(uri: string, onChange: () => void, signal: AbortSignal): Promise<void> {
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    const startedAt = Date.now();
    try {
      await follow('virsh', ['-c', uri, 'event', '--event', 'lifecycle', '--loop'], {
        signal,
        onLine: (line) => {
          if (line.startsWith('event ')) onChange();
        },
      });
    } catch (error) {
      // Ended by the signal, or libvirt is not there (any more): both are dealt with below.
      if (!signal.aborted && !(error instanceof StackboxError)) throw error;
    }
    if (signal.aborted) return;
    // libvirt went away: whatever changed meanwhile was not told.
    onChange();
    wait = Date.now() - startedAt > LONGEST_WAIT_MS ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
    // Aborting ends the wait with an error that says nothing new.
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}
