/** Bad input at the command line's door: a clear error, exit code 2, nothing made, and no shell ever involved. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { environment, stackbox } from './support/app';
import { rememberWhatIsHere } from './support/left-behind';

let folder: string;
let env: NodeJS.ProcessEnv;
let leftBehind: () => Promise<string[]>;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbox-bad-'));
  leftBehind = await rememberWhatIsHere(folder);
  env = environment(folder, '');
});

test.afterAll(() => rm(folder, { recursive: true, force: true }));

test.afterEach(async () => {
  expect(await readdir(join(folder, 'clouds')).catch(() => [])).toEqual([]);
  expect((await leftBehind()).filter((line) => !line.startsWith('network'))).toEqual([]);
});

const trap = '/tmp/stackbox-was-here';
const NAMES = [
  'my cloud',
  `it's "mine"`,
  `$(touch ${trap})`,
  `\`touch ${trap}\``,
  `; touch ${trap}`,
  '../../etc/cron.d/x',
  '☁️🔥',
  'a'.repeat(300),
];

for (const name of NAMES) {
  test(`the name ${name.slice(0, 30)} is refused`, async () => {
    const { code, stderr } = await stackbox(env, 'create', '--name', name, '--recipe', 'plain-machine');
    expect(code).toBe(2);
    expect(stderr).toContain('name');
    expect(existsSync(trap)).toBe(false);
  });
}

const SIZES: readonly (readonly [string, string])[] = [
  ['--memory', '0'],
  ['--memory', '-4GiB'],
  ['--memory', '900TiB'],
  ['--disk', '0GiB'],
  ['--cpus', '-1'],
  ['--cpus', '4096'],
  ['--cpus', '1.5'],
  ['--memory', 'much'],
];

for (const [flag, value] of SIZES) {
  test(`${flag} ${value} is refused`, async () => {
    const { code, stderr } = await stackbox(env, 'create', '--name', 'big', '--recipe', 'plain-machine', flag, value);
    expect([1, 2]).toContain(code);
    expect(stderr).not.toContain('internal');
    expect(stderr.trim()).not.toBe('');
  });
}

test('a plan with an unknown key names the key', async () => {
  const plan = join(folder, 'plan.yaml');
  await writeFile(plan, 'version: 1\nname: x\ncolour: red\n');
  const { code, stderr } = await stackbox(env, 'create', '--plan', plan);
  expect(code).toBe(2);
  expect(stderr).toContain('colour');
});

test('an image that is not an image is refused, and not kept', async () => {
  const file = join(folder, 'page.qcow2');
  await writeFile(file, `<!doctype html><title>404</title>${'<p>not here</p>'.repeat(1000)}`);
  const words = ['images', 'import', file, '--title', 'No image', '--os', 'debian', '--user', 'debian'];
  const { code, stderr } = await stackbox(env, ...words);
  expect([1, 2]).toContain(code);
  expect(stderr).toMatch(/not.*image|HTML/i);
  const { stdout } = await stackbox(env, 'images', 'list', '--json');
  expect(stdout).not.toContain('No image');
});

test('a cloud that is not there is said to be not there', async () => {
  const { code, stderr } = await stackbox(env, 'show', 'nobody');
  expect(code).toBe(3);
  expect(stderr).toContain('nobody');
});
