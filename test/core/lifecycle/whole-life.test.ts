import { expect, it } from 'vitest';
import { CREATE_STEPS, computer, created, deleted, ended, journalOf, plan, repeated, stateOf } from './kit';

it('is created, used, stopped, started and deleted, and leaves nothing', async () => {
  const { hypervisor, open, guest, folder } = await computer();
  const core = await open();
  const { clouds, terminals } = core.services;

  const cloud = await created(core);
  expect(cloud.run?.error).toBeUndefined();
  expect(cloud).toMatchObject({ state: 'running', ready: true, run: { kind: 'create', state: 'done' } });
  expect(cloud.run?.steps.map(({ id }) => id)).toEqual(CREATE_STEPS);
  expect(cloud.endpoints).toMatchObject([{ id: 'api', url: 'http://127.0.0.1:45000/v3' }]);
  expect(repeated(await journalOf(folder, cloud))).toEqual([]);

  const { terminalId } = await terminals.open({ cloudId: cloud.id, kind: 'shell', cols: 80, rows: 24 });
  terminals.input(terminalId, 'hello');
  for await (const event of terminals.output(terminalId, 0)) {
    if (event.type === 'data' && event.text.includes('hello')) break;
  }
  expect(await (await clouds.guest(cloud.id)).exec(['echo', 'inside'])).toMatchObject({ stdout: 'inside\n' });

  await clouds.stop(cloud.id, false);
  expect(await ended(core, cloud)).toMatchObject({ state: 'stopped', ready: true });
  await expect(clouds.guest(cloud.id)).rejects.toMatchObject({ code: 'unreachable' });
  await clouds.start(cloud.id);
  expect(await ended(core, cloud)).toMatchObject({ state: 'running', run: { kind: 'start', state: 'done' } });
  expect(await guest(cloud).started()).toEqual(['stackbox-lab-install']);

  await deleted(core, cloud);
  expect(clouds.list()).toEqual([]);
  expect([...hypervisor.domains.keys(), ...hypervisor.things]).toEqual([]);
  // The image stays for the next one.
  const next = await created(core, plan('lab-1', 'plain-machine'));
  expect(next).toMatchObject({ state: 'running', ready: true });
  expect(stateOf(next.run, 'image')).toBe('skipped');
});
