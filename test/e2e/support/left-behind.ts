/** What Stackbox could leave behind on this computer, asked of the hypervisor and the file system, not of Stackbox. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Remembers what is here before a test: the person's own clouds, or what a killed test left, are not this test's.
 * @returns asks what has been added since then, and is there now
 */
export async function rememberWhatIsHere(dataFolder: string): Promise<() => Promise<string[]>> {
  const before = new Set(await ours(dataFolder));
  return async () => (await ours(dataFolder)).filter((line) => !before.has(line));
}

/** Everything of ours that the hypervisor, the process table and the file system show now. */
async function ours(dataFolder: string): Promise<string[]> {
  const [domains, networks, pools, processes, clouds] = await Promise.all([
    virsh('list', '--all', '--name'),
    virsh('net-list', '--all', '--name'),
    volumes(),
    processesWith(dataFolder),
    readdir(`${dataFolder}/clouds`).catch(() => []),
  ]);
  return [
    ...domains.filter((name) => name.startsWith('stackbox')).map((name) => `domain ${name}`),
    ...networks.filter((name) => name.startsWith('stackbox')).map((name) => `network ${name}`),
    ...pools.map((name) => `volume ${name}`),
    ...processes.map((line) => `process ${line}`),
    ...clouds.map((name) => `cloud folder ${name}`),
  ];
}

async function volumes(): Promise<string[]> {
  const pools = await virsh('pool-list', '--all', '--name');
  if (!pools.includes('stackbox')) return [];
  return (await virsh('vol-list', '--pool', 'stackbox')).slice(2);
}

async function virsh(...args: string[]): Promise<string[]> {
  const { stdout } = await execute('virsh', ['-c', 'qemu:///system', ...args]);
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** QEMU processes of our domains on the system connection, and whatever has the data folder in its arguments. */
async function processesWith(dataFolder: string): Promise<string[]> {
  const { stdout } = await execute('ps', ['-eo', 'args']);
  return stdout
    .split('\n')
    .filter(
      (line) => /\/var\/lib\/libvirt\/qemu\/domain-\d+-stackbox/.test(line) || line.includes(`${dataFolder}/clouds`),
    );
}
