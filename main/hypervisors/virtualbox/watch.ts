/**
 * Changes of our machines, without asking VirtualBox: it writes `VirtualBox.xml` when a machine comes or goes, the machine's
 * own settings when it stops or is changed, and its log when it starts. So a quiet hour costs no process at all.
 */
import { watch, type FSWatcher } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Machines } from './machines';

/** One change writes several files; they are told of as one after this long (ms) of quiet. */
const SETTLE_MS = 200;

/**
 * Tells of changes until the signal ends it.
 * @param settings VirtualBox's folder of settings; see `settingsFolder`
 */
export async function watchMachines(
  machines: Machines,
  settings: string,
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let known = true;

  const settled = (): void => {
    onChange();
    if (known) return;
    known = true;
    void lookAgain();
  };
  const heard = (registry: boolean): void => {
    if (registry) known = false;
    clearTimeout(timer);
    timer = setTimeout(settled, SETTLE_MS);
  };
  const follow = (folder: string, registry: boolean): void => {
    if (watchers.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (!registry || name === null || name.startsWith('VirtualBox.xml')) heard(registry);
      });
      watchers.set(folder, watcher);
      // A folder that is removed takes its watcher along; the slow poll sees what is missed until the next look.
      watcher.on('error', () => drop(folder));
    } catch {
      // The folder is gone, or not there yet (a machine that never ran has no logs): the slow poll sees the change.
    }
  };
  const drop = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const lookAgain = async (): Promise<void> => {
    // A listing that fails here fails for the slow poll too, which reports it.
    const ours = await machines.ours().catch(() => []);
    if (signal.aborted) return;
    const wanted = new Set(
      ours.flatMap(({ settingsFile }) => [dirname(settingsFile), join(dirname(settingsFile), 'Logs')]),
    );
    for (const folder of watchers.keys()) if (folder !== settings && !wanted.has(folder)) drop(folder);
    for (const folder of wanted) follow(folder, false);
  };

  // VirtualBox makes its folder at its first use, with the same mode.
  await mkdir(settings, { recursive: true, mode: 0o700 });
  follow(settings, true);
  await lookAgain();
  if (!signal.aborted) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
  clearTimeout(timer);
  for (const watcher of watchers.values()) watcher.close();
}
