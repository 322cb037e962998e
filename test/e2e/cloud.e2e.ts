/** A real OpenStack service, by clicks: Keystone from packages, ending with a token issued in the window's terminal. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { guestImage } from '../support/guest-image';
import { deleteAll, environment, serveApp, type App } from './support/app';
import { serveImage, type ImageServer } from './support/image-server';
import { rememberWhatIsHere } from './support/left-behind';
import { becomesReady, createCloud, picture, showsLine, step, tab, typeLine } from './support/window';

let folder: string;
let images: ImageServer;
let env: NodeJS.ProcessEnv;
let leftBehind: () => Promise<string[]>;
let app: App;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbox-cloud-'));
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

test('Keystone is installed, proved, and issues a token in the terminal', async ({ page }) => {
  test.setTimeout(2_400_000);
  await page.goto(app.url);
  await createCloud(page, { name: 'keystone-1', recipe: 'Keystone from packages' });

  await tab(page, 'Progress').click();
  await expect(step(page, 'Install the packages').first()).toContainText(/\d+ %/, { timeout: 600_000 });
  await expect(page.getByText('Issue a token').first()).toBeVisible();

  await expect(step(page, 'Install the packages').first()).toContainText(/[3-9]\d %/, { timeout: 1_500_000 });
  await picture(page, 'install');

  await tab(page, 'Overview').click();
  await becomesReady(page, 2_000_000);
  await expect(page.getByText(/:5000\/v3/).first()).toBeVisible();
  await picture(page, 'cloud');

  await tab(page, 'Terminal').click();
  await page
    .getByRole('button', { name: /New terminal/ })
    .first()
    .click();
  await page.getByRole('menuitem', { name: /OpenStack/ }).click();
  await typeLine(page, 'openstack token issue -c expires -f value | sed "s/^/expires /"');
  await showsLine(page, /^expires \d{4}-/, 180_000);

  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete cloud' }).click();
  await expect(page.getByRole('button', { name: 'Create cloud' }).first()).toBeVisible({ timeout: 120_000 });
  await expect.poll(leftBehind, { timeout: 30_000 }).toEqual([]);
});
