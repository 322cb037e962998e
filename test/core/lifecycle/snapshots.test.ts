import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Cloud } from '../../../main/contract/models';
import type { Core } from '../../../main/core/open';
import { computer, created, deleted, ended, journalOf, plan, stateOf } from './kit';

const taken = async (core: Core, cloud: Cloud, name: string): Promise<Cloud> => {
  await core.services.clouds.takeSnapshot(cloud.id, name);
  return ended(core, cloud);
};

const names = async (core: Core, { id }: Cloud): Promise<[string, boolean][]> =>
  (await core.services.clouds.snapshots(id)).map(({ name, current }) => [name, current]);

it('a cloud is saved and goes on where it was, without a word on its console', async () => {
  const { open, hypervisor } = await computer();
  const core = await open();
  const cloud = await created(core);
  const { clouds } = core.services;
  expect(cloud.machines[0]?.abilities).toEqual({ saveState: true, snapshots: true });
  await clouds.save(cloud.id);
  const saved = await ended(core, cloud);
  expect(saved).toMatchObject({ state: 'saved', status: 'Saved', run: { kind: 'save', state: 'done' } });
  await expect(clouds.takeSnapshot(cloud.id, 'not now')).rejects.toMatchObject({ code: 'conflict' });

  await clouds.start(cloud.id);
  const resumed = await ended(core, cloud);
  expect(resumed).toMatchObject({ state: 'running', ready: true });
  expect(resumed.run?.steps.find(({ id }) => id === 'console')?.state).toBe('skipped');
  // A boot waits for the console again.
  await clouds.stop(cloud.id, false);
  await ended(core, cloud);
  await clouds.start(cloud.id);
  expect((await ended(core, cloud)).run?.steps.find(({ id }) => id === 'console')?.state).toBe('done');

  await clouds.save(cloud.id);
  await ended(core, cloud);
  await deleted(core, cloud);
  expect([...hypervisor.domains.keys(), ...hypervisor.things]).toEqual([]);
});

it('snapshots are taken, gone back to and deleted; one of a cloud that ran runs afterwards', async () => {
  const { open, hypervisor } = await computer();
  const core = await open();
  const cloud = await created(core);
  const { clouds } = core.services;
  expect(await taken(core, cloud, 'it runs')).toMatchObject({ state: 'running', run: { state: 'done' } });
  await clouds.stop(cloud.id, false);
  await ended(core, cloud);
  expect(await taken(core, cloud, 'it is off')).toMatchObject({ state: 'stopped', run: { kind: 'take-snapshot' } });
  expect(await names(core, cloud)).toEqual([
    ['it runs', false],
    ['it is off', true],
  ]);
  const [running, off] = await clouds.snapshots(cloud.id);

  await clouds.changeSnapshot(cloud.id, 'restore-snapshot', running?.id ?? '');
  const back = await ended(core, cloud);
  expect(back).toMatchObject({ state: 'running', ready: true, run: { kind: 'restore-snapshot', state: 'done' } });
  expect(back.run?.steps.slice(0, 3).map(({ id, state }) => [id, state])).toEqual([
    ['power-off', 'skipped'],
    ['restore-snapshot', 'done'],
    ['start', 'done'],
  ]);
  await clouds.changeSnapshot(cloud.id, 'restore-snapshot', off?.id ?? '');
  expect(await ended(core, cloud)).toMatchObject({ state: 'stopped', run: { state: 'done' } });

  await clouds.changeSnapshot(cloud.id, 'delete-snapshot', running?.id ?? '');
  await ended(core, cloud);
  expect(await names(core, cloud)).toEqual([['it is off', true]]);
  await deleted(core, cloud);
  expect([...hypervisor.domains.keys(), ...hypervisor.things]).toEqual([]);
});

it('what cannot be done is said before anything is: a name that is taken, a snapshot that is not there', async () => {
  const { open, hypervisor } = await computer();
  const core = await open();
  const cloud = await created(core);
  const { clouds } = core.services;
  await taken(core, cloud, 'once');
  await expect(clouds.takeSnapshot(cloud.id, ' once ')).rejects.toMatchObject({ code: 'conflict' });
  await expect(clouds.takeSnapshot(cloud.id, '../x')).rejects.toMatchObject({ code: 'bad-input' });
  const gone = clouds.changeSnapshot(cloud.id, 'restore-snapshot', 'another');
  await expect(gone).rejects.toMatchObject({ code: 'not-found' });
  expect(clouds.get(cloud.id)).toMatchObject({ state: 'running', run: { kind: 'take-snapshot', state: 'done' } });
  expect(hypervisor.calls.filter((call) => /^(takeS|restoreS|powerOff)/.test(call))).toHaveLength(1);
});

it('a snapshot that fails is told of, leaves the cloud as it is, and can be tried again', async () => {
  const { open, hypervisor } = await computer();
  const core = await open();
  const cloud = await created(core);
  hypervisor.fail('takeSnapshot', new Error('The disk is full.'));
  const failed = await taken(core, cloud, 'too big');
  expect(failed).toMatchObject({ state: 'running', run: { state: 'failed' } });
  hypervisor.heal('takeSnapshot');
  await core.services.clouds.retry(cloud.id);
  await ended(core, cloud);
  expect(await names(core, cloud)).toEqual([['too big', true]]);
});

it('going back goes on when the app was killed in its middle, to the snapshot that was meant', async () => {
  const { open, gates, hypervisor } = await computer();
  const first = await open();
  const cloud = await created(first);
  await taken(first, cloud, 'meant');
  await taken(first, cloud, 'later');
  const [meant] = await first.services.clouds.snapshots(cloud.id);
  const held = gates.hold('start');
  await first.services.clouds.changeSnapshot(cloud.id, 'restore-snapshot', meant?.id ?? '');
  await held.reached;
  const closing = first.close();
  held.open();
  await closing;

  const second = await open();
  expect(await ended(second, cloud)).toMatchObject({
    state: 'running',
    run: { kind: 'restore-snapshot', state: 'done' },
  });
  expect(await names(second, cloud)).toEqual([
    ['meant', true],
    ['later', false],
  ]);
  expect(hypervisor.calls.filter((call) => call.startsWith('restoreSnapshot'))).toHaveLength(1);
});

it('an install that has not come to its end takes no snapshot: nobody could go on with it', async () => {
  const { open, gates } = await computer();
  const core = await open();
  const held = gates.hold('cloud-init');
  const cloud = await core.services.clouds.create(plan());
  await held.reached;
  await expect(core.services.clouds.takeSnapshot(cloud.id, 'early')).rejects.toMatchObject({ code: 'busy' });
  await core.services.clouds.cancel(cloud.id);
  held.open();
  for (const call of [
    () => core.services.clouds.takeSnapshot(cloud.id, 'early'),
    () => core.services.clouds.save(cloud.id),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: 'conflict' });
  }
  expect(core.services.clouds.get(cloud.id).run).toMatchObject({ kind: 'create', state: 'cancelled' });
});

/** Goes back to a snapshot by its name. */
async function goneBack(core: Core, cloud: Cloud, name: string): Promise<Cloud> {
  const found = (await core.services.clouds.snapshots(cloud.id)).find((one) => one.name === name);
  await core.services.clouds.changeSnapshot(cloud.id, 'restore-snapshot', found?.id ?? '');
  return ended(core, cloud);
}

it('going back brings back what was true of the cloud then: that it worked, or that it was taken down', async () => {
  const { open, folder, guest } = await computer();
  const first = await open();
  const cloud = await created(first);
  await taken(first, cloud, 'it works');
  await first.services.clouds.act(cloud.id, 'down');
  await ended(first, cloud);
  const down = { state: 'attention', status: 'It was taken down', ready: false, endpoints: [] };
  expect(await taken(first, cloud, 'it is down')).toMatchObject(down);
  const jobsThen = (await journalOf(folder, cloud)).findLast((each) => each.type === 'fact' && each.key === 'jobs');

  const back = await goneBack(first, cloud, 'it works');
  expect(back).toMatchObject({ state: 'running', status: 'Running', ready: true });
  expect(back.endpoints).toHaveLength(1);
  expect(back.run?.steps.slice(-2).map(({ id, state }) => [id, state])).toEqual([
    ['proof-answers', 'done'],
    ['card', 'done'],
  ]);
  expect(first.services.clouds.find(cloud.id).fact('jobs')).not.toHaveProperty('take-down');
  await first.close();

  // Also for the next life of the app.
  const second = await open();
  const again = await goneBack(second, cloud, 'it is down');
  expect(again).toMatchObject({ ...down, run: { state: 'done' } });
  expect(again.run?.steps.map(({ id }) => id)).not.toContain('proof-answers');
  expect(jobsThen).toMatchObject({ value: second.services.clouds.find(cloud.id).fact('jobs') });
  expect(await guest(cloud).started()).toHaveLength(2);
});

it('a snapshot that was not taken by Stackbox is looked at before anything is promised', async () => {
  const { open, hypervisor, guest } = await computer();
  const core = await open();
  const cloud = await created(core);
  const { clouds } = core.services;
  const [domain] = hypervisor.domains.values();
  const outside = { takenAt: Date.now(), current: false };
  await taken(core, cloud, 'ours');
  domain?.snapshots?.push(
    { ...outside, id: 'ran', name: 'ran', withMemory: true },
    { ...outside, id: 'off', name: 'off', withMemory: false },
  );
  const ran = await goneBack(core, cloud, 'ran');
  expect(stateOf(ran.run, 'look')).toBe('done');
  expect(ran).toMatchObject({ state: 'running', ready: true });

  // This one is of a time before the install.
  expect(await goneBack(core, cloud, 'off')).toMatchObject({ state: 'stopped', ready: false });
  await writeFile(join(guest(cloud).root, 'lost'), '');
  await writeFile(join(guest(cloud).root, 'hopeless'), '');
  await clouds.start(cloud.id);
  const empty = await ended(core, cloud);
  expect(empty).toMatchObject({ state: 'attention', status: 'Lab does not answer in this snapshot', ready: false });
  expect(empty).toMatchObject({ run: { state: 'done' }, endpoints: [] });
  expect(empty.actions.map(({ id }) => id)).toContain('again');

  // Somebody deleted ours and took another of its name: what was kept with ours is not true of it.
  domain?.snapshots?.splice(0, 1, { ...outside, id: 'id of ours', name: 'ours', takenAt: 1, withMemory: false });
  expect(await goneBack(core, cloud, 'ours')).toMatchObject({ state: 'stopped', ready: false });
});

it('going back takes back what a cure changed of the plan since, and brings it again with a later snapshot', async () => {
  const { open, guest } = await computer();
  const core = await open();
  const cloud = await created(core);
  const { clouds } = core.services;
  await taken(core, cloud, 'before');
  await writeFile(join(guest(cloud).root, 'slow'), '');
  await clouds.act(cloud.id, 'again');
  expect(await ended(core, cloud)).toMatchObject({ run: { state: 'failed', remedy: { action: { id: 'patience' } } } });
  await clouds.retry(cloud.id, 'patience');
  const cured = await ended(core, cloud);
  const then = cloud.plan;
  const patient = { ...then, recipe: { ...then.recipe, options: { ...then.recipe.options, patience: 60 } } };
  expect(cured.plan).toEqual(patient);
  await taken(core, cloud, 'after');

  expect((await goneBack(core, cloud, 'before')).plan).toEqual(then);
  // The cure is one again, since the plan is as it was.
  await clouds.act(cloud.id, 'again');
  expect(await ended(core, cloud)).toMatchObject({ run: { state: 'failed', remedy: { action: { id: 'patience' } } } });
  expect((await goneBack(core, cloud, 'after')).plan).toEqual(patient);
  expect((await goneBack(core, cloud, 'before')).plan).toEqual(then);
  await core.close();
  const second = await open();
  expect(second.services.clouds.get(cloud.id).plan).toEqual(then);
  expect((await goneBack(second, cloud, 'after')).plan).toEqual(patient);
});

it('a snapshot of an earlier version, which kept no options, leaves the plan as it is', async () => {
  const { open } = await computer();
  const core = await open();
  const cloud = await created(core);
  await taken(core, cloud, 'old');
  const live = core.services.clouds.find(cloud.id);
  const [[id, { options, ...old }]] = z
    .tuple([z.tuple([z.string(), z.looseObject({ options: z.json() })])])
    .parse(Object.entries(live.fact('snapshots') ?? {}));
  expect(options).toEqual({ patience: 5 });
  await live.keepFact('snapshots', { [id]: z.json().parse(old) });
  await live.setOptions({ patience: 60 });
  expect(await goneBack(core, cloud, 'old')).toMatchObject({
    ready: true,
    plan: { recipe: { options: { patience: 60 } } },
  });
});
