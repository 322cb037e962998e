import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { StackboxError } from '../../main/contract/errors';
import type { Guest, GuestResult } from '../../main/guest/guest';
import { loadCatalogue } from '../../main/images/catalogue';
import { findRecipe, recipes } from '../../main/recipes';
import { defineRecipe } from '../../main/recipes/load';
import { followOutput } from '../../main/recipes/progress';
import type { Recipe, RecipeAccount, RecipeContext, RecipeJobStep } from '../../main/recipes/types';

const FIXTURES = join(import.meta.dirname, '../fixtures/recipes');

function stepOf(id: string): RecipeJobStep {
  const step = keystone().data.steps.find((one) => one.id === id);
  if (!step) throw new Error(`no step ${id}`);
  return step;
}

function keystone(): Recipe {
  const recipe = findRecipe('keystone-packages');
  if (!recipe) throw new Error('the recipe is gone');
  return recipe;
}

/** Real output of a job of `keystone-packages`: Debian 12, emulated, 2026-11-21; the mirror's name was changed. */
function recorded(step: string): string {
  return readFileSync(join(FIXTURES, `keystone-packages-debian-12-${step}.txt`), 'utf8');
}

describe('every recipe', () => {
  it.each(recipes.map((recipe) => [recipe.data.id, recipe] as const))('%s is whole', (id, recipe) => {
    const { data } = recipe;
    expect(findRecipe(id)).toBe(recipe);
    for (const step of data.steps) expect(recipe.script(step.script).length).toBeGreaterThan(0);
    for (const preset of data.presets) {
      for (const key of ['cpus', 'memoryMiB', 'diskGiB'] as const) {
        expect(preset.size[key], `${preset.id} ${key}`).toBeGreaterThanOrEqual(data.least[key]);
      }
    }
    expect(recipe.options.safeParse({}).success).toBe(true);
    expect(recipe.options.safeParse({ unknown: 1 }).success).toBe(false);
    expect(recipe.proof.length).toBeGreaterThan(0);
  });

  it.each(recipes.map(({ data }) => [data.id, data.images] as const))(
    '%s names images that there are',
    async (_, images) => {
      const known = new Set((await loadCatalogue()).map(({ id }) => id));
      expect(images.filter((id) => !known.has(id))).toEqual([]);
    },
  );

  it('exactly one is recommended', () => {
    expect(recipes.filter(({ data }) => data.recommended)).toHaveLength(1);
    expect(findRecipe('no-such-thing')).toBeUndefined();
    expect(findRecipe('__proto__')).toBeUndefined();
  });

  const scriptsOf = ({ data, actions, cures }: Recipe): string[] => [
    ...new Set(
      [...data.steps, ...data.repairs, ...[...actions, ...cures].flatMap(({ steps }) => steps)].map(
        ({ script }) => script,
      ),
    ),
    ...data.repairs.map(({ check }) => check),
  ];

  it.each(recipes.flatMap((recipe) => scriptsOf(recipe).map((script) => [script, recipe] as const)))(
    'script %s is sound bash that shows no secrets',
    (script, recipe) => {
      const text = recipe.script(script);
      execFileSync('bash', ['-n'], { input: text });
      expect(text).not.toMatch(/set -[a-z]*x|xtrace/);
      // Printed, or handed over as an argument of another program.
      expect(text).not.toMatch(/^\s*(?:echo|printf '[^']*') .*\$\{?\w*PASSWORD/m);
      expect(text).not.toMatch(/--\S*password[= ]/);
    },
  );
});

describe('a recipe that is wrong', () => {
  const good = `id: x
title: X
summary: An example
services: []
images: [debian-12]
minutes: 1
least: { cpus: 1, memoryMiB: 1024, diskGiB: 5 }
presets: [{ id: a, title: A, size: { cpus: 1, memoryMiB: 1024, diskGiB: 5 } }]
steps: [{ id: go, title: Go, script: go.sh, seconds: 1 }]
endpoints: []
credentials: []
`;
  const define = (yaml: string, scripts: Record<string, string> = { 'go.sh': 'true' }): Recipe =>
    defineRecipe({ folder: 'x', yaml, scripts, options: z.strictObject({}), env: () => ({}), proof: [] });

  it('is fine when nothing is wrong', () => {
    expect(define(good).script('go.sh')).toBe('true');
  });

  it('has one file for the administrator, or one for each of several users', () => {
    const withOpenrc = (openrc: string | RecipeAccount[]): Recipe['accounts'] =>
      defineRecipe({
        ...{ folder: 'x', yaml: good, scripts: { 'go.sh': 'true' }, options: z.strictObject({}), env: () => ({}) },
        ...{ proof: [], openrc },
      }).accounts;
    expect(withOpenrc('/etc/rc')).toEqual([{ id: 'admin', title: 'OpenStack as admin', file: '/etc/rc' }]);
    const demo = { id: 'demo', title: 'OpenStack as demo', file: '/etc/demo' };
    expect(withOpenrc([demo])).toEqual([demo]);
    expect(define(good).accounts).toEqual([]);
    expect(() => withOpenrc([demo, demo])).toThrow('"demo" is there twice');
  });

  it.each([
    [good.replace('title: X', 'titel: X'), 'main/recipes/x is defective: recipe.yaml: title'],
    [good.replace('cpus: 1', 'cpus: none'), 'recipe.yaml: least.cpus'],
    [
      good.replace('seconds: 1', 'seconds: 1, markers: [{ match: "(", at: 0 }]'),
      'recipe.yaml: steps.0.markers.0.match',
    ],
    [good.replace('id: x', 'id: y'), 'recipe.yaml: id: must be "x"'],
    [good.replace('endpoints: []', 'endpoints: ['), 'recipe.yaml: YAMLParseError'],
    [
      good.replace('seconds: 1 }', 'seconds: 1 }, { id: go, title: Go, script: go.sh, seconds: 1 }'),
      '"go" is there twice',
    ],
    [good.replace('go.sh', 'gone.sh'), 'the script "gone.sh"'],
    [good.replace('go.sh', 'constructor'), 'the script "constructor"'],
    [
      `${good}actions: [{ id: a, title: A, help: A, steps: [{ use: stop }] }]`,
      '"a" uses the step "stop", which is not there',
    ],
    [
      `${good}actions: [{ id: a, title: A, help: A, steps: [{ id: go, title: Go, script: go.sh, seconds: 1 }] }]`,
      '"go" is a step of the install already',
    ],
    [`${good}actions: [{ id: a, title: A, help: A, steps: [{ use: go }, { use: go }] }]`, '"a" has "go" twice'],
    [`${good}cures: [{ id: a, title: A }]`, 'has neither "set" nor "steps"'],
    [`${good}cures: [{ id: a, title: A, set: { no: 1 } }]`, 'cures: "a"'],
    [`${good}errors: [{ match: x, cause: X, cure: X, apply: gone }]`, '"gone" is not in cures'],
    [`${good}repairs: [{ id: a, title: A, check: no.sh, script: go.sh, seconds: 1 }]`, 'the script "no.sh"'],
    [`${good}actions: [{ id: a, title: A, help: A, proof: true, down: gone }]`, 'has either "proof" or "down"'],
    [
      `${good}actions: [{ id: a, title: A, help: A, steps: [{ id: b, title: B, script: b.sh, seconds: 1 }] }]`,
      '"b.sh"',
    ],
    ['', 'recipe.yaml'],
  ])('is refused with the file and the field (%#)', (yaml, message) => {
    expect(() => define(yaml)).toThrow(message);
  });
});

/** Lines as the programs really print them, and a part of the cause that they have. */
const MET: readonly (readonly [line: string, cause: string])[] = [
  ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 712 (apt-get)', 'installing packages'],
  ["  Temporary failure resolving 'mirror.example'", 'cannot resolve names'],
  ['  Certificate verification failed: The certificate is NOT trusted.', 'does not trust its certificate'],
  ['E: Failed to fetch http://x/keystone_1_all.deb  404  Not Found [IP: 1.2.3.4 80]', 'older than'],
  ['E: Failed to fetch http://x/a.deb  Hash Sum mismatch', 'do not fit'],
  ['  Could not connect to mirror.example:80 (151.101.2.132), connection timed out', 'does not reach'],
  ['dpkg: error: failed to write status: No space left on device', 'disk is full'],
  ['[  712.1] Out of memory: Killed process 812 (mariadbd)', 'ran out of memory'],
  ['E: Unable to locate package keystone', 'no such package'],
  ["(1698, \"Access denied for user 'keystone'@'localhost'\")", 'does not let Keystone in'],
  [
    "ERROR 2002 (HY000): Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)",
    'MariaDB did not start',
  ],
  ['Port 5000 is already in use:', 'port 5000'],
  ['Keystone did not start', 'does not answer'],
  ['Damaged package files:', 'switched off'],
  [
    'E: Release file for http://mirror.example/debian/dists/bookworm/InRelease is not valid yet (invalid for another 2h 3min 4s).',
    'clock of the machine',
  ],
  ['E: Unable to correct problems, you have held broken packages.', 'do not fit together'],
  ['Killed', 'ran out of memory'],
];

describe('keystone-packages', () => {
  it.each([
    ['prepare', 'prepare', 0.7],
    ['install', 'install-resumed', 0.7],
    ['database', 'database', 0.6],
    ['keystone', 'keystone', 0.8],
    ['openrc', 'openrc', 0],
  ])('follows the real output of "%s" to its end, and sees no error in it', (id, recording, end) => {
    const job = followOutput(stepOf(id), keystone().data.errors);
    const seen = recorded(recording)
      .split('\n')
      .map((line) => job.push(`${line}\n`).progress ?? 0);
    expect(job.knownError()).toBeUndefined();
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(seen.at(-1)).toBeGreaterThanOrEqual(end);
  });

  it('moves all the time while packages are installed, and explains why that was killed', () => {
    const job = followOutput(stepOf('install'), keystone().data.errors);
    const details = new Set<string>();
    let before = 0;
    let leap = 0;
    for (const line of recorded('install-killed').split('\n')) {
      const { detail, progress = 0 } = job.push(`${line}\n`);
      if (detail !== undefined) details.add(detail);
      leap = Math.max(leap, progress - before);
      before = progress;
    }
    expect(details).toContain('Downloading keystone');
    expect(details).toContain('Unpacking mariadb-server');
    expect(details).toContain('Setting up rsync');
    expect(leap).toBeLessThan(0.02);
    const [from, to] = stepOf('install').markers.find(({ match }) => match.startsWith('^Setting up'))?.between ?? [
      0, 0,
    ];
    const [killedAt, packages] = [110, 217];
    expect(before).toBeCloseTo(from + ((to - from) * killedAt) / packages, 5);
    expect(job.knownError()).toMatchObject({ cause: expect.stringContaining('memory') });
  });

  it.each(MET)('explains "%s"', (line, cause) => {
    const job = followOutput({ markers: [] }, keystone().data.errors);
    job.push(`Get:1 something fine\n${line}\nE: Sub-process returned an error\n`);
    expect(job.knownError()?.cause).toContain(cause);
  });

  it('has met every known error, none of which hides behind another', () => {
    const { errors } = keystone().data;
    const explained = new Set(
      MET.map(([line]) => {
        const job = followOutput({ markers: [] }, errors);
        job.push(line);
        return job.knownError()?.cause;
      }),
    );
    expect(errors.map(({ cause }) => cause).filter((cause) => !explained.has(cause))).toEqual([]);
  });

  it('hands passwords over in the environment, and refuses to work without one', () => {
    const { context } = workbench([]);
    expect(keystone().env(context, 'install')).toEqual({
      ADDRESS: '192.168.130.10',
      AUTH_URL: 'http://192.168.130.10:5000/v3',
      ADMIN_PASSWORD: 'Secret0123456789abcd',
      OPENRC: '/etc/stackbox/admin-openrc',
    });
    expect(() => keystone().env({ ...context, passwords: {} }, 'install')).toThrow(StackboxError);
  });

  it('is proved by a token, the catalogue and a list, without the password in any command', async () => {
    const { context, commands } = workbench([
      { expires: '2026-11-21T12:00:00+0000' },
      [{ Name: 'keystone', Type: 'identity', Endpoints: [] }],
      [{ ID: '1', Name: 'admin' }],
    ]);
    for (const check of keystone().proof) await check.run(context);
    expect(commands).toHaveLength(3);
    expect(commands.flat().join(' ')).not.toContain('Secret');
    expect(commands[0]?.join(' ')).toContain('token issue -c expires');
  });

  it.each([
    [[{ expires: 'x' }, [{ Name: 'glance', Type: 'image' }], []], 1, 'does not name Keystone'],
    [[{ expires: 'x' }, [{ Name: 'keystone', Type: 'identity' }], []], 2, 'does not know the project'],
    [['no JSON'], 0, 'printed no JSON'],
    [[new Error('The request you have made requires authentication. (HTTP 401)')], 0, 'HTTP 401'],
  ])('is not proved when an answer is wrong (%#)', async (answers, failing, message) => {
    const { context } = workbench(answers);
    const { proof } = keystone();
    for (const check of proof.slice(0, failing)) await check.run(context);
    await expect(proof[failing]?.run(context)).rejects.toThrow(message);
  });
});

/** A guest in which every program gives the next answer: JSON, plain text, or an error on standard error. */
function workbench(answers: readonly unknown[]): { context: RecipeContext; commands: string[][] } {
  const commands: string[][] = [];
  const guest: Pick<Guest, 'exec'> = {
    exec(argv): Promise<GuestResult> {
      const answer = answers[commands.length];
      commands.push([...argv]);
      if (answer instanceof Error) return Promise.resolve({ exitCode: 1, stdout: '', stderr: `${answer.message}\n` });
      const stdout = typeof answer === 'string' ? answer : JSON.stringify(answer);
      return Promise.resolve({ exitCode: 0, stdout, stderr: '' });
    },
  };
  const context: RecipeContext = {
    guest: guest as Guest,
    attachment: { mac: '52:54:00:00:00:01', address: '192.168.130.10', reach: 'direct', subnet: '192.168.130.0/24' },
    hostname: 'cloud-1',
    options: {},
    passwords: { admin: 'Secret0123456789abcd' },
    size: { cpus: 2, memoryMiB: 3072, diskGiB: 20 },
    signal: new AbortController().signal,
  };
  return { context, commands };
}
