/**
 * What VirtualBox costs through Stackbox, against the bare VBoxManage in the same run:
 * the disk of the second machine from an image, and the processes at rest with 1 and with 30 machines.
 */
import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVirtualBoxDriver } from '../../main/hypervisors/virtualbox';
import { uuidOfMachine } from '../../main/hypervisors/virtualbox/ownership';
import type { ImageFile, MachineSpec } from '../../main/hypervisors/driver';
import { resourcesBackwards } from '../hypervisors/contract';
import { guestImage } from '../virtualbox/guest-image';
import { openWorkbench, whyNoVirtualBox, type Workbench } from '../virtualbox/workbench';

const image = await guestImage();
const why = (await whyNoVirtualBox()) ?? (image ? undefined : 'there is no test image');

const MIB = 1024 ** 2;
const DISK_BYTES = 20 * 1024 * MIB;
/** How long (ms) a quiet app is watched. */
const REST_MS = 20_000;
const MANY = 30;

describe.skipIf(why !== undefined)(`VirtualBox${why === undefined ? '' : ` (${why})`}`, () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await openWorkbench();
  });
  afterAll(() => bench.close());

  it('second machine from a cached image', { timeout: 600_000 }, async () => {
    if (!image) throw new Error('There is no image.');
    const driver = createVirtualBoxDriver({ program: bench.program, dataFolder: join(bench.folder, 'data') });
    const specs = await Promise.all([1, 2, 3, 4, 5].map((n) => machine(n, image)));
    const times: number[] = [];
    for (const spec of specs) times.push(await timed(() => driver.makeDisk(spec, () => undefined)));
    const [first = 0, ...later] = times;
    const ours = { ms: median(later), bytes: await allocated(specs[1]?.folder ?? '') };

    const bareFolder = join(bench.folder, 'bare');
    await mkdir(bareFolder);
    const bareTimes: number[] = [];
    for (const n of [1, 2, 3]) {
      const disk = join(bareFolder, `full-${n}.vdi`);
      bareTimes.push(
        await timed(async () => {
          await bench.vbox('clonemedium', 'disk', image.path, disk, '--format', 'VDI');
          await bench.vbox('modifymedium', 'disk', disk, '--resizebyte', String(DISK_BYTES));
        }),
      );
      await bench.vbox('closemedium', 'disk', disk);
    }
    const bare = { ms: median(bareTimes), bytes: (await allocated(bareFolder)) / bareTimes.length };
    console.log(`first machine from the image   ${first.toFixed(0)} ms (makes the base disk)`);
    console.log(`second machine, Stackbox       ${ours.ms.toFixed(0)} ms, ${(ours.bytes / MIB).toFixed(1)} MiB`);
    console.log(`full copy, bare VBoxManage     ${bare.ms.toFixed(0)} ms, ${(bare.bytes / MIB).toFixed(1)} MiB`);
    console.log(
      `ratio                          time ${(ours.ms / bare.ms).toFixed(3)}, bytes ${(ours.bytes / bare.bytes).toFixed(5)}`,
    );
    expect(ours.ms).toBeLessThan(bare.ms);
    expect(ours.bytes).toBeLessThan(bare.bytes / 10);
    for (const spec of specs) for (const resource of resourcesBackwards(driver, spec)) await driver.remove(resource);
    await driver.collect();
  });

  it('processes at rest with 1 and with 30 machines', { timeout: 600_000 }, async () => {
    const count = join(bench.folder, 'count');
    const counting = join(bench.folder, 'counting-VBoxManage');
    await writeFile(counting, `#!/bin/sh\necho "$*" >> '${count}'\nexec '${bench.program}' "$@"\n`);
    await chmod(counting, 0o755);
    const figures: { machines: number; processes: number; pollMs: number }[] = [];
    let made = 0;
    for (const machines of [1, MANY]) {
      for (; made < machines; made++) await register(made);
      const driver = createVirtualBoxDriver({ program: counting, dataFolder: join(bench.folder, 'data') });
      const control = new AbortController();
      const watching = driver.watch(() => undefined, control.signal);
      await sleep(2000);
      await writeFile(count, '');
      await sleep(REST_MS);
      // The core's slow poll, once.
      const pollMs = await timed(async () => expect(await driver.list()).toHaveLength(machines));
      const processes = (await readFile(count, 'utf8')).split('\n').length - 1;
      control.abort();
      await watching;
      figures.push({ machines, processes, pollMs });
    }
    for (const { machines, processes, pollMs } of figures) {
      console.log(
        `${machines} machines: ${processes} process in ${REST_MS / 1000} s of rest and one poll, which took ${pollMs.toFixed(0)} ms`,
      );
    }
    expect(figures[1]?.processes).toBe(figures[0]?.processes);
  });

  async function machine(n: number, from: ImageFile): Promise<MachineSpec> {
    const folder = join(bench.folder, `machine-${n}`);
    await mkdir(folder);
    return {
      id: `m-be9c0000000${n}`,
      cloudId: `c-be9c0000000${n}`,
      domain: `bench-${n}`,
      title: 'Benchmark',
      cpus: 1,
      memoryMiB: 512,
      diskBytes: DISK_BYTES,
      image: from,
      folder,
    };
  }

  async function register(n: number): Promise<void> {
    const uuid = uuidOfMachine(`m-${n.toString(16).padStart(12, '0')}`);
    const place = ['--basefolder', join(bench.folder, 'registered'), '--groups', `/Stackbox/c-${n}`];
    await bench.vbox('createvm', '--name', `bench-${n}`, '--uuid', uuid, ...place, '--register');
  }
});

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Bytes that the disks in a folder really take. */
async function allocated(folder: string): Promise<number> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.vdi'));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).blocks * 512));
  return sizes.reduce((sum, size) => sum + size, 0);
}
