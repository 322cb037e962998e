/**
 * Memory that running machines were promised but have not touched yet. The system counts it as available, though a
 * machine may take it at any moment. Linux only: each QEMU process says in its arguments how much its machine may have.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const MIB = 1024 * 1024;
const UNITS: Readonly<Record<string, number>> = { K: 1024, M: MIB, G: 1024 * MIB, T: 1024 * 1024 * MIB };

/** @returns MiB, over all QEMU machines of this computer, whoever runs them; 0 where it cannot be known */
export async function promisedMemoryMiB(procFolder = '/proc'): Promise<number> {
  // There is no /proc outside Linux, and none in some sandboxes.
  const entries = await readdir(procFolder).catch(() => []);
  const each = await Promise.all(
    entries.filter((name) => /^\d+$/.test(name)).map((pid) => untouchedBytes(join(procFolder, pid))),
  );
  return each.reduce((sum, bytes) => sum + bytes, 0) / MIB;
}

async function untouchedBytes(folder: string): Promise<number> {
  try {
    const args = (await readFile(join(folder, 'cmdline'), 'utf8')).split('\0');
    if (!/(?:^|\/)(?:qemu-system-[\w-]+|qemu-kvm)$/.test(args[0] ?? '')) return 0;
    const promised = parseQemuMemory(args);
    const status = await readFile(join(folder, 'status'), 'utf8');
    const resident = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
    return Math.max(0, promised - resident);
  } catch {
    // The process ended while we looked.
    return 0;
  }
}

/** Reads QEMU's `-m` in bytes: `-m 3072` (MiB), `-m size=3145728k,slots=…`, `-m 4G`. 0 if there is none. */
export function parseQemuMemory(args: readonly string[]): number {
  const index = args.indexOf('-m');
  const match = index < 0 ? null : /^(?:size=)?(\d+)([KMGT]?)/i.exec(args[index + 1] ?? '');
  if (!match) return 0;
  return Number(match[1]) * (UNITS[(match[2] ?? '').toUpperCase()] ?? MIB);
}
