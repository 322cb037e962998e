/** What becomes of the serial console of a machine in VirtualBox when the app is killed while somebody types into it. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logPart } from '../../../main/host/log-parts';
import type { MachineSpec } from '../../../main/hypervisors/driver';
import { createVirtualBoxDriver, type VirtualBoxDriver } from '../../../main/hypervisors/virtualbox';
import { uuidOfMachine } from '../../../main/hypervisors/virtualbox/ownership';
import { openVBoxManage } from '../../../main/hypervisors/virtualbox/vboxmanage';
import { writeIso } from '../../../main/seed';
import { openWorkbench, whyNoVirtualBox, type Workbench } from '../../virtualbox/workbench';
import { makeBenchFolder } from '../bench';
import { resourcesBackwards } from '../contract';

const why = await whyNoVirtualBox();

describe.skipIf(why !== undefined)(`a console in VirtualBox${why === undefined ? '' : ` (${why})`}`, () => {
  let bench: Workbench;
  let driver: VirtualBoxDriver;
  let machine: MachineSpec;

  beforeAll(async () => {
    bench = await openWorkbench({ standIn: true });
    const { folder, image } = await makeBenchFolder(bench.folder);
    driver = createVirtualBoxDriver({ program: bench.program, dataFolder: join(bench.folder, 'data') });
    machine = {
      id: 'm-c0501ec0501e',
      cloudId: 'c-c0501ec0501e',
      domain: 'stackbox-console-c0501e',
      title: 'Console',
      cpus: 1,
      memoryMiB: 128,
      diskBytes: 64 * 1024 ** 2,
      image,
      folder,
    };
    await driver.makeDisk(machine, () => undefined);
    const attachment = await driver.makeNetwork(machine);
    await driver.makeSeed(machine, writeIso('cidata', [{ name: 'user-data', content: '#cloud-config\n{}\n' }]));
    await driver.define(machine, attachment);
  });
  afterAll(async () => {
    for (const resource of resourcesBackwards(driver, machine)) await driver.remove(resource);
    await driver.collect();
    await bench.close();
  });

  it('goes back to its log with the next life of the app, and the next boot begins the log anew', async () => {
    const log = driver.consoleLog(machine) ?? '';
    const next = logPart(log, 1);
    const uuid = uuidOfMachine(machine.id);
    // As the driver, it bears a VirtualBox whose service is slow to come.
    const manage = openVBoxManage(async () => bench.program);
    await driver.start(machine.domain);
    await expect.poll(() => readFile(log, 'utf8'), { timeout: 60_000 }).toContain('ready');
    // As the app leaves it when it is killed: nobody listens at the socket.
    const socket = join(machine.folder, 'console.sock');
    await manage.change(['controlvm', uuid, 'changeuartmode1', 'server', socket]);
    await writeFile(join(machine.folder, 'console.lent'), '');

    const nextLife = createVirtualBoxDriver({ program: bench.program, dataFolder: join(bench.folder, 'data') });
    await nextLife.mendConsole?.(machine);
    await nextLife.mendConsole?.(machine);
    expect(existsSync(next)).toBe(true);
    expect(await readFile(log, 'utf8')).toContain('ready');
    const line = await nextLife.openConsole(machine);
    await line.close();
    expect(existsSync(logPart(log, 2))).toBe(true);

    await driver.powerOff(machine.domain);
    // The settings of VirtualBox itself, too, may say that the port is a socket.
    await manage.changeUnlocked(['modifyvm', uuid, '--uartmode1', 'server', socket]);
    await driver.start(machine.domain);
    expect(await bench.vbox('showvminfo', uuid, '--machinereadable')).toContain(`uartmode1="file,${log}"`);
    expect(existsSync(next)).toBe(false);
    await expect.poll(() => readFile(log, 'utf8'), { timeout: 60_000 }).toContain('ready');
  });
});
