/** What the benches of all drivers share: a folder and a tiny image in it. */
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'xmlbuilder2';
import { run } from '../../main/host/process';
import type { ImageFile } from '../../main/hypervisors/driver';
import type { ForeignDomain } from './contract';
import { ECHO_SECTOR } from './echo-sector';

/** A folder of 0700 with a qcow2 disk of 64 MiB that boots into an echo, made by the real qemu-img. */
export async function makeBenchFolder(
  parent = tmpdir(),
): Promise<{ folder: string; image: ImageFile; removeFolder: () => Promise<void> }> {
  const folder = await mkdtemp(join(parent, 'stackbox-bench-'));
  const virtualBytes = 64 * 1024 * 1024;
  const path = join(folder, 'tiny.qcow2');
  const raw = join(folder, 'tiny.raw');
  await writeFile(raw, ECHO_SECTOR);
  await truncate(raw, virtualBytes);
  await run('qemu-img', ['convert', '-q', '-f', 'raw', '-O', 'qcow2', raw, path]);
  await rm(raw);
  return {
    folder,
    image: { id: 'tiny-0123456789ab', path, format: 'qcow2', virtualBytes },
    removeFolder: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Somebody else's domain, made by the real virsh. */
export async function makeForeignDomain(
  uri: string,
  type: string,
  name: string,
  folder: string,
): Promise<ForeignDomain> {
  const file = join(folder, 'foreign.xml');
  await writeFile(
    file,
    create({
      domain: { '@type': type, name, memory: { '@unit': 'MiB', '#': 64 }, vcpu: 1, os: { type: 'hvm' } },
    }).end(),
  );
  await run('virsh', ['-c', uri, 'define', file]);
  const uuid = (await run('virsh', ['-c', uri, 'domuuid', `--domain=${name}`])).stdout.trim();
  const look = async (): Promise<string> => (await run('virsh', ['-c', uri, 'dumpxml', uuid])).stdout;
  const before = await look();
  return {
    unchanged: async () => (await look()) === before,
    remove: async () => void (await run('virsh', ['-c', uri, 'undefine', uuid])),
  };
}

/** Domains, networks with reservations, pools and volumes of a connection, one line each. */
export async function libvirtInventory(uri: string): Promise<string[]> {
  const ask = async (...args: string[]): Promise<string[]> =>
    (await run('virsh', ['-c', uri, ...args])).stdout.split('\n').filter((line) => line.trim() !== '');
  const networks = await ask('net-list', '--all', '--name');
  const hosts = await Promise.all(
    networks.map(async (name) => (await ask('net-dumpxml', name.trim())).filter((line) => line.includes('<host '))),
  );
  const pools = await ask('pool-list', '--all', '--name');
  return [
    ...(await ask('list', '--all', '--uuid', '--name')).toSorted().map((line) => `domain ${line}`),
    ...networks.map((name) => `network ${name}`),
    ...hosts.flat().map((line) => `reservation ${line.trim()}`),
    ...pools.map((name) => `pool ${name}`),
  ];
}

/** All files below a folder except the bench's own and the empty folders of machines. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && !['tiny.qcow2', 'foreign.xml'].includes(entry.name))
    .map((entry) => `file ${join(entry.parentPath, entry.name)}`)
    .toSorted();
}
