/**
 * The contract on libvirt's own test driver: real virsh, real XML checks, real state changes, nothing that runs. It is
 * reached through libvirt's service (`test+unix`), because without a lasting connection each virsh would start anew.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../../main/host/process';
import { composeDriver } from '../../../main/hypervisors/libvirt/driver';
import { createNatNetworking } from '../../../main/hypervisors/libvirt/network-nat';
import { createFolderStorage } from '../../../main/hypervisors/libvirt/storage-folder';
import { createVirsh } from '../../../main/hypervisors/libvirt/virsh';
import { filesIn, libvirtInventory, makeBenchFolder, makeForeignDomain } from '../bench';
import { driverContract, type DriverBench } from '../contract';

const URI = 'test+unix:///default';

driverContract('libvirt on test:///default', openTestDriver, {
  start: false,
  files: true,
  because: 'nothing runs in the test driver',
});

async function openTestDriver(): Promise<DriverBench> {
  const { folder, image, removeFolder } = await makeBenchFolder();
  const work = join(folder, 'libvirt');
  const virsh = createVirsh(URI, work);
  const composed = composeDriver({
    connection: 'libvirt-session',
    virsh,
    storage: createFolderStorage(join(work, 'disks')),
    networking: createNatNetworking(virsh),
    dataFolder: folder,
    domainType: async () => 'test',
  });
  // root has no session connection and the probe says so; there is no such rule for the test driver.
  const driver = { ...composed, probe: async () => ({ usable: true, reason: 'The test driver is always there.' }) };
  const holder = new AbortController();
  const held = driver.watch(() => undefined, holder.signal);
  await connected();
  return {
    driver,
    folder,
    image,
    makeForeign: (name) => makeForeignDomain(URI, 'test', name, folder),
    inventory: async () => [...(await libvirtInventory(URI)), ...(await filesIn(folder))],
    async close() {
      holder.abort();
      await held;
      await removeFolder();
    },
  };
}

/** The test driver forgets everything with its last connection; the watch is that connection once this round-trips. */
async function connected(): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    await run('virsh', ['-c', URI, 'net-autostart', 'default']);
    const { stdout } = await run('virsh', ['-c', URI, 'net-info', 'default']);
    if (/Autostart:\s+yes/.test(stdout)) return;
    await sleep(100);
  }
  throw new Error('The watch does not keep the test driver alive.');
}
