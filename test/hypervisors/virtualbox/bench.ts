/** The bench of the driver's contract for VirtualBox. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createVirtualBoxDriver } from '../../../main/hypervisors/virtualbox';
import { openWorkbench, type Workbench } from '../../virtualbox/workbench';
import { makeBenchFolder } from '../bench';
import type { DriverBench } from '../contract';

export async function openVirtualBox(options: { standIn?: boolean } = {}): Promise<DriverBench> {
  const bench = await openWorkbench({ ...options, lasting: true });
  const { folder, image, removeFolder } = await makeBenchFolder(bench.folder);
  return {
    driver: createVirtualBoxDriver({ program: bench.program, dataFolder: join(bench.folder, 'data') }),
    folder,
    image,
    async makeForeign(name) {
      await bench.vbox('createvm', '--name', name, '--register', '--basefolder', join(bench.folder, 'foreign'));
      // The time loses its fractions when VirtualBox's server, which ends when it is idle, reads the settings again.
      const look = async (): Promise<string> =>
        (await bench.vbox('showvminfo', name, '--machinereadable')).replace(/^VMStateChangeTime=.*$/m, '');
      const before = await look();
      return {
        unchanged: async () => (await look()) === before,
        remove: async () => void (await bench.vbox('unregistervm', name, '--delete')),
      };
    },
    inventory: () => inventory(bench, folder),
    async close() {
      await removeFolder();
      await bench.close();
    },
  };
}

/** Everything VirtualBox has and every file in the driver's folders, one line each. */
async function inventory(bench: Workbench, folder: string): Promise<string[]> {
  const told: string[] = [];
  // One after the other: of VBoxManages that start together, every now and then one waits 10 s for the server (7.2.22).
  for (const what of ['vms', 'runningvms', 'hdds', 'dvds', 'hostonlyifs', 'dhcpservers']) {
    const lines = (await bench.vbox('list', what)).split('\n');
    told.push(
      ...lines.filter((line) => /^(?:"|Location|Name|NetworkName)/.test(line)).map((line) => `${what} ${line}`),
    );
  }
  const files = await Promise.all(
    [folder, join(bench.folder, 'data')].map(async (root) => {
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => !entry.isDirectory() && entry.name !== 'tiny.qcow2')
        .map((entry) => `file ${join(entry.parentPath, entry.name)}`);
    }),
  );
  // The logs of VirtualBox are renamed with every change.
  return [...told, ...files]
    .flat()
    .filter((line) => !/\.vbox-prev$|\/Logs\//.test(line))
    .toSorted();
}
