/** The main job on libvirt's system connection: click, watch, type in the terminal, stop, delete; nothing is left. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { guestImage } from '../support/guest-image';
import { deleteAll, environment, serveApp, stackbox, type App } from './support/app';
import { serveImage, type ImageServer } from './support/image-server';
import { rememberWhatIsHere } from './support/left-behind';
import { becomesReady, createCloud, showsLine, step, tab, typeLine } from './support/window';

let folder: string;
let images: ImageServer;
let env: NodeJS.ProcessEnv;
let leftBehind: () => Promise<string[]>;
let app: App;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbox-e2e-'));
  leftBehind = await rememberWhatIsHere(folder);
  images = await serveImage(await guestImage(), folder);
  env = environment(folder, images.catalogue);
  app = await serveApp(env);
});

test.afterAll(async () => {
  await deleteAll(env);
  await app.close();
  await images.close();
  await rm(folder, { recursive: true, force: true });
});

test('one click makes a machine; it can be watched, typed into, stopped and deleted', async ({ page }) => {
  test.setTimeout(1_800_000);
  await page.goto(app.url);

  await test.step('create', async () => {
    await createCloud(page, { name: 'Click-1', recipe: 'Plain machine' });
    await tab(page, 'Progress').click();
    // All steps are there before the first has ended.
    for (const title of ['Get the image', 'Make the disk', 'Start the machine', 'Log in', 'Run a command in it']) {
      await expect(step(page, title).first()).toBeVisible();
    }
  });

  await test.step('the app is killed in the middle, and goes on where the machine is', async () => {
    await expect(step(page, 'Start the machine')).toContainText('done', { timeout: 300_000 });
    app.process.kill('SIGKILL');
    await new Promise((resolve) => app.process.once('exit', resolve));
    app = await serveApp(env);
    await page.goto(app.url);
    await page.reload();
    await page.getByText('Click-1').first().click();
  });

  await test.step('it becomes ready', async () => {
    await tab(page, 'Overview').click();
    await becomesReady(page, 900_000);
    await tab(page, 'Progress').click();
    await expect(step(page, 'Start the machine')).toContainText('done');
  });

  await test.step('the terminal answers, and a reload loses nothing', async () => {
    await tab(page, 'Terminal').click();
    await typeLine(page, 'hostname');
    await showsLine(page, /^click-1/);
    await page.reload();
    await showsLine(page, /^click-1/);
    await typeLine(page, 'echo after-reload-$((40 + 2))');
    await showsLine(page, /^after-reload-42/);
  });

  await test.step("the person's own ssh gets in with the command that is shown, by the verified host key", async () => {
    const { stdout } = await stackbox(env, 'show', 'Click-1', '--json');
    const { machines } = JSON.parse(stdout) as { machines: { ssh: { command: string } }[] };
    const words = machines[0]?.ssh.command.split(' ') ?? [];
    const [file = '', ...args] = words;
    expect((await promisify(execFile)(file, ['-o', 'BatchMode=yes', ...args, 'hostname'])).stdout).toBe('click-1\n');
  });

  await test.step('the logs are there from the first byte', async () => {
    await tab(page, 'Logs').click();
    await page.getByText('Serial console', { exact: true }).click();
    await page.getByPlaceholder('Search').fill('Linux version');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/Linux version/).first()).toBeVisible({ timeout: 30_000 });
  });

  // The way back, by the button that is there then, is in the click path of DevStack: a second boot is more than a minute.
  await test.step('stop', async () => {
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible({ timeout: 300_000 });
    const list = await stackbox(env, 'list', '--json');
    expect(JSON.parse(list.stdout)).toMatchObject([{ name: 'Click-1', state: 'stopped' }]);
  });

  await test.step('delete, and nothing is left', async () => {
    expect((await leftBehind()).filter((line) => line.startsWith('domain'))).toHaveLength(1);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete cloud' }).click();
    await expect(page.getByRole('button', { name: 'Create cloud' }).first()).toBeVisible({ timeout: 120_000 });
    await expect.poll(leftBehind, { timeout: 30_000 }).toEqual([]);
  });
});
