/** How much memory new machines can still have. */
import type { Check } from '../check';
import { memoryReserveMiB } from '../room';

/** The smallest recipe fits into 2 GiB; a small DevStack wants 8. */
const COMFORTABLE_MIB = 8192;
const LEAST_MIB = 2048;

export const memory: Check = {
  id: 'memory',
  title: 'Memory',
  async check({ facts, freeMemoryMiB }) {
    const evidence = [
      `Installed: ${Math.round(facts.memoryMiB)} MiB`,
      `Available: ${Math.round(facts.availableMiB)} MiB`,
      `Kept for this computer: ${Math.round(memoryReserveMiB(facts.memoryMiB))} MiB`,
      `Left for new machines, after what running ones may still take: ${freeMemoryMiB} MiB`,
    ];
    const left = `${(freeMemoryMiB / 1024).toFixed(1)} GiB of memory`;
    if (freeMemoryMiB < LEAST_MIB) {
      return { state: 'problem', summary: `Only ${left} for new machines: stop other machines or programs.`, evidence };
    }
    if (freeMemoryMiB < COMFORTABLE_MIB) {
      return { state: 'warning', summary: `${left} for new machines: enough for a small cloud.`, evidence };
    }
    return { state: 'ok', summary: `${left} for new machines.`, evidence };
  },
};
