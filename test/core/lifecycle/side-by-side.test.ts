import { expect, it } from 'vitest';
import { planSchema } from '../../../main/contract/plan';
import { followRun } from '../../../main/shells/cli/follow-run';
import { findRunning, ownBackend } from '../../../main/shells/cli/backend';
import { computer, created, deleted, ended, plan } from './kit';

it('a second Stackbox on the same folder is refused in words, and the first is not disturbed', async () => {
  const { open } = await computer();
  const first = await open();
  await expect(open()).rejects.toMatchObject({
    code: 'locked',
    message: expect.stringContaining('Another Stackbox'),
    facts: { hint: 'Use its window, or end it first.' },
  });
  expect(await created(first)).toMatchObject({ ready: true });
  await first.close();
  expect((await open()).services.clouds.list()).toHaveLength(1);
});

it('two clouds that are created at the same time have names, domains, folders and ports of their own', async () => {
  const { open, hypervisor } = await computer();
  const core = await open();
  const { clouds } = core.services;
  const begun = await Promise.all([clouds.create(plan('lab-1')), clouds.create(plan('lab-2'))]);
  const [one, two] = await Promise.all(begun.map((cloud) => ended(core, cloud)));
  if (!one || !two) throw new Error('A cloud is lost.');
  for (const cloud of [one, two]) expect(cloud).toMatchObject({ state: 'running', ready: true });
  for (const key of ['id', 'domain', 'hostname'] as const) {
    expect(one.machines[0]?.[key]).not.toBe(two.machines[0]?.[key]);
  }
  expect(one.machines[0]?.ssh?.port).not.toBe(two.machines[0]?.ssh?.port);
  expect(one.machines[0]?.ssh?.command).not.toBe(two.machines[0]?.ssh?.command);

  await deleted(core, one);
  expect(clouds.get(two.id)).toMatchObject({ state: 'running' });
  expect([...hypervisor.domains.keys()]).toEqual([two.machines[0]?.domain]);
  expect(await (await clouds.guest(two.id)).exec(['echo', 'there'])).toMatchObject({ stdout: 'there\n' });
});

it.each([
  ['lab-1', 'lab-1'],
  ['lab-1', 'LAB-1'],
])('of %s and %s, asked for at the same moment, one is made and the other refused', async (one, other) => {
  const { open } = await computer();
  const core = await open();
  const { clouds } = core.services;
  const asked = await Promise.allSettled([clouds.create(plan(one)), clouds.create(plan(other))]);
  const refused = asked.filter((each) => each.status === 'rejected');
  expect(refused).toMatchObject([{ reason: { code: 'conflict', facts: { field: 'name' } } }]);
  expect(clouds.list()).toHaveLength(1);
});

it('a command that deletes what another one is creating is carried out to its end, though the other ends first', async () => {
  const { open, folder, gates, hypervisor } = await computer();
  const creating = ownBackend(await open(), { dataFolder: folder, windowFolder: folder });
  await creating.share();
  const { api: ownApi } = creating;
  const held = gates.hold('cloud-init');
  const { id: cloudId } = await ownApi.clouds.create({ plan: planSchema.parse(plan()) });
  await held.reached;

  const beside = await findRunning(folder);
  if (!beside) throw new Error('Nobody serves.');
  const { api } = beside.backend;
  const begun = await api.clouds.delete({ cloudId });
  const closed = creating.close();
  expect(await followRun(begun, { api, io: process, cancelOnInterrupt: false, quiet: true })).toMatchObject({
    state: 'done',
  });
  await beside.backend.close();
  await closed;
  expect([...hypervisor.domains.keys(), ...hypervisor.things]).toEqual([]);
});
