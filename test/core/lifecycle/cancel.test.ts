import { describe, expect, it } from 'vitest';
import type { Cloud } from '../../../main/contract/models';
import { CREATE_STEPS, LONG, LONG_STEPS, atStep, computer, created, deleted, ended, journalOf, plan } from './kit';
import { repeated, stateOf, toldToEnd } from './kit';

describe('a create that is cancelled', () => {
  it('as each of its steps begins, in turn, goes on each time and ends ready', LONG, async () => {
    const { open, folder, guest } = await computer();
    const core = await open();
    const { clouds } = core.services;
    let cloud: Cloud | undefined;
    for (const step of CREATE_STEPS) {
      let cancelled: Promise<unknown> = Promise.resolve();
      atStep(step, 'running', async ({ id, active }) => {
        cancelled = clouds.cancel(id);
        await toldToEnd(active);
      });
      cloud = await ended(core, cloud ? await clouds.retry(cloud.id) : await clouds.create(plan()));
      await cancelled;
      expect(cloud, step).toMatchObject({ state: 'attention', status: 'Cancelled', ready: false });
      expect(stateOf(cloud.run, step)).toBe('cancelled');
    }
    if (!cloud) throw new Error('There are no steps.');
    expect(await ended(core, await clouds.retry(cloud.id))).toMatchObject({ state: 'running', ready: true });
    expect(repeated(await journalOf(folder, cloud))).toEqual([]);
    expect(await guest(cloud).started()).toHaveLength(1);
  });

  it.each(LONG_STEPS)('in the middle of "%s" and deleted leaves nothing', async (step) => {
    const { open, gates, hypervisor } = await computer();
    const core = await open();
    const { clouds } = core.services;
    const held = gates.hold(step);
    const cloud = await clouds.create(plan());
    await held.reached;
    await clouds.cancel(cloud.id);
    expect(stateOf(clouds.get(cloud.id).run, step)).toBe('cancelled');
    held.open();

    await deleted(core, cloud);
    expect(clouds.list()).toEqual([]);
    expect([...hypervisor.domains.keys(), ...hypervisor.things]).toEqual([]);
  });

  it('in the middle of each of its steps, in turn, goes on each time and ends ready', LONG, async () => {
    const { open, gates, guest, folder } = await computer();
    const core = await open();
    const { clouds } = core.services;
    let cloud: Cloud | undefined;
    for (const step of LONG_STEPS) {
      const held = gates.hold(step);
      cloud = cloud ? await clouds.retry(cloud.id) : await clouds.create(plan());
      await held.reached;
      cloud = await clouds.cancel(cloud.id);
      held.open();
      expect(stateOf(cloud.run, step)).toBe('cancelled');
    }
    if (!cloud) throw new Error('There are no steps.');
    expect(await ended(core, await clouds.retry(cloud.id))).toMatchObject({ state: 'running', ready: true });
    expect(repeated(await journalOf(folder, cloud))).toEqual([]);
    expect(await guest(cloud).started()).toHaveLength(1);
  });
});

it('a delete in the middle of a create needs no cancel first', async () => {
  const { open, gates, hypervisor } = await computer();
  const core = await open();
  const held = gates.hold('cloud-init');
  const cloud = await core.services.clouds.create(plan());
  await held.reached;
  await deleted(core, cloud);
  expect(core.services.clouds.list()).toEqual([]);
  expect([...hypervisor.domains.keys(), ...hypervisor.things]).toEqual([]);
});

it('a delete that was cancelled goes on, and removes the rest', async () => {
  const { open, gates, hypervisor } = await computer();
  const core = await open();
  const { clouds } = core.services;
  const cloud = await created(core);
  const held = gates.hold('remove');
  await clouds.delete(cloud.id);
  await held.reached;
  await clouds.cancel(cloud.id);
  held.open();
  expect(clouds.get(cloud.id)).toMatchObject({ state: 'attention', run: { kind: 'delete', state: 'cancelled' } });
  await clouds.retry(cloud.id);
  await clouds.find(cloud.id).active?.ended;
  expect(clouds.list()).toEqual([]);
  expect([...hypervisor.domains.keys(), ...hypervisor.things]).toEqual([]);
});

it('a stop and a start that were cancelled can be tried again', async () => {
  const { open, gates, hypervisor } = await computer();
  const core = await open();
  const { clouds } = core.services;
  const cloud = await created(core);

  const stopping = gates.hold('shutdown');
  await clouds.stop(cloud.id, false);
  await stopping.reached;
  expect(await clouds.cancel(cloud.id)).toMatchObject({ state: 'attention', status: 'Cancelled' });
  stopping.open();
  await clouds.retry(cloud.id);
  expect(await ended(core, cloud)).toMatchObject({ state: 'stopped' });

  const starting = gates.hold('login');
  await clouds.start(cloud.id);
  await starting.reached;
  expect(await clouds.cancel(cloud.id)).toMatchObject({ state: 'attention', status: 'Cancelled' });
  starting.open();
  await clouds.retry(cloud.id);
  expect(await ended(core, cloud)).toMatchObject({ state: 'running', ready: true, run: { state: 'done' } });
  expect(hypervisor.calls.filter((call) => call.startsWith('start '))).toHaveLength(2);
});

it('a power off that was cancelled is a power off when it is tried again', async () => {
  const { open, gates, hypervisor } = await computer();
  const core = await open();
  const { clouds } = core.services;
  const cloud = await created(core);
  const held = gates.hold('powerOff');
  await clouds.stop(cloud.id, true);
  await held.reached;
  await clouds.cancel(cloud.id);
  held.open();
  await clouds.retry(cloud.id);
  expect(await ended(core, cloud)).toMatchObject({ state: 'stopped', run: { state: 'done' } });
  expect(hypervisor.calls.filter((call) => call.startsWith('shutdown '))).toEqual([]);
});
