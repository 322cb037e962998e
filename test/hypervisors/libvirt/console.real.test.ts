/** Who may type into the console of a machine of the system connection: whoever made it, though QEMU runs as another user. */
import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { composeDriver } from '../../../main/hypervisors/libvirt/driver';
import { createFolderStorage } from '../../../main/hypervisors/libvirt/storage-folder';
import { createUserNetworking } from '../../../main/hypervisors/libvirt/network-user';
import { createVirsh } from '../../../main/hypervisors/libvirt/virsh';
import { writeIso } from '../../../main/seed';
import { makeBenchFolder } from '../bench';
import { resourcesBackwards } from '../contract';

const PERSON = { uid: 54_321, gid: 54_322 };

it('the socket belongs to the person who made the machine', async () => {
  // Below libvirt's own folder, which QEMU's user may traverse.
  const { folder, image, removeFolder } = await makeBenchFolder('/var/lib/libvirt/images');
  await chmod(folder, 0o711);
  const virsh = createVirsh('qemu:///system', join(folder, 'work'));
  const driver = composeDriver({
    connection: 'libvirt-system',
    virsh,
    storage: createFolderStorage(folder),
    networking: createUserNetworking(virsh),
    dataFolder: folder,
    domainType: async () => 'qemu',
    consoleOwner: PERSON,
  });
  const machine = {
    id: 'm-c0501e0e0e0e',
    cloudId: 'c-c0501e0e0e0e',
    domain: 'stackbox-console-owner',
    title: 'Console',
    cpus: 1,
    memoryMiB: 128,
    diskBytes: image.virtualBytes,
    image,
    folder: join(folder, 'machine'),
  };
  onTestFinished(async () => {
    for (const resource of resourcesBackwards(driver, machine)) await driver.remove(resource);
    await driver.collect();
    await removeFolder();
  });
  await mkdir(machine.folder, { mode: 0o700 });
  await driver.makeDisk(machine, () => undefined);
  const attachment = await driver.makeNetwork(machine);
  await driver.makeSeed(machine, writeIso('cidata', [{ name: 'user-data', content: '#cloud-config\n{}\n' }]));
  await driver.define(machine, attachment);
  await driver.start(machine.domain);
  const socket = await stat(join(machine.folder, 'console.sock'));
  expect({ uid: socket.uid, gid: socket.gid }).toEqual(PERSON);
  // Owner and group may write, which connecting needs; others may not.
  expect(socket.mode & 0o222).toBe(0o220);
});
