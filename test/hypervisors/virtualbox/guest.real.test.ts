/**
 * The whole life of a machine on VirtualBox: create, boot, cloud-init, SSH, stop, start, delete. Everything is the
 * real VBoxManage except starting and controlling the machine, which the stand-in does by QEMU.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StackboxError } from '../../../main/contract/errors';
import { connectGuest, type SshGuest } from '../../../main/guest/ssh';
import { createVirtualBoxDriver } from '../../../main/hypervisors/virtualbox';
import type { Attachment, HypervisorDriver, MachineSpec } from '../../../main/hypervisors/driver';
import { buildSeed, generateSshKey, writeIso } from '../../../main/seed';
import { guestImage } from '../../virtualbox/guest-image';
import { openWorkbench, whyNoVirtualBox, type Workbench } from '../../virtualbox/workbench';
import { resourcesBackwards } from '../contract';

const image = await guestImage();
const why =
  (await whyNoVirtualBox()) ?? (image ? undefined : 'there is no test image; test/guest-image/build.sh makes one');
if (why !== undefined && process.env['CI'] === 'true') throw new Error(`CI must boot a machine, but ${why}.`);

/** Emulated and on a busy build machine a boot was seen to take from 40 s to 3 min. */
const BOOT_MS = 600_000;

describe.skipIf(why !== undefined)(`a machine on VirtualBox${why === undefined ? '' : ` (${why})`}`, () => {
  const login = generateSshKey('login');
  const host = generateSshKey('host');
  let bench: Workbench;
  let driver: HypervisorDriver;
  let machine: MachineSpec;
  let attachment: Attachment;
  let guest: SshGuest;

  beforeAll(async () => {
    if (!image) throw new Error('There is no image.');
    bench = await openWorkbench({ standIn: true });
    driver = createVirtualBoxDriver({ program: bench.program, dataFolder: join(bench.folder, 'data') });
    machine = {
      id: 'm-b007b007b007',
      cloudId: 'c-b007b007b007',
      domain: 'stackbox-boot-b007b0',
      title: 'Boots',
      cpus: 2,
      memoryMiB: 1024,
      diskBytes: 6 * 1024 ** 3,
      image,
      folder: bench.folder,
    };
  });
  afterAll(async () => {
    guest?.close();
    for (const resource of resourcesBackwards(driver, machine)) await driver.remove(resource);
    await driver.collect();
    await bench.close();
  });

  it(
    'boots from its disk, is set up by cloud-init and answers over SSH',
    async () => {
      await driver.makeDisk(machine, () => undefined);
      attachment = await driver.makeNetwork(machine);
      const seed = buildSeed({
        machineId: machine.id,
        hostname: 'boots',
        user: 'debian',
        authorizedKey: login.publicKey,
        hostKey: host,
        mac: attachment.mac,
        os: 'debian',
        memoryMiB: machine.memoryMiB,
        diskBytes: machine.diskBytes,
        swapMiB: 0,
      });
      await driver.makeSeed(
        machine,
        writeIso('cidata', [
          { name: 'user-data', content: seed.userData },
          { name: 'meta-data', content: seed.metaData },
          { name: 'network-config', content: seed.networkConfig },
        ]),
      );
      await driver.define(machine, attachment);
      await driver.start(machine.domain);
      guest = connectGuest({
        reach: () => driver.reach(machine.domain, attachment, 22),
        user: 'debian',
        privateKey: login.privateKey,
        hostKey: host.publicKey,
      });
      expect(await answer(['hostname'])).toBe('boots');
      expect(await answer(['cloud-init', 'status', '--wait'])).toContain('done');
      // The disk is as long as was asked for, the seed is a DVD, and both are where the driver put them.
      expect(await answer(['lsblk', '--bytes', '--nodeps', '--noheadings', '--output', 'NAME,SIZE,TYPE'])).toMatch(
        /sda\s+6442450944 disk[\s\S]*sr0\s+\d+ rom/,
      );
      const log = driver.consoleLog(machine);
      expect(await readFile(log ?? '', 'utf8')).toContain('boots login:');
    },
    BOOT_MS,
  );

  it(
    'keeps its data and its port when it is stopped and started again',
    async () => {
      await answer(['sh', '-c', 'echo kept > kept && sync']);
      const before = await driver.reach(machine.domain, attachment, 22);
      await driver.shutdown(machine.domain);
      while ((await driver.state(machine.domain)) !== 'stopped') await sleep(1000);
      await driver.start(machine.domain);
      expect(await driver.reach(machine.domain, attachment, 22)).toEqual(before);
      expect(await answer(['cat', 'kept'])).toBe('kept');
    },
    BOOT_MS,
  );

  /** What a program in the guest prints; asks again while the guest is not up yet. */
  async function answer(argv: readonly string[]): Promise<string> {
    for (;;) {
      try {
        return (await guest.exec(argv)).stdout.trim();
      } catch (thrown) {
        if (!(thrown instanceof StackboxError) || thrown.code !== 'unreachable') throw thrown;
        await sleep(1000);
      }
    }
  }
});
