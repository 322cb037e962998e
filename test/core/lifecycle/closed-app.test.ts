import { describe, expect, it } from 'vitest';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import type { Cloud } from '../../../main/contract/models';
import { openCore, type Core } from '../../../main/core/open';
import { CREATE_STEPS, LONG, LONG_STEPS, asAfterPowerCut, atStep, computer, created, deleted, ended } from './kit';
import { journalOf, plan, repeated, toldToEnd } from './kit';

/** The only cloud of a core that was opened on what an earlier one left. */
async function finished(core: Core): ReturnType<typeof ended> {
  const [cloud] = core.services.clouds.list();
  if (!cloud) throw new Error('The cloud is lost.');
  return ended(core, cloud);
}

describe('when the app is closed', () => {
  it('as each step of a create begins, the next start goes on and repeats nothing', LONG, async () => {
    const { open, folder, guest } = await computer();
    let core = await open({ resume: false });
    let cloud: Cloud | undefined;
    for (const step of CREATE_STEPS) {
      const now = core;
      let closed = Promise.resolve();
      atStep(step, 'running', async ({ active }) => {
        closed = now.close();
        await toldToEnd(active);
      });
      cloud = cloud ? await now.services.clouds.retry(cloud.id) : await now.services.clouds.create(plan());
      await ended(core, cloud);
      await closed;
      core = await open({ resume: false });
      expect(core.services.clouds.get(cloud.id), step).toMatchObject({ status: 'Interrupted' });
    }
    await core.close();
    const last = await finished(await open());
    expect(last).toMatchObject({ state: 'running', ready: true });
    expect(repeated(await journalOf(folder, last))).toEqual([]);
    expect(await guest(last).started()).toHaveLength(1);
  });

  it('in the middle of each step of a create, the next start goes on and repeats nothing', LONG, async () => {
    const { open, folder, gates, guest } = await computer();
    let core: Core | undefined;
    for (const step of LONG_STEPS) {
      const held = gates.hold(step);
      if (core) core = await open();
      else await (core = await open()).services.clouds.create(plan());
      await held.reached;
      await core.close();
      held.open();
    }
    const cloud = await finished(await open());
    expect(cloud).toMatchObject({ state: 'running', ready: true });
    expect(repeated(await journalOf(folder, cloud))).toEqual([]);
    expect(await guest(cloud).started()).toHaveLength(1);
  });
});

it('a hypervisor that hangs keeps nobody from quitting', async () => {
  const { folder, hypervisor, open } = await computer();
  await created(await open(), plan('lab-1', 'plain-machine'));
  const hangs = { ...hypervisor, watch: () => new Promise<void>(() => undefined) };
  const other = await asAfterPowerCut(folder);
  const core = await openCore({ dataFolder: other, resume: false, replace: { drivers: [hangs], closeMs: 300 } });
  expect(core.services.clouds.list()).toHaveLength(1);
  await core.close();
  // Whoever did not let go may still write: the folder is free when the process is gone.
  await expect(openCore({ dataFolder: other, resume: false, replace: { drivers: [hangs] } })).rejects.toThrow(
    /uses this data folder/,
  );
});

describe('when the power is cut', () => {
  it('just before each step of a create is known to be done, the next start goes on and ends ready', LONG, async () => {
    const { open, folder, guest } = await computer();
    let left = folder;
    for (const step of CREATE_STEPS) {
      const now = left;
      atStep(step, 'done', async () => {
        left = await asAfterPowerCut(now);
        throw new Error('There is no power.');
      });
      const core = await open({ folder: now });
      if (core.services.clouds.list().length === 0) await created(core);
      else await finished(core);
    }
    const core = await open({ folder: left });
    const cloud = await finished(core);
    expect(cloud).toMatchObject({ state: 'running', ready: true });
    expect(repeated(await journalOf(left, cloud))).toEqual([]);
    expect(await guest(cloud).started()).toHaveLength(1);
    await deleted(core, cloud);
    expect(core.services.clouds.list()).toEqual([]);
  });

  it('after a delete came to its end, the cloud is not there again', async () => {
    const { open, folder } = await computer();
    const first = await open();
    const cloud = await created(first);
    const live = first.services.clouds.find(cloud.id);
    let left = '';
    const close = live.close.bind(live);
    live.close = async () => {
      left = await asAfterPowerCut(folder);
      await close();
    };
    await deleted(first, cloud);
    const second = await open({ folder: left });
    expect(second.services.clouds.list()).toEqual([]);
  });

  it('and this computer was off, the machine is started again and the job is run anew', async () => {
    const { open, gates, hypervisor, guest } = await computer();
    const first = await open();
    const held = gates.hold('install');
    const { id, machines } = await first.services.clouds.create(plan());
    await held.reached;
    await first.close();
    held.open();
    hypervisor.change(machines[0]?.domain ?? '', 'stopped');
    await guest(first.services.clouds.get(id)).powerOff();

    const cloud = await finished(await open());
    expect(cloud).toMatchObject({ state: 'running', ready: true });
    expect(hypervisor.calls.filter((call) => call.startsWith('start '))).toHaveLength(2);
    expect(hypervisor.calls.filter((call) => call.startsWith('makeDisk '))).toHaveLength(1);
  });
});

it('an install goes on in the guest while the app is closed', async () => {
  const { open, gates, guest } = await computer();
  const first = await open();
  const held = gates.hold('install');
  const cloud = await first.services.clouds.create(plan());
  await held.reached;
  const pipe = join(guest(cloud).root, 'wait');
  execFileSync('mkfifo', [pipe]);
  held.open();
  await expect
    .poll(() => first.services.clouds.get(cloud.id).run?.steps.find(({ id }) => id === 'install')?.lastLine)
    .toContain('installing');
  await first.close();

  // Opening the pipe waits for the job, which is still there.
  await writeFile(pipe, 'go on\n');
  const second = await open();
  expect(await ended(second, cloud)).toMatchObject({ state: 'running', ready: true });
  expect(await guest(cloud).started()).toHaveLength(1);
});

it('a short command leaves an unfinished run as it is, and it can be tried again', async () => {
  const { open, gates } = await computer();
  const first = await open();
  const held = gates.hold('define');
  const cloud = await first.services.clouds.create(plan());
  await held.reached;
  await first.close();
  held.open();

  const second = await open({ resume: false });
  expect(second.services.clouds.get(cloud.id)).toMatchObject({ state: 'attention', run: { state: 'interrupted' } });
  await second.services.clouds.retry(cloud.id);
  expect(await ended(second, cloud)).toMatchObject({ state: 'running', ready: true });
});
