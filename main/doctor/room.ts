/** How much of this computer new machines can have. */
import type { HostFacts } from '../host/facts';

const GIB = 1024 ** 3;

/** What this computer keeps for itself: an eighth of its memory, between 1 and 4 GiB. */
export function memoryReserveMiB(memoryMiB: number): number {
  return Math.min(4096, Math.max(1024, memoryMiB / 8));
}

/**
 * Memory (MiB) that new machines can still have.
 * @param promisedMiB what running machines may still take
 */
export function freeMemoryMiB({ memoryMiB, availableMiB }: HostFacts, promisedMiB: number): number {
  return Math.max(0, Math.floor(availableMiB - promisedMiB - memoryReserveMiB(memoryMiB)));
}

/** A full disk breaks more than our machines: this much (GiB) stays free. */
const DISK_RESERVE_GIB = 5;

/** Disk (GiB) that new machines can still have, given the free bytes of each folder they grow in. */
export function freeDiskGiB(freeBytes: readonly number[]): number {
  if (freeBytes.length === 0) return 0;
  return Math.max(0, Math.floor(Math.min(...freeBytes) / GIB - DISK_RESERVE_GIB));
}
