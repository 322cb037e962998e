import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Cloud } from '../../../main/contract/models';
import type { Core } from '../../../main/core/open';
import { atStep, computer, ended, plan, stateOf, toldToEnd, type Computer } from './kit';

/** A cloud whose install meets what a file in its guest stands for. */
async function failing(on: Computer, core: Core, file: string): Promise<Cloud> {
  const held = on.gates.hold('install');
  const cloud = await core.services.clouds.create(plan());
  await held.reached;
  await writeFile(join(on.guest(cloud).root, file), '');
  held.open();
  return ended(core, cloud);
}

it('a cure is offered with the failure, and runs as a step before the failed one is repeated', async () => {
  const on = await computer();
  const core = await on.open();
  const failed = await failing(on, core, 'full');
  expect(failed.run?.remedy?.action).toEqual({ id: 'tidy', title: 'Tidy up and try again' });
  await core.services.clouds.retry(failed.id, 'tidy');
  const cloud = await ended(core, failed);
  expect(cloud).toMatchObject({ state: 'running', ready: true });
  const ids = cloud.run?.steps.map(({ id }) => id) ?? [];
  expect(ids.slice(ids.indexOf('cure-tidy-tidy')).slice(0, 2)).toEqual(['cure-tidy-tidy', 'install']);
  expect(stateOf(cloud.run, 'cure-tidy-tidy')).toBe('done');
  expect(await on.guest(cloud).started()).toEqual([
    ...['stackbox-lab-install', 'stackbox-lab-cure-tidy-tidy', 'stackbox-lab-install'],
  ]);
});

it('a cure helps once more when the same failure comes back', async () => {
  const on = await computer();
  const core = await on.open();
  const failed = await failing(on, core, 'full');
  atStep('cure-tidy-tidy', 'done', () => writeFile(join(on.guest(failed).root, 'full'), ''));
  await core.services.clouds.retry(failed.id, 'tidy');
  expect(await ended(core, failed)).toMatchObject({ run: { state: 'failed', remedy: { action: { id: 'tidy' } } } });
  await core.services.clouds.retry(failed.id, 'tidy');
  const cloud = await ended(core, failed);
  expect(cloud).toMatchObject({ state: 'running', ready: true });
  expect(cloud.run?.steps.filter(({ id }) => id === 'cure-tidy-tidy')).toHaveLength(1);
  expect((await on.guest(cloud).started()).filter((job) => job.includes('tidy'))).toHaveLength(2);
});

it('a cure may change an option of the plan for good, and is not offered again then', async () => {
  const on = await computer();
  const core = await on.open();
  const failed = await failing(on, core, 'slow');
  expect(failed.plan.recipe.options).toEqual({ patience: 5 });
  await core.services.clouds.retry(failed.id, 'patience');
  const cloud = await ended(core, failed);
  expect(cloud).toMatchObject({ ready: true, plan: { recipe: { options: { patience: 60 } } } });
  await core.close();
  const again = await on.open();
  expect(again.services.clouds.get(cloud.id).plan.recipe.options).toEqual({ patience: 60 });
});

it('only the cure that the failure offers can be asked for', async () => {
  const on = await computer();
  const core = await on.open();
  const failed = await failing(on, core, 'slow');
  for (const id of ['tidy', '$(touch x)', '__proto__']) {
    await expect(core.services.clouds.retry(failed.id, id)).rejects.toMatchObject({
      code: 'conflict',
      facts: { hint: '"patience" is: Give it time and try again.' },
    });
  }
  expect(core.services.clouds.get(failed.id)).toMatchObject({
    run: { state: 'failed', remedy: { cause: 'It is slow.' } },
  });
  await core.services.clouds.retry(failed.id);
  expect(await ended(core, failed)).toMatchObject({ run: { state: 'failed' } });
});

it('an app that is closed in the middle of a cure goes on with it', async () => {
  const on = await computer();
  const core = await on.open();
  const failed = await failing(on, core, 'full');
  let closed = Promise.resolve();
  atStep('cure-tidy-tidy', 'running', async ({ active }) => {
    closed = core.close();
    await toldToEnd(active);
  });
  await core.services.clouds.retry(failed.id, 'tidy');
  await ended(core, failed);
  await closed;
  const second = await on.open();
  expect(await ended(second, failed)).toMatchObject({ state: 'running', ready: true });
});
