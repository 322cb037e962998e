/** "Try it" in the life of a cloud: who may, what it changes, and that it survives what other runs survive. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Cloud } from '../../../main/contract/models';
import type { Core } from '../../../main/core/open';
import { OpenStackCloud } from '../../support/openstack/cloud';
import { tempFolder } from '../../support/temp';
import { computer, created, deleted, ended, plan, type Computer } from '../lifecycle/kit';

const LONG = { timeout: 60_000 };

/** A ready cloud whose machine has a Keystone. */
async function keystone(): Promise<Computer & { core: Core; cloud: Cloud; openstack: OpenStackCloud }> {
  const place = await computer();
  const core = await place.open();
  const cloud = await created(core);
  const { root } = place.guest(cloud);
  const folder = await tempFolder();
  const openstack = await OpenStackCloud.make(folder, { services: ['identity'] });
  await cp(join(folder, 'programs', 'openstack'), join(root, 'bin', 'openstack'));
  await cp(openstack.openrc, join(root, 'etc', 'admin-openrc'));
  return { ...place, core, cloud, openstack };
}

it('a cloud that works is as ready afterwards as before, and its result stays with it', LONG, async () => {
  const { core, cloud, open, openstack } = await keystone();
  const { clouds } = core.services;
  expect(() => clouds.report(cloud.id, 'html')).toThrow('was not tried yet');
  expect(await clouds.tryOut(cloud.id)).toMatchObject({ state: 'working', run: { kind: 'try', state: 'running' } });
  const after = await ended(core, cloud);
  expect(after).toMatchObject({ state: 'running', ready: true, run: { state: 'done' }, tried: { state: 'passed' } });
  expect(await openstack.left()).toEqual([]);
  expect(clouds.report(cloud.id, 'junit').text).toContain('<testsuite name="lab-1"');
  await core.close();
  const again = await open();
  expect(again.services.clouds.get(cloud.id).tried).toEqual(after.tried);
  await again.services.clouds.stop(cloud.id, false);
  expect((await ended(again, cloud)).tried).toEqual(after.tried);
  await expect(again.services.clouds.tryOut(cloud.id)).rejects.toMatchObject({
    code: 'conflict',
    facts: { hint: 'Start it first.' },
  });
});

it('a cloud that does not work stays up, and is tried from the start again', LONG, async () => {
  const { core, cloud, openstack } = await keystone();
  const { clouds } = core.services;
  await openstack.behave({ at: { 'openstack user create': { code: 1 } } });
  await clouds.tryOut(cloud.id);
  const failed = await ended(core, cloud);
  expect(failed).toMatchObject({ state: 'running', ready: true, run: { state: 'failed' }, tried: { state: 'failed' } });
  expect(await openstack.left()).toEqual([]);
  await openstack.behave({});
  await clouds.retry(cloud.id);
  const after = await ended(core, cloud);
  expect(after).toMatchObject({ run: { kind: 'try', state: 'done' }, tried: { state: 'passed' } });
  expect(after.run?.id).not.toBe(failed.run?.id);
});

it('only a cloud with an OpenStack that is ready is tried', LONG, async () => {
  const { core, cloud } = await keystone();
  const { clouds } = core.services;
  const plain = await created(core, plan('plain-1', 'plain-machine'));
  await expect(clouds.tryOut(plain.id)).rejects.toMatchObject({ code: 'not-found' });
  await clouds.act(cloud.id, 'down');
  await expect(clouds.tryOut(cloud.id)).rejects.toMatchObject({ code: 'busy' });
  await ended(core, cloud);
  await expect(clouds.tryOut(cloud.id)).rejects.toMatchObject({ code: 'conflict' });
});

it('a cancel comes back when all is cleaned up; a delete does not wait for that', LONG, async () => {
  const { core, cloud, openstack } = await keystone();
  const { clouds } = core.services;
  await openstack.behave({ at: { 'openstack user create': { after: true } } });
  await clouds.tryOut(cloud.id);
  await expect.poll(() => openstack.called('openstack user create'), { timeout: 20_000 }).toHaveLength(1);
  expect(await clouds.cancel(cloud.id)).toMatchObject({ state: 'running', ready: true, run: { state: 'cancelled' } });
  expect(await openstack.left()).toEqual([]);
  await clouds.tryOut(cloud.id);
  await expect.poll(() => openstack.called('openstack user create'), { timeout: 20_000 }).toHaveLength(2);
  const asked = (await openstack.called('openstack')).length;
  await deleted(core, cloud);
  expect(clouds.list()).toEqual([]);
  expect(await openstack.called('openstack')).toHaveLength(asked);
});

it('a try goes on by itself when the app comes back', LONG, async () => {
  const { core, cloud, open, openstack } = await keystone();
  await openstack.behave({ at: { 'openstack user create': { after: true } } });
  await core.services.clouds.tryOut(cloud.id);
  await expect.poll(() => openstack.called('openstack user create'), { timeout: 20_000 }).toHaveLength(1);
  await core.close();
  await openstack.behave({});
  const second = await open();
  expect(await ended(second, cloud)).toMatchObject({
    state: 'running',
    run: { state: 'done' },
    tried: { state: 'passed' },
  });
  expect(await openstack.left()).toEqual([]);
});
