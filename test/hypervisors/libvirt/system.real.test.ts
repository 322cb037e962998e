/** The contract on the real system connection: own pool, own network, machines that really run (nothing boots). */
import { run } from '../../../main/host/process';
import { createLibvirtDriver } from '../../../main/hypervisors/libvirt/driver';
import { filesIn, libvirtInventory, makeBenchFolder, makeForeignDomain } from '../bench';
import { driverContract, type DriverBench } from '../contract';

const URI = 'qemu:///system';

driverContract('libvirt (system)', openSystem, { start: true, files: true });

async function openSystem(): Promise<DriverBench> {
  const { folder, image, removeFolder } = await makeBenchFolder();
  return {
    driver: createLibvirtDriver({ connection: 'libvirt-system', dataFolder: folder }),
    folder,
    image,
    makeForeign: (name) => makeForeignDomain(URI, 'qemu', name, folder),
    async inventory() {
      const volumes = await run('virsh', ['-c', URI, 'vol-list', 'stackbox'], { okCodes: [1] });
      const names = volumes.stdout.split('\n').filter((line) => line.includes('/'));
      return [...(await libvirtInventory(URI)), ...names, ...(await filesIn(folder))];
    },
    close: removeFolder,
  };
}
