/** Disks, snapshots and clones on the real VBoxManage, and what may be in their way on a person's computer. */
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../main/host/process';
import { createVirtualBoxDriver, type VirtualBoxDriver } from '../../../main/hypervisors/virtualbox';
import type { ImageFile, MachineSpec } from '../../../main/hypervisors/driver';
import { writeIso } from '../../../main/seed';
import { openWorkbench, whyNoVirtualBox, type Workbench } from '../../virtualbox/workbench';
import { resourcesBackwards } from '../contract';

const why = await whyNoVirtualBox();
const MIB = 1024 ** 2;

/** Host-only adapters cannot be made without the kernel module, but a machine's settings may name one. */
const hostOnly = {
  kind: 'adapter',
  name: 'vboxnet0',
  mac: '0e:00:27:aa:bb:cc',
  address: '192.168.56.17',
  subnet: '192.168.56.0/24',
} as const;

describe.skipIf(why !== undefined)(`disks on VirtualBox${why === undefined ? '' : ` (${why})`}`, () => {
  let bench: Workbench;
  let driver: VirtualBoxDriver;
  let raw: string;
  beforeAll(async () => {
    bench = await openWorkbench();
    driver = createVirtualBoxDriver({ program: bench.program, dataFolder: join(bench.folder, 'data') });
    raw = join(bench.folder, 'raw.img');
    await run('qemu-img', ['create', '-q', '-f', 'raw', raw, '8M']);
    await run('qemu-io', ['-f', 'raw', '-c', 'write -P 0x5a 1M 1M', raw]);
  });
  afterAll(() => bench.close());

  it.each([
    ['a raw image', 'raw', []],
    ['zlib clusters', 'qcow2', ['-c']],
    ['zstd clusters, which VirtualBox cannot read', 'qcow2', ['-c', '-o', 'compression_type=zstd']],
    ['a VMDK', 'vmdk', []],
  ] as const)(
    'have the content of %s and the length that was asked for, and leave the image alone',
    async (_name, format, more) => {
      const image = await convert(format, more);
      const before = await hash(image.path);
      const machine = await spec(1, image);
      await driver.makeDisk(machine, () => undefined);
      expect(await hash(image.path)).toBe(before);
      expect(await bench.vbox('list', 'hdds')).not.toContain(image.path);

      const whole = join(bench.folder, 'whole.raw');
      await bench.vbox('clonemedium', 'disk', driver.plan(machine).disk[0]?.id ?? '', whole, '--format', 'RAW');
      await run('qemu-img', ['compare', '-f', 'raw', '-F', 'raw', raw, whole]);
      const info = JSON.parse((await run('qemu-img', ['info', '-f', 'raw', '--output=json', whole])).stdout) as object;
      expect(info).toMatchObject({ 'virtual-size': machine.diskBytes });
      await bench.vbox('closemedium', 'disk', whole, '--delete');
      await clear(machine);
    },
  );

  it('are made from an image whose identifier VirtualBox knows from a copy of the person’s', async () => {
    const image = await convert('vdi', []);
    const theirs = join(bench.folder, 'theirs.vdi');
    await copyFile(image.path, theirs);
    await bench.vbox('createvm', '--name', 'theirs', '--register', '--basefolder', join(bench.folder, 'theirs'));
    await bench.vbox('storagectl', 'theirs', '--name', 'a', '--add', 'sata');
    await bench.vbox(
      'storageattach',
      'theirs',
      '--storagectl',
      'a',
      '--port',
      '0',
      '--type',
      'hdd',
      '--medium',
      theirs,
    );
    // The time of the last change is exact only until VBoxSVC reads the machine's file again.
    const settings = async (): Promise<string> =>
      (await bench.vbox('showvminfo', 'theirs', '--machinereadable')).replace(/^VMStateChangeTime=.*\n/m, '');
    const before = await settings();
    const machine = await spec(2, image);
    await driver.makeDisk(machine, () => undefined);
    await clear(machine);
    expect(await settings()).toBe(before);
    expect(existsSync(theirs)).toBe(true);
    await bench.vbox('unregistervm', 'theirs', '--delete');
  });

  it('and machines lie in folders of any name', async () => {
    const machine = await spec(3, await convert('qcow2', []), `it's "a" $(touch x) ünï, 🐧;`);
    await make(machine);
    expect(await driver.state(machine.domain)).toBe('stopped');
    const info = await bench.vbox('showvminfo', machine.domain, '--machinereadable');
    expect(info).toContain('uartmode1="file,');
    await clear(machine);
    expect(existsSync('x')).toBe(false);
  });

  it('are in snapshots and linked clones, and are all gone when the machines are', async () => {
    const machine = await spec(4, await convert('qcow2', []));
    const clone = { ...(await spec(5, machine.image)), domain: 'clone of the first' };
    await make(machine);
    await driver.reach(machine.domain, await driver.makeNetwork(machine), 22);
    const first = await driver.snapshots.take(machine.domain, 'before the change');
    const second = await driver.snapshots.take(machine.domain, 'after');
    expect(await driver.snapshots.list(machine.domain)).toEqual([{ ...first, current: false }, second]);
    const { mac, address, reach, subnet } = await driver.makeNetwork(clone);
    const attachment = { mac, address, reach, subnet, hostOnly };
    await driver.makeSeed(clone, writeIso('cidata', [{ name: 'user-data', content: 'of the clone' }]));
    await driver.clones.make(machine.domain, second.id, clone, attachment);
    expect((await driver.list()).map(({ machineId, cloudId, domain }) => [machineId, cloudId, domain])).toEqual([
      [machine.id, machine.cloudId, machine.domain],
      [clone.id, clone.cloudId, clone.domain],
    ]);
    const cloned = await bench.vbox('showvminfo', clone.domain, '--machinereadable');
    expect(cloned).not.toContain('Forwarding(');
    expect(cloned).toContain(`uartmode1="file,${join(clone.folder, 'console.log')}"`);
    expect(cloned).toContain(`"Stackbox-1-0"="${join(clone.folder, 'seed.iso')}"`);
    expect(cloned).toContain('nic2="hostonly"');
    expect(cloned).toContain('macaddress2="0E0027AABBCC"');
    await clear(clone);

    await driver.snapshots.restore(machine.domain, first.id);
    await driver.snapshots.take(machine.domain, 'another way');
    await expect(driver.snapshots.remove(machine.domain, first.id)).rejects.toMatchObject({
      code: 'conflict',
      message: '"before the change" cannot be deleted: "after" and "another way" rest on it.',
    });
    await clear(machine);
  });

  async function convert(format: ImageFile['format'], more: readonly string[]): Promise<ImageFile> {
    const path = join(bench.folder, `image.${format}`);
    await rm(path, { force: true });
    await run('qemu-img', ['convert', '-f', 'raw', '-O', format, ...more, raw, path]);
    return { id: `image-${format}`, path, format, virtualBytes: 8 * MIB };
  }

  async function spec(n: number, image: ImageFile, name = `machine-${n}`): Promise<MachineSpec> {
    const folder = join(bench.folder, name);
    await mkdir(folder, { recursive: true });
    const [id, domain] = [`d15c0000000${n}`, `disks ${n}`];
    return {
      id: `m-${id}`,
      cloudId: `c-${id}`,
      domain,
      title: 'Disks',
      cpus: 1,
      memoryMiB: 512,
      diskBytes: 64 * MIB,
      image,
      folder,
    };
  }

  async function make(machine: MachineSpec): Promise<void> {
    await driver.makeDisk(machine, () => undefined);
    await driver.makeSeed(machine, writeIso('cidata', [{ name: 'user-data', content: '' }]));
    await driver.define(machine, await driver.makeNetwork(machine));
  }

  /** Removes a machine and expects that nothing of it or for it is left. */
  async function clear(machine: MachineSpec): Promise<void> {
    for (const resource of resourcesBackwards(driver, machine)) await driver.remove(resource);
    await driver.collect();
    expect(await bench.vbox('list', 'hdds')).not.toContain(machine.folder);
    expect(await bench.vbox('list', 'dvds')).not.toContain(machine.folder);
    expect(existsSync(join(machine.folder, 'virtualbox'))).toBe(false);
  }
});

async function hash(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
