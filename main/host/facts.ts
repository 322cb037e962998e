/** Facts of this computer that do not depend on any hypervisor. The parsers are apart, so that recorded texts can be read. */
import { readFile, stat, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, release, totalmem, userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';

const MIB = 1024 * 1024;

export interface Distribution {
  /** `debian`, `fedora`, … */
  readonly id: string;
  /** What it descends from, the nearest first. */
  readonly like: readonly string[];
  /** As a person calls it: "Debian GNU/Linux 12 (bookworm)". */
  readonly title: string;
}

export interface HostFacts {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Version of the kernel: `6.1.0-18-amd64`. */
  readonly kernel: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** What programs can still take without swapping. */
  readonly availableMiB: number;
  /** Linux only. */
  readonly distribution?: Distribution;
  readonly user: string;
  readonly isRoot: boolean;
  /** Names of the groups that this process is in; empty where there are none. */
  readonly groups: readonly string[];
  /** Whether systemd is what starts services here. */
  readonly hasSystemd: boolean;
}

/** Reads everything anew; takes a few milliseconds. What cannot be read is left out. */
export async function readHostFacts(): Promise<HostFacts> {
  const [osRelease, memInfo, groupFile, hasSystemd] = await Promise.all([
    readText('/etc/os-release'),
    readText('/proc/meminfo'),
    readText('/etc/group'),
    exists('/run/systemd/system'),
  ]);
  const distribution = osRelease === undefined ? undefined : parseOsRelease(osRelease);
  return {
    platform: process.platform,
    arch: process.arch,
    kernel: release(),
    cpus: availableParallelism(),
    memoryMiB: totalmem() / MIB,
    // macOS and Windows count caches as used, so this is the cautious figure there.
    availableMiB: (memInfo === undefined ? undefined : parseAvailableMiB(memInfo)) ?? freemem() / MIB,
    ...(distribution && { distribution }),
    user: userInfo().username,
    isRoot: process.getuid?.() === 0,
    groups: parseGroups(groupFile ?? '', process.getgroups?.() ?? []),
    hasSystemd,
  };
}

/** Reads `/etc/os-release` (freedesktop.org): `NAME=value` lines, the value in shell quotes or not. */
export function parseOsRelease(text: string): Distribution {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(["']?)(.*)\2\s*$/.exec(line);
    if (match) values.set(match[1] ?? '', (match[3] ?? '').replaceAll(/\\(.)/g, '$1'));
  }
  const id = values.get('ID') ?? 'linux';
  return {
    id,
    like: (values.get('ID_LIKE') ?? '').split(' ').filter((word) => word !== ''),
    title: values.get('PRETTY_NAME') ?? values.get('NAME') ?? id,
  };
}

/** Reads `MemAvailable` of `/proc/meminfo`, in MiB; `undefined` on kernels before 3.14. */
export function parseAvailableMiB(text: string): number | undefined {
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? undefined : Number(kib) / 1024;
}

/** Names for group numbers, from `/etc/group`; a number without a name there is left out. */
export function parseGroups(text: string, ids: readonly number[]): string[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , id] = line.split(':');
    return id !== undefined && id !== '' && ids.includes(Number(id)) ? [name] : [];
  });
}

/**
 * Free space (bytes) for this user where `path` is or will be.
 * @throws the system's error if not even the root folder can be asked
 */
export async function freeDiskBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestExisting(resolve(path)));
  return bavail * bsize;
}

async function nearestExisting(path: string): Promise<string> {
  const parent = dirname(path);
  return parent === path || (await exists(path)) ? path : nearestExisting(parent);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    // Absent, or inside a folder that we may not enter: either way it is of no use to us.
    () => false,
  );
}

/** A small text file, or `undefined` if it is not there or not for us: for facts, both mean "not known". */
export async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
