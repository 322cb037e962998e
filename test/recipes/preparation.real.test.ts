/** What recipes do to a machine before they ask any server but the distribution's, in a real guest: one boot for all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SshGuest } from '../../main/guest/ssh';
import { kollaAnsible } from '../../main/recipes/kolla-ansible';
import { openstackAnsible } from '../../main/recipes/openstack-ansible';
import { followOutput } from '../../main/recipes/progress';
import type { Recipe, RecipeContext } from '../../main/recipes/types';
import { bootGuest, connectBooted, type BootedGuest } from '../support/boot-guest';

/** GiB; OpenStack-Ansible wants 50 of them free. Only what is written takes room here. */
const DISK = 64;

let booted: BootedGuest;
let guest: SshGuest;

beforeAll(async () => {
  booted = await bootGuest(DISK);
  guest = await connectBooted(booted);
}, 400_000);

afterAll(async () => {
  guest.close();
  await booted.end();
});

/** Runs the recipe's first step as the app does. */
async function prepare(recipe: Recipe): Promise<{ end: object; progress: object; tail: string }> {
  const { id, steps, errors, title } = recipe.data;
  const [step] = steps;
  if (step?.id !== 'prepare') throw new Error(`${title} does not begin with its preparation.`);
  const context = { attachment: { address: booted.host }, options: recipe.options.parse({}), passwords: {}, guest };
  const env = await recipe.env(context as unknown as RecipeContext, step.id);
  const name = `stackbox-test-${id}`;
  await guest.startJob({ name, script: recipe.script(step.script), env });
  const output = followOutput(step, errors);
  let progress = {};
  const take = (text: string): void => {
    progress = output.push(text);
  };
  const end = await guest.followJob(name, 0, take, AbortSignal.timeout(600_000));
  return { end, progress, tail: output.tail() };
}

async function inGuest(...words: string[]): Promise<string> {
  const { stdout, stderr } = await guest.exec(words, { root: true });
  return stdout + stderr;
}

describe('the preparation of a machine', { timeout: 700_000 }, () => {
  it('for Kolla-Ansible brings what pip builds with, and an interface for the outside network', async () => {
    const { end, progress, tail } = await prepare(kollaAnsible);
    expect(end, tail).toMatchObject({ exitCode: 0 });
    expect(progress).toMatchObject({ progress: 1 });
    expect(await inGuest('ip', '-br', 'link', 'show', 'up', 'dev', 'sbext0')).toContain('sbext0');
    expect(await inGuest('systemctl', 'is-enabled', 'stackbox-external.service')).toBe('enabled\n');
    expect(await inGuest('python3', '-c', 'import venv, ensurepip; print("well")')).toBe('well\n');
    expect(await inGuest('gcc', '-dumpversion')).toMatch(/^\d+/);
  });

  it('for OpenStack-Ansible brings the system up to date', async () => {
    const { end, progress, tail } = await prepare(openstackAnsible);
    expect(end, tail).toMatchObject({ exitCode: 0 });
    expect(progress).toMatchObject({ progress: 1 });
    expect(await inGuest('apt-get', '--simulate', '--quiet=2', 'dist-upgrade')).not.toMatch(/^Inst /m);
  });
});
