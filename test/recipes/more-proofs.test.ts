import { describe, expect, it } from 'vitest';
import type { Guest, GuestResult } from '../../main/guest/guest';
import { kollaAnsible } from '../../main/recipes/kolla-ansible';
import { openstackAnsible } from '../../main/recipes/openstack-ansible';
import { rdo } from '../../main/recipes/rdo';
import { sunbeam } from '../../main/recipes/sunbeam';
import type { Recipe, RecipeContext } from '../../main/recipes/types';

const FORM = '<form><input name="csrfmiddlewaretoken"><input type="text" name="username"></form>';
const CATALOGUE = ['identity', 'image', 'compute', 'placement', 'network', 'volumev3', 'object-store', 'orchestration'];

interface Answers {
  readonly catalogue?: readonly string[];
  readonly compute?: readonly { Binary: string; State: string }[];
  readonly page?: string;
}

/** A cloud that answers as a whole one does, except for what is given. */
function cloud(recipe: Recipe, options: Record<string, unknown>, answers: Answers = {}) {
  const commands: string[] = [];
  const { catalogue = CATALOGUE, compute = [{ Binary: 'nova-compute', State: 'up' }], page = FORM } = answers;
  const answer = (words: string): string => {
    if (words.startsWith('curl ')) return page;
    if (words.includes('token issue')) return JSON.stringify({ expires: '2026-11-21T12:00:00+0000' });
    if (words.includes('catalog list')) return JSON.stringify(catalogue.map((Type) => ({ Type })));
    return JSON.stringify(compute);
  };
  const guest: Pick<Guest, 'exec'> = {
    exec(argv): Promise<GuestResult> {
      commands.push(argv.join(' '));
      return Promise.resolve({ exitCode: 0, stdout: answer(argv.join(' ')), stderr: '' });
    },
  };
  const context = {
    guest,
    attachment: { address: '192.168.130.10' },
    options: recipe.options.parse(options),
    passwords: { admin: 'Admin123' },
    signal: new AbortController().signal,
  } as unknown as RecipeContext;
  const checks = recipe.proof.filter((check) => check.when?.(context.options) ?? true);
  const run = async (): Promise<string[]> => {
    for (const check of checks) await check.run(context);
    return checks.map(({ id }) => id);
  };
  return { commands, run };
}

const ALL = ['token', 'catalogue', 'compute', 'dashboard'];

describe.each([
  [rdo, {}, ALL],
  [rdo, { preset: 'compute' }, ['token', 'catalogue', 'compute']],
  [rdo, { preset: 'full' }, ALL],
  [kollaAnsible, { heat: true }, ALL],
  [openstackAnsible, { scenario: 'aio_metal_ceph' }, ALL],
  [sunbeam, {}, ['token', 'catalogue', 'compute']],
] as const)('a cloud of $data.id with %j', (recipe, options, checks) => {
  it('is proved by what a person would ask of it, without its password in a command', async () => {
    const { commands, run } = cloud(recipe, options);
    expect(await run()).toEqual(checks);
    expect(commands.join('\n')).not.toContain('Admin123');
  });

  it('is not proved when an answer is wrong', async () => {
    const refusal = (answers: Answers): Promise<unknown> => cloud(recipe, options, answers).run();
    await expect(refusal({ catalogue: CATALOGUE.slice(0, 4) })).rejects.toThrow('no service of the type "network"');
    await expect(refusal({ compute: [] })).rejects.toThrow('There is no nova-compute.');
    await expect(refusal({ compute: [{ Binary: 'nova-compute', State: 'down' }] })).rejects.toThrow('is down');
  });
});

describe('what a plan leads to', () => {
  it.each([rdo, kollaAnsible, openstackAnsible])(
    'is not proved by a dashboard without its form (%#)',
    async (recipe) => {
      await expect(cloud(recipe, {}, { page: '<html>' }).run()).rejects.toThrow('without its login form');
    },
  );

  it('is proved too: Heat when it was asked for, Swift in the full set', async () => {
    const without = (gone: string): Answers => ({ catalogue: CATALOGUE.filter((type) => type !== gone) });
    await expect(cloud(kollaAnsible, { heat: true }, without('orchestration')).run()).rejects.toThrow('orchestration');
    expect(await cloud(kollaAnsible, {}, without('orchestration')).run()).toEqual(ALL);
    await expect(cloud(rdo, { preset: 'full' }, without('object-store')).run()).rejects.toThrow('object-store');
    expect(await cloud(rdo, {}, without('object-store')).run()).toEqual(ALL);
  });

  it('asks a dashboard that has a certificate of its own all the same', async () => {
    const { commands, run } = cloud(openstackAnsible, {});
    await run();
    expect(commands.at(-1)).toContain('--insecure https://192.168.130.10/');
  });
});
