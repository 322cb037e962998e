/** Whether Stackbox's images run here at all. */
import type { Check } from '../check';

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macOS', win32: 'Windows' };

export const platform: Check = {
  id: 'platform',
  title: 'Computer',
  async check({ facts }) {
    const { arch, cpus, kernel, memoryMiB } = facts;
    const system = facts.distribution?.title ?? SYSTEMS[facts.platform] ?? facts.platform;
    const evidence = [
      `System: ${system}, kernel ${kernel}`,
      `Processors: ${cpus} (${arch})`,
      `Memory: ${Math.round(memoryMiB)} MiB`,
      `User: ${facts.user}`,
    ];
    if (!['linux', 'darwin', 'win32'].includes(facts.platform)) {
      return { state: 'problem', summary: `Stackbox does not know this system (${facts.platform}).`, evidence };
    }
    if (arch !== 'x64') {
      const summary = `The images of the catalogue are for x86-64 processors; on ${arch} they are emulated, which is slow.`;
      return { state: 'warning', summary, evidence };
    }
    if (cpus < 2) {
      return { state: 'warning', summary: 'With a single processor an install takes very long.', evidence };
    }
    return { state: 'ok', summary: `${system} with ${cpus} processors.`, evidence };
  },
};
