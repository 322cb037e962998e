import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { journalRecordSchema } from '../../../main/core/run/records';
import { LONG, atStep, computer, created, ended, journalOf, plan, repeated, stateOf, toldToEnd } from './kit';

it('an action runs its jobs anew, shows them as a run, and proves the cloud again', async () => {
  const { open, guest, hypervisor } = await computer();
  const core = await open();
  const { clouds } = core.services;
  const cloud = await created(core);
  expect(cloud.actions).toEqual([
    { id: 'again', title: 'Do it again', help: 'Installs it once more.', confirm: 'All data.' },
    expect.objectContaining({ id: 'down' }),
  ]);
  const begun = await clouds.act(cloud.id, 'again');
  expect(begun).toMatchObject({ state: 'working', run: { kind: 'action', action: { title: 'Do it again' } } });
  const after = await ended(core, cloud);
  expect(after).toMatchObject({ state: 'running', status: 'Running', ready: true, run: { state: 'done' } });
  expect(after.run?.steps.map(({ id }) => id)).toEqual([
    ...['start', 'console', 'ssh', 'login', 'cloud-init', 'sudo'],
    ...['begin-action', 'install', 'proof-answers', 'card'],
  ]);
  expect(await guest(cloud).started()).toEqual(['stackbox-lab-install', 'stackbox-lab-install']);
  expect(hypervisor.calls.filter((call) => call.startsWith('makeDisk '))).toHaveLength(1);
});

it('a cloud that was taken down says so until it is brought back, also after stop and start', async () => {
  const { open } = await computer();
  const core = await open();
  const { clouds } = core.services;
  const cloud = await created(core);
  const down = { state: 'attention', status: 'It was taken down', ready: false, endpoints: [] };
  await clouds.act(cloud.id, 'down');
  expect(await ended(core, cloud)).toMatchObject({ ...down, run: { state: 'done' } });
  await clouds.stop(cloud.id, false);
  expect(await ended(core, cloud)).toMatchObject({ state: 'stopped' });
  await clouds.start(cloud.id);
  const started = await ended(core, cloud);
  expect(started).toMatchObject(down);
  expect(started.run?.steps.map(({ id }) => id)).not.toContain('proof-answers');
  await clouds.act(cloud.id, 'again');
  expect(await ended(core, cloud)).toMatchObject({ state: 'running', ready: true });
});

it('an action of a stopped cloud starts its machine first', async () => {
  const { open } = await computer();
  const core = await open();
  const cloud = await created(core);
  await core.services.clouds.stop(cloud.id, false);
  await ended(core, cloud);
  await core.services.clouds.act(cloud.id, 'again');
  expect(await ended(core, cloud)).toMatchObject({ state: 'running', ready: true });
});

it('an action is refused when the recipe has none of that name, and before there is something to do it with', async () => {
  const { open, gates } = await computer();
  const core = await open();
  const { clouds } = core.services;
  const cloud = await created(core);
  await expect(clouds.act(cloud.id, '$(touch x)')).rejects.toMatchObject({
    code: 'not-found',
    facts: { hint: 'It has: again, down.' },
  });
  const held = gates.hold('install');
  const other = await clouds.create(plan('lab-2'));
  await held.reached;
  await expect(clouds.act(other.id, 'again')).rejects.toMatchObject({ code: 'busy' });
  await clouds.cancel(other.id);
  held.open();
  expect(clouds.get(other.id).actions).toEqual([]);
  await expect(clouds.act(other.id, 'again')).rejects.toMatchObject({ code: 'conflict' });
});

it('an action that was cancelled leaves the cloud as not ready, and goes on from there', async () => {
  const { open, gates } = await computer();
  const core = await open();
  const { clouds } = core.services;
  const cloud = await created(core);
  const held = gates.hold('install');
  await clouds.act(cloud.id, 'again');
  await held.reached;
  expect(await clouds.cancel(cloud.id)).toMatchObject({ state: 'attention', status: 'Cancelled', ready: false });
  held.open();
  await clouds.retry(cloud.id);
  expect(await ended(core, cloud)).toMatchObject({ state: 'running', ready: true, run: { kind: 'action' } });
});

it('when the app is closed at each step of an action, the next start goes on and repeats nothing', LONG, async () => {
  const { open, folder, guest } = await computer();
  let core = await open({ resume: false });
  const cloud = await created(core);
  const before = (await journalOf(folder, cloud)).length;
  for (const step of ['start', 'login', 'begin-action', 'install', 'proof-answers', 'card']) {
    const now = core;
    let closed = Promise.resolve();
    atStep(step, 'running', async ({ active }) => {
      closed = now.close();
      await toldToEnd(active);
    });
    if (now.services.clouds.get(cloud.id).run?.kind === 'action') await now.services.clouds.retry(cloud.id);
    else await now.services.clouds.act(cloud.id, 'again');
    await ended(now, cloud);
    await closed;
    core = await open({ resume: false });
    expect(core.services.clouds.get(cloud.id), step).toMatchObject({ status: 'Interrupted', run: { kind: 'action' } });
  }
  await core.close();
  const last = await open();
  expect(await ended(last, cloud)).toMatchObject({ state: 'running', ready: true });
  expect(repeated((await journalOf(folder, cloud)).slice(before))).toEqual([]);
  expect(await guest(cloud).started()).toHaveLength(2);
});

it('what an earlier run left at work in the machine is ended before an action begins', async () => {
  const { open, guest } = await computer();
  const core = await open();
  const { clouds } = core.services;
  const cloud = await created(core);
  const { root } = guest(cloud);
  execFileSync('mkfifo', [join(root, 'wait')]);
  await clouds.act(cloud.id, 'again');
  await expect.poll(() => guest(cloud).started(), { timeout: 10_000 }).toHaveLength(2);
  await core.close();
  const second = await open({ resume: false });
  await second.services.clouds.act(cloud.id, 'down');
  const after = await ended(second, cloud);
  expect(after).toMatchObject({ status: 'It was taken down' });
  expect(stateOf(after.run, 'begin-action')).toBe('done');
  expect(await readdir(join(root, 'units'))).toEqual([]);
});

it('a terminal is signed in as one of the users that the recipe names', async () => {
  const { open } = await computer();
  const core = await open();
  const { clouds } = core.services;
  const lab = await created(core);
  const plain = await created(core, plan('plain-1', 'plain-machine'));
  expect(lab.accounts.map(({ id }) => id)).toEqual(['admin', 'demo']);
  expect([clouds.openrc(lab.id), clouds.openrc(lab.id, 'demo')]).toEqual(['/etc/admin-openrc', '/etc/demo-openrc']);
  expect(() => clouds.openrc(lab.id, 'root')).toThrow('has no user "root"');
  expect(() => clouds.openrc(plain.id)).toThrow('has no OpenStack command line');
});

it('a journal of a time without actions can be read', () => {
  const old = [
    { at: 1, type: 'run-started', runId: 'r-1', kind: 'create', steps: [{ id: 'a', title: 'A', group: 'G' }] },
    { at: 2, type: 'fact', key: 'jobs', value: { install: { logStart: 0, copyStart: 0 } } },
    { at: 3, type: 'run-ended', runId: 'r-1', state: 'failed', remedy: { cause: 'x', cure: 'y' } },
  ];
  for (const record of old) expect(journalRecordSchema.safeParse(record).success).toBe(true);
});
