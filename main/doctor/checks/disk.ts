/** How much room images and disks have where they grow. */
import type { Check } from '../check';
import { freeDiskGiB } from '../room';

const GIB = 1024 ** 3;

/** A small cloud writes about 5 GiB, DevStack about 20. */
const COMFORTABLE_GIB = 20;
const LEAST_GIB = 5;

export const disk: Check = {
  id: 'disk',
  title: 'Disk',
  async check({ folders, freeBytes }) {
    const free = await Promise.all(folders.map(freeBytes));
    const evidence = folders.map((folder, index) => `${folder}: ${((free[index] ?? 0) / GIB).toFixed(1)} GiB free`);
    const left = freeDiskGiB(free);
    if (left < LEAST_GIB) {
      return { state: 'problem', summary: `Only ${left} GiB of disk for new machines: free some space.`, evidence };
    }
    if (left < COMFORTABLE_GIB) {
      return { state: 'warning', summary: `${left} GiB of disk for new machines: enough for a small cloud.`, evidence };
    }
    return { state: 'ok', summary: `${left} GiB of disk for new machines.`, evidence };
  },
};
