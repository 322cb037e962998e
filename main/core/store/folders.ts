/** Where everything lies in the data folder. */
import { join } from 'node:path';

export interface CloudFolder {
  readonly root: string;
  /** The wish: name and plan. Written once. */
  readonly cloud: string;
  /** Keys and passwords. Written once, before anything is made. */
  readonly secrets: string;
  /** What happened: runs, steps, resources, facts. */
  readonly journal: string;
  /** Commands that were run, for the window. */
  readonly commands: string;
  /** Our copy of the output of the recipe's jobs. */
  readonly installLog: string;
  /** For the person's own ssh: key, known hosts, configuration. */
  readonly ssh: { readonly root: string; readonly key: string; readonly knownHosts: string; readonly config: string };
  /** The driver's own files of a machine: console log and socket. */
  machine(machineId: string): string;
}

export interface DataFolder {
  readonly root: string;
  readonly lock: string;
  readonly clouds: string;
  readonly images: string;
  /** Durations of earlier runs. */
  readonly history: string;
  cloud(cloudId: string): CloudFolder;
}

/** Names of the files below one data folder; makes nothing. */
export function dataFolder(root: string): DataFolder {
  const clouds = join(root, 'clouds');
  return {
    root,
    lock: join(root, 'lock'),
    clouds,
    images: join(root, 'images'),
    history: join(root, 'history.json'),
    cloud(cloudId) {
      const folder = join(clouds, cloudId);
      return {
        root: folder,
        cloud: join(folder, 'cloud.json'),
        secrets: join(folder, 'secrets.json'),
        journal: join(folder, 'journal.jsonl'),
        commands: join(folder, 'commands.jsonl'),
        installLog: join(folder, 'install.log'),
        ssh: {
          root: join(folder, 'ssh'),
          key: join(folder, 'ssh', 'id_ed25519'),
          knownHosts: join(folder, 'ssh', 'known_hosts'),
          config: join(folder, 'ssh', 'config'),
        },
        machine: (machineId) => join(folder, machineId),
      };
    },
  };
}
