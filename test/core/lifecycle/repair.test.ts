import { setTimeout as sleep } from 'node:timers/promises';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Cloud } from '../../../main/contract/models';
import type { Core } from '../../../main/core/open';
import { computer, created, ended, journalOf, stateOf } from './kit';

async function stopped(core: Core): Promise<Cloud> {
  const cloud = await created(core);
  await core.services.clouds.stop(cloud.id, false);
  return ended(core, cloud);
}

async function started(core: Core, { id }: Cloud): Promise<Cloud> {
  return ended(core, await core.services.clouds.start(id));
}

it('a start looks for what the boot took away, and skips the repair when nothing is missing', async () => {
  const { open, guest } = await computer();
  const core = await open();
  const cloud = await started(core, await stopped(core));
  expect(cloud).toMatchObject({ state: 'running', ready: true });
  expect(cloud.run?.steps.map(({ id }) => id).slice(-3)).toEqual(['repair-address', 'proof-answers', 'card']);
  expect(stateOf(cloud.run, 'repair-address')).toBe('skipped');
  expect(await guest(cloud).started()).toEqual(['stackbox-lab-install']);
});

it('a start brings back what is missing, and shows no password on the way', async () => {
  const { open, guest, folder } = await computer();
  const core = await open();
  const before = await stopped(core);
  const password = core.services.clouds.reveal(before.id, 'admin');
  await writeFile(join(guest(before).root, 'lost'), '');
  const cloud = await started(core, before);
  expect(cloud).toMatchObject({ state: 'running', ready: true });
  expect(stateOf(cloud.run, 'repair-address')).toBe('done');
  expect(await guest(cloud).started()).toContain('stackbox-lab-repair-address');
  const seen = [cloud, await journalOf(folder, cloud), [...core.services.clouds.find(cloud.id).commands.list()]];
  expect(JSON.stringify(seen)).not.toContain(password);
});

it('a repair that does not help is a failure that says what is missing, and can be tried again', async () => {
  const { open, guest } = await computer();
  const core = await open();
  const before = await stopped(core);
  const { root } = guest(before);
  for (const file of ['lost', 'hopeless']) await writeFile(join(root, file), '');
  const failed = await started(core, before);
  expect(failed).toMatchObject({ state: 'attention', run: { state: 'failed', error: { code: 'guest-failed' } } });
  expect(failed.run?.error?.message).toBe('"Bring the address back" did not help: The address is gone for ••••');
  await rm(join(root, 'hopeless'));
  await core.services.clouds.retry(before.id);
  expect(await ended(core, before)).toMatchObject({ state: 'running', ready: true });
});

it('a machine that goes off in the middle of a start is booted and looked at again', async () => {
  const { open, gates, guest, hypervisor } = await computer();
  const core = await open();
  const before = await stopped(core);
  const held = gates.hold('proof-answers');
  await core.services.clouds.start(before.id);
  await held.reached;
  await core.services.clouds.cancel(before.id);
  held.open();
  hypervisor.change(before.machines[0]?.domain ?? '', 'stopped');
  await guest(before).powerOff();
  await writeFile(join(guest(before).root, 'lost'), '');
  await core.services.clouds.retry(before.id);
  const cloud = await ended(core, before);
  expect(cloud).toMatchObject({ state: 'running', ready: true });
  expect(stateOf(cloud.run, 'repair-address')).toBe('done');
});

it('a machine that is rebooted from inside is looked after without being asked', async () => {
  const { open, guest } = await computer();
  const core = await open();
  const before = await created(core);
  await writeFile(join(guest(before).root, 'lost'), '');
  await guest(before).powerOff();
  await guest(before).powerOn();
  await expect.poll(() => core.services.clouds.get(before.id).run?.kind, { timeout: 15_000 }).toBe('start');
  const cloud = await ended(core, before);
  expect(cloud).toMatchObject({ state: 'running', ready: true });
  expect(stateOf(cloud.run, 'repair-address')).toBe('done');
});

it('a connection that was lost and comes back to the same boot begins nothing', async () => {
  const { open, guest, folder } = await computer();
  const core = await open();
  const cloud = await created(core);
  const { logins } = guest(cloud);
  guest(cloud).cut();
  await expect.poll(() => guest(cloud).logins, { timeout: 15_000 }).toBeGreaterThan(logins);
  // Longer than it takes to ask which boot this is, and to begin a run.
  await sleep(500);
  expect(core.services.clouds.get(cloud.id).run?.kind).toBe('create');
  expect((await journalOf(folder, cloud)).filter(({ type }) => type === 'run-started')).toHaveLength(1);
});
