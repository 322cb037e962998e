import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Draft, Host, Image, PlanProblem } from '../../main/contract/models';
import { defaultOptions, splitSecrets } from '../../main/contract/option-values';
import { planSchema, type Plan } from '../../main/contract/plan';
import { recipeOptionSchema } from '../../main/contract/recipe-options';
import { LiveCloud } from '../../main/core/clouds/cloud';
import { newCloudRecord, newCloudSecrets, secretTexts } from '../../main/core/clouds/record';
import { problemsOf } from '../../main/core/plans/check';
import { draftPlan } from '../../main/core/plans/draft';
import { dataFolder } from '../../main/core/store/folders';
import { writeJson } from '../../main/core/store/atomic-json';
import { endpointsOf } from '../../main/recipes/endpoints';
import { keystonePackages } from '../../main/recipes/keystone-packages';
import { defineRecipe, type RecipeParts } from '../../main/recipes/load';
import { branchOption, fileOption, numberOption, switchOption } from '../../main/recipes/options';
import { plainMachine } from '../../main/recipes/plain-machine';
import { host, images } from '../fakes/fake-data';
import { optionRecipe } from '../fakes/option-recipe';
import { tempFolder } from '../support/temp';

const TOKEN = 'a-secret-token';

const parts = {
  recipes: [optionRecipe, keystonePackages],
  images: { list: (): Promise<Image[]> => Promise.resolve(images) },
  doctor: {
    host: (): Promise<Host> => Promise.resolve(host),
    findings: (): Promise<Draft['findings']> => Promise.resolve([]),
  },
} as unknown as Parameters<typeof problemsOf>[1];

function planWith(options: Record<string, unknown>, recipe = 'options'): Plan {
  return planSchema.parse({
    version: 1,
    name: 'x',
    recipe: { id: recipe, options },
    connection: 'libvirt-system',
    image: 'ubuntu-24.04',
    size: { cpus: 1, memoryMiB: 2048, diskGiB: 10 },
  });
}

function problems(options: Record<string, unknown>): Promise<PlanProblem[]> {
  return problemsOf(planWith({ token: TOKEN, ...options }), parts);
}

describe('the options of a recipe', () => {
  it('are described as plain data, in their order', () => {
    const fields = z.array(recipeOptionSchema).parse(JSON.parse(JSON.stringify(optionRecipe.fields)));
    expect(fields).toEqual(optionRecipe.fields);
    expect(fields.map(({ id, type }) => `${id}: ${type}`)).toEqual([
      'mirror: text',
      'notes: text',
      'workers: number',
      'debug: switch',
      'branch: choice',
      'plugins: choices',
      'token: secret',
      'key: secret',
    ]);
    expect(fields[2]).toMatchObject({ label: 'Workers', default: 2, min: 1, max: 8, unit: 'processes' });
  });

  it('are none for the recipes that need none', () => {
    expect(keystonePackages.fields).toEqual([]);
    expect(plainMachine.fields).toEqual([]);
  });

  it('may be left out, except for a secret that is required', () => {
    const parsed = optionRecipe.options.parse({ token: TOKEN });
    expect(parsed).toEqual({ ...defaultOptions(optionRecipe.fields), token: TOKEN, key: '' });
    expect(optionRecipe.options.safeParse({}).error?.issues.map(({ message }) => message)).toEqual([
      'Token is missing.',
    ]);
  });

  it.each([
    ['mirror', 'http://example.org', 'Mirror must be an address that starts with https://.'],
    ['mirror', 'https://x\nADMIN=1', 'Mirror must be one line of plain text.'],
    ['mirror', 7, 'Mirror must be a text.'],
    ['notes', 'x'.repeat(21), 'Notes has at most 20 characters.'],
    ['notes', '\0', 'Notes must be plain text.'],
    ['workers', 0, 'Workers must be a whole number from 1 to 8 processes.'],
    ['workers', 2.5, 'Workers must be a whole number'],
    ['workers', '2', 'Workers must be a whole number'],
    ['debug', 'true', 'Debug must be true or false.'],
    ['branch', 'constructor', 'Branch must be one of: stable, master.'],
    ['plugins', 'heat', 'Plugins must be some of: heat, manila.'],
    ['plugins', ['heat', 'x'], 'Plugins must be some of: heat, manila.'],
    ['plugins', ['heat', 'heat'], 'Plugins names something twice.'],
    ['token', '', 'Token is missing.'],
    ['token', 'short', 'Token has at least 8 characters.'],
    ['key', 'with spaces', 'Key must be letters and digits.'],
    ['wrokers', 1, 'The recipe Options has no option "wrokers".'],
    ['__proto__x', 1, 'has no option'],
  ])('are refused at the door with the field and a sentence: %s = %j', async (id, value, message) => {
    const [first] = await problems({ [id]: value });
    expect(first?.field).toMatch(new RegExp(`^recipe\\.options\\.${id}`));
    expect(first?.message).toContain(message);
    expect(first?.severity).toBe('problem');
  });

  it('pass when they are right, and the recipe has its word about what does not go together', async () => {
    expect(await problems({ plugins: ['manila'], notes: 'two\nlines', workers: 8, key: 'abcd1234' })).toEqual([]);
    expect(await problems({ branch: 'master' })).toEqual([
      { field: 'recipe.options.branch', message: 'Master is not for Ubuntu 24.04 LTS.', severity: 'problem' },
    ]);
  });

  it('of a recipe without any say so', async () => {
    const [first] = await problemsOf(planWith({ debug: true }, 'keystone-packages'), parts);
    expect(first).toMatchObject({ field: 'recipe.options.debug', hint: 'It has no options.' });
  });

  it('are in a draft with their defaults, and in the summary for the form', async () => {
    const { plan, recipes } = await draftPlan('options', parts, []);
    expect(plan.recipe.options).toEqual(defaultOptions(optionRecipe.fields));
    expect(recipes[0]?.options).toEqual(optionRecipe.fields);
  });

  it('choose the endpoints', () => {
    expect(endpointsOf(optionRecipe, { branch: 'stable' }).map(({ id }) => id)).toEqual(['api']);
    expect(endpointsOf(optionRecipe, { branch: 'master' }).map(({ id }) => id)).toEqual(['api', 'dashboard']);
    expect(endpointsOf(optionRecipe, {}).map(({ id }) => id)).toEqual(['api']);
  });
});

describe('a recipe whose options are wrong', () => {
  const define = (options: z.ZodObject, more: Partial<RecipeParts> = {}): unknown =>
    defineRecipe({
      folder: 'x',
      yaml: `id: x
title: X
summary: An example
services: []
images: [debian-12]
minutes: 1
least: { cpus: 1, memoryMiB: 1024, diskGiB: 5 }
presets: [{ id: a, title: A, size: { cpus: 1, memoryMiB: 1024, diskGiB: 5 } }]
steps: []
endpoints: []
credentials: []
`,
      scripts: {},
      options,
      env: () => ({}),
      proof: [],
      ...more,
    });

  it('is refused when a file or a branch is there without its code, or the other way round', () => {
    const file = fileOption({ label: 'File', fileName: 'x.conf' });
    const code = { generate: () => '', placeholders: {}, lint: () => [] };
    expect(() => define(z.strictObject({ file }), { files: { file: code } })).not.toThrow();
    expect(() => define(z.strictObject({ file }))).toThrow('index.ts: files: the option "file" is not there');
    expect(() => define(z.strictObject({}), { files: { file: code } })).toThrow('no such option "file"');
    const branch = branchOption({ label: 'Branch', default: 'main', choices: [{ value: 'main', label: 'Main' }] });
    expect(() => define(z.strictObject({ branch }))).toThrow('branches: the option "branch" is not there');
  });

  it('is refused with the name of the option', () => {
    expect(() => define(z.strictObject({ a: switchOption({ label: 'A', default: true }) }))).not.toThrow();
    expect(() => define(z.strictObject({ a: z.string() }))).toThrow('the option "a" has no description');
    expect(() => define(z.strictObject({ a: numberOption({ label: 'A', default: 0, min: 1, max: 2 }) }))).toThrow(
      'the default of the option "a": A must be a whole number from 1 to 2.',
    );
  });
});

describe('a secret option', () => {
  it('is in the file of secrets alone, hidden in logs, and there when the plan is carried out', async () => {
    const folder = dataFolder(await tempFolder()).cloud('c-000000000000');
    const { open, secret } = splitSecrets({ debug: true, token: TOKEN }, optionRecipe.fields);
    const wish = newCloudRecord(planWith(open), 'ubuntu');
    const secrets = newCloudSecrets(wish, optionRecipe, secret);
    await writeJson(folder.cloud, wish);
    const listener = { changed: () => undefined, command: () => undefined };
    const cloud = await LiveCloud.open({ wish, secrets, folder }, listener, () => undefined);
    try {
      expect(await readFile(folder.cloud, 'utf8')).not.toContain(TOKEN);
      expect(secretTexts(secrets)).toContain(TOKEN);
      expect(cloud.wish.plan.recipe.options).toEqual({ debug: true });
      expect(cloud.plan.recipe.options).toEqual({ debug: true, token: TOKEN });
      expect(optionRecipe.options.safeParse(cloud.plan.recipe.options).success).toBe(true);
    } finally {
      await cloud.close();
    }
  });
});
