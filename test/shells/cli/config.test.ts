import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRecipe, recipes as realRecipes } from '../../../main/recipes';
import { FakeCore } from '../../fakes/fake-api';
import { recipes } from '../../fakes/fake-data';
import { tempFolder } from '../../support/temp';
import { stackbox } from './run-stackbox';

function core(): FakeCore {
  return new FakeCore({
    realRecipes,
    recipes: recipes.map((recipe) => ({ ...recipe, options: [...(findRecipe(recipe.id)?.fields ?? [])] })),
  });
}

describe('a configuration file on the command line', () => {
  it('is printed, changed in an editor and given back as edits, which a plan file carries on', async () => {
    const fake = core();
    const printed = await stackbox(['config', '--option', 'preset=identity'], { core: fake });
    expect(printed).toMatchObject({ code: 0, err: '' });
    expect(printed.out).toContain('\nADMIN_PASSWORD={{ADMIN_PASSWORD}}\n');
    expect(printed.out).not.toContain('horizon');

    const folder = await tempFolder();
    const file = join(folder, 'local.conf');
    await writeFile(file, printed.out.replace('API_WORKERS=2', 'API_WORKERS=7').replaceAll('\n', '\r\n'));
    const flags = ['--option', 'preset=identity', '--config', `localConf=${file}`];
    expect((await stackbox(['create', '--no-wait', ...flags], { core: fake, ownCore: false })).code).toBe(0);
    const edits = fake.plans[0]?.recipe.options['localConf'];
    expect(edits).toMatchObject([{ remove: ['API_WORKERS=2'], add: ['API_WORKERS=7'] }]);

    // The same plan with another form: the edit is still in it.
    const plan = join(folder, 'plan.yaml');
    await writeFile(plan, JSON.stringify({ recipe: { id: 'devstack', options: { localConf: edits } } }));
    const other = await stackbox(['config', '--plan', plan], { core: fake });
    expect(other.out).toContain('\nAPI_WORKERS=7\n');
    expect(other.out).toContain('horizon');
    const generated = await stackbox(['config', 'localConf', '--generated', '--plan', plan], { core: fake });
    expect(generated.out).toContain('\nAPI_WORKERS=2\n');
  });

  it('takes lines for its end as before', async () => {
    const { out } = await stackbox(['config', '--option', 'localConf=MY_OWN=1'], { core: core() });
    expect(out).toMatch(/\nMY_OWN=1\n$/);
  });

  it('reads a changed file from standard input', async () => {
    const fake = core();
    const { out } = await stackbox(['config'], { core: fake });
    const stdin = out.replace('VERBOSE=True', 'VERBOSE=True\nMY_OWN=1');
    const { code } = await stackbox(['create', '--no-wait', '--config', 'localConf=-'], {
      core: fake,
      ownCore: false,
      stdin,
    });
    expect(code).toBe(0);
    expect(fake.plans[0]?.recipe.options['localConf']).toMatchObject([{ remove: [], add: ['MY_OWN=1'] }]);
  });

  it('is given as JSON to a script', async () => {
    const { out } = await stackbox(['config', '--json', '--option', 'localConf=A = 1'], { core: core() });
    expect(JSON.parse(out)).toMatchObject({ findings: [{ severity: 'problem', fix: { title: 'Remove the spaces' } }] });
  });

  it.each([
    [['config', 'nothing'], 3, 'It has: localConf.'],
    [['config', '--recipe', 'keystone-packages'], 3, 'has no configuration file'],
    [['config', '--option', 'gitBase=ext::sh'], 2, 'Git server must be an address'],
    [['create', '--config', 'localConf=/no/such/file'], 3, '/no/such/file could not be read'],
    [['create', '--config', 'localConf'], 2, 'Write it as key=value'],
  ])('refuses %j', async (args, code, message) => {
    const fake = core();
    const ended = await stackbox(args, { core: fake });
    expect(ended).toMatchObject({ code, err: expect.stringContaining(message) });
    expect(fake.plans).toEqual([]);
  });
});
