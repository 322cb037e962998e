import { writeFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StackboxError } from '../../../main/contract/errors';
import type { FakeCall } from '../../fakes/fake-driver';
import { LONG, atStep, computer, created, deleted, ended, journalOf, plan, repeated, stateOf } from './kit';

const FULL = new StackboxError('no-room', 'There is no space left on the disk.', { hint: 'Delete an image.' });
const CALLS: readonly (readonly [string, FakeCall])[] = [
  ['disk', 'makeDisk'],
  ['network', 'makeNetwork'],
  ['seed', 'makeSeed'],
  ['define', 'define'],
  ['start', 'start'],
];

it('a hypervisor that refuses shows its reason and hint each time, and a retry goes on from there', LONG, async () => {
  const { open, hypervisor, folder } = await computer();
  const core = await open();
  const { clouds } = core.services;
  hypervisor.fail('makeDisk', FULL);
  let cloud = await created(core);
  for (const [index, [step, call]] of CALLS.entries()) {
    expect(cloud).toMatchObject({ state: 'attention', run: { state: 'failed', error: FULL.toRecord() } });
    expect(cloud.status).toContain('Failed: ');
    expect(stateOf(cloud.run, step)).toBe('failed');
    const next = CALLS[index + 1];
    if (next) hypervisor.fail(next[1], FULL);
    hypervisor.heal(call);
    cloud = await ended(core, await clouds.retry(cloud.id));
  }
  expect(cloud).toMatchObject({ state: 'running', ready: true });
  expect(cloud.run).not.toHaveProperty('error');
  expect(repeated(await journalOf(folder, cloud))).toEqual([]);
});

it('an error that quotes a password is shown without it', async () => {
  const { open, hypervisor, folder } = await computer();
  const core = await open();
  const held = new Promise<string>((resolve) => {
    atStep('define', 'running', ({ secrets }) => {
      const password = secrets.passwords['admin'] ?? '';
      const said = `admin:${password} is wrong`;
      hypervisor.fail('define', new StackboxError('hypervisor', said, { output: said, command: ['define', said] }));
      resolve(password);
    });
  });
  const cloud = await created(core);
  expect(cloud.run?.error?.message).toBe('admin:•••• is wrong');
  expect(JSON.stringify([cloud, await journalOf(folder, cloud)])).not.toContain(await held);
});

it('a defect of our own is shown as one, and the cloud can still be deleted', async () => {
  const { open, hypervisor } = await computer();
  const core = await open();
  hypervisor.fail('define', new TypeError('x is not a function'));
  const cloud = await created(core);
  expect(cloud.run).toMatchObject({ state: 'failed', error: { code: 'internal', message: 'x is not a function' } });
  await deleted(core, cloud);
  expect([...hypervisor.domains.keys(), ...hypervisor.things]).toEqual([]);
});

it('a journal on a full disk stops the run, and a retry goes on when there is room again', async () => {
  const { open } = await computer();
  const core = await open();
  atStep('network', 'done', () => {
    throw new StackboxError('storage', 'The journal could not be written. ENOSPC', { hint: 'Check the free space.' });
  });
  const cloud = await created(core);
  expect(cloud).toMatchObject({ state: 'attention', run: { state: 'failed', error: { code: 'storage' } } });
  expect(cloud.status).not.toBe('Failed: create');
  const after = await ended(core, await core.services.clouds.retry(cloud.id));
  expect(after).toMatchObject({ state: 'running', ready: true });
});

it('a failure of cloud-init shows its reason and log, and a retry goes on when it is cured', async () => {
  const { open, gates, guest } = await computer();
  const core = await open();
  const held = gates.hold('login');
  const cloud = await core.services.clouds.create(plan());
  await held.reached;
  await guest(cloud).cloudInitSays({ status: 'error', errors: ['No module named locale'] });
  held.open();
  const failed = await ended(core, cloud);
  expect(failed.run?.error).toMatchObject({
    code: 'guest-failed',
    message: 'cloud-init failed in the machine: No module named locale',
    hint: 'Its log is under Logs, cloud-init.',
  });
  expect(failed.run?.error?.output).toContain('cloud-init was here');
  await guest(cloud).cloudInitSays({ status: 'done' });
  await core.services.clouds.retry(cloud.id);
  expect(await ended(core, cloud)).toMatchObject({ state: 'running', ready: true });
});

it('a job that meets a known error shows cause and cure, and is run again from its start', async () => {
  const { open, gates, guest } = await computer();
  const core = await open();
  const held = gates.hold('install');
  const cloud = await core.services.clouds.create(plan());
  await held.reached;
  const full = join(guest(cloud).root, 'full');
  await writeFile(full, '');
  held.open();
  const failed = await ended(core, cloud);
  expect(failed.run).toMatchObject({
    state: 'failed',
    error: { code: 'guest-failed', exitCode: 1 },
    remedy: {
      cause: 'The disk of the machine is full.',
      cure: 'Make a larger disk.',
      action: { id: 'tidy', title: 'Tidy up and try again' },
    },
  });
  await rm(full);
  await core.services.clouds.retry(cloud.id);
  expect(await ended(core, cloud)).toMatchObject({ state: 'running', ready: true });
  expect(await guest(cloud).started()).toHaveLength(2);
});

it('a delete that fails keeps what is left in its ledger, and a retry removes it', async () => {
  const { open, hypervisor } = await computer();
  const core = await open();
  const cloud = await created(core);
  hypervisor.fail('remove', FULL);
  await deleted(core, cloud);
  expect(core.services.clouds.get(cloud.id)).toMatchObject({ state: 'attention', run: { error: { code: 'no-room' } } });
  hypervisor.heal('remove');
  await core.services.clouds.retry(cloud.id);
  await core.services.clouds.find(cloud.id).active?.ended;
  expect(core.services.clouds.list()).toEqual([]);
  expect([...hypervisor.domains.keys(), ...hypervisor.things]).toEqual([]);
});

it('a hypervisor that does not answer keeps nobody from opening Stackbox; the run can be tried again later', async () => {
  const { open, gates, hypervisor } = await computer();
  const first = await open();
  const held = gates.hold('define');
  const cloud = await first.services.clouds.create(plan());
  await held.reached;
  await first.close();
  held.open();
  const silent = new StackboxError('hypervisor', 'The hypervisor does not answer.', { hint: 'Start its service.' });
  hypervisor.fail('list', silent);
  hypervisor.fail('state', silent);

  const second = await open();
  expect(await ended(second, cloud)).toMatchObject({
    state: 'attention',
    run: { state: 'failed', error: silent.toRecord() },
  });
  hypervisor.heal('list');
  hypervisor.heal('state');
  await second.services.clouds.retry(cloud.id);
  expect(await ended(second, cloud)).toMatchObject({ state: 'running', ready: true });
});
