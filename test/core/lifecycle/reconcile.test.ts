import { expect, it } from 'vitest';
import type { Core } from '../../../main/core/open';
import type { Cloud } from '../../../main/contract/models';
import { computer, created, deleted, ended, plan } from './kit';

/** The next states of a cloud that its windows are told, up to the wanted one. */
async function seen(core: Core, { id }: Cloud, state: Cloud['state'], act: () => void): Promise<void> {
  const leave = new AbortController();
  let acted = false;
  for await (const event of core.services.subscribe(leave.signal)) {
    if (!acted) act();
    acted = true;
    if (event.type === 'cloud' && event.cloud.id === id && event.cloud.state === state) return;
  }
}

it('a machine that was powered off, started or removed behind our back is shown as it is', async () => {
  const { open, hypervisor } = await computer();
  const core = await open();
  const cloud = await created(core);
  const domain = cloud.machines[0]?.domain ?? '';
  await seen(core, cloud, 'stopped', () => hypervisor.change(domain, 'stopped'));
  await seen(core, cloud, 'running', () => hypervisor.change(domain, 'running'));
  await seen(core, cloud, 'gone', () => hypervisor.change(domain, 'missing'));
  await deleted(core, cloud);
  expect(core.services.clouds.list()).toEqual([]);
  expect([...hypervisor.things]).toEqual([]);
});

it('a machine that vanished while Stackbox was closed is shown as gone, and a start says why it cannot', async () => {
  const { open, hypervisor } = await computer();
  const first = await open();
  const cloud = await created(first);
  await first.close();
  hypervisor.change(cloud.machines[0]?.domain ?? '', 'missing');

  const second = await open();
  expect(second.services.clouds.get(cloud.id)).toMatchObject({ state: 'gone', run: { state: 'done' } });
  await second.services.clouds.start(cloud.id);
  expect((await ended(second, cloud)).run).toMatchObject({ state: 'failed', error: { code: 'not-found' } });
});

it('a machine that vanished in the middle of its create is made again', async () => {
  const { open, gates, hypervisor } = await computer();
  const core = await open();
  const held = gates.hold('cloud-init');
  const cloud = await core.services.clouds.create(plan());
  await held.reached;
  await core.services.clouds.cancel(cloud.id);
  held.open();
  hypervisor.change(cloud.machines[0]?.domain ?? '', 'missing');
  await core.services.clouds.retry(cloud.id);
  expect(await ended(core, cloud)).toMatchObject({ state: 'running', ready: true });
  expect(hypervisor.calls.filter((call) => call.startsWith('define '))).toHaveLength(2);
});

it("somebody else's domain with our name is a conflict, and is never touched", async () => {
  const { open, gates, hypervisor } = await computer();
  const core = await open();
  const held = gates.hold('define');
  const cloud = await core.services.clouds.create(plan());
  await held.reached;
  const domain = cloud.machines[0]?.domain ?? '';
  const theirs = { machineId: 'theirs', cloudId: 'theirs', ours: false, state: 'running' } as const;
  hypervisor.domains.set(domain, { ...theirs });
  held.open();
  const failed = await ended(core, cloud);
  expect(failed.run).toMatchObject({ state: 'failed', error: { code: 'conflict' } });

  await deleted(core, cloud);
  expect(core.services.clouds.list()).toEqual([]);
  expect([...hypervisor.domains]).toEqual([[domain, theirs]]);
  expect([...hypervisor.things]).toEqual([]);
});
