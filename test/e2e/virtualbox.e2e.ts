/**
 * The main job on VirtualBox: the same clicks as on libvirt. Every command is the real VBoxManage's, except that the
 * stand-in starts and controls the machine by QEMU, because VirtualBox's kernel module cannot be loaded on build machines.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { guestImage } from '../support/guest-image';
import { openWorkbench, whyNoVirtualBox, type Workbench } from '../virtualbox/workbench';
import { deleteAll, environment, serveApp, stackbox, type App } from './support/app';
import { serveImage, type ImageServer } from './support/image-server';
import { becomesReady, createCloud, picture, showsLine, step, tab, typeLine } from './support/window';

const why = await whyNoVirtualBox();
test.skip(why !== undefined, why ?? '');

let bench: Workbench;
let images: ImageServer;
let env: NodeJS.ProcessEnv;
let app: App;

test.beforeAll(async () => {
  bench = await openWorkbench({ standIn: true });
  images = await serveImage(await guestImage(), bench.folder);
  env = { ...environment(join(bench.folder, 'data'), images.catalogue), STACKBOX_VBOXMANAGE: bench.program };
  app = await serveApp(env);
});

test.afterAll(async () => {
  await deleteAll(env);
  await app.close();
  await images.close();
  await bench.close();
});

test('the same clicks make a machine on VirtualBox, and nothing of it is left', async ({ page }) => {
  test.setTimeout(1_800_000);
  await page.goto(app.url);
  await createCloud(page, { name: 'vbox-1', recipe: 'Plain machine', hypervisor: 'VirtualBox' });

  await test.step('it becomes ready', async () => {
    await tab(page, 'Progress').click();
    for (const title of ['Get the image', 'Make the disk', 'Start the machine', 'Log in', 'Run a command in it']) {
      await expect(step(page, title).first()).toBeVisible();
    }
    await tab(page, 'Overview').click();
    await becomesReady(page, 900_000);
    await picture(page, 'virtualbox');
    // Asked of the real VBoxManage, which has everything but the running of it.
    expect(await bench.vbox('list', 'vms')).toContain('"stackbox-vbox-1-');
    // Asked of the machine: the disk is as long as was asked for, and the seed is a DVD.
    const { plan } = await show();
    expect(await answer('lsblk', '--bytes', '--nodeps', '--noheadings', '--raw', '--output', 'NAME,TYPE,SIZE')).toMatch(
      new RegExp(`^sda disk ${plan.size.diskGiB * 1024 ** 3}\\nsr0 rom \\d+$`, 'm'),
    );
    expect((await stackbox(env, 'logs', 'vbox-1', '--source', 'console')).stdout).toContain('vbox-1 login:');
  });

  await test.step('the terminal answers', async () => {
    await tab(page, 'Terminal').click();
    await typeLine(page, 'hostname');
    await showsLine(page, /^vbox-1/);
  });

  // That it starts again where it was is in the driver's contract; a second boot is a minute and a half of every run.
  await test.step('stop', async () => {
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible({ timeout: 300_000 });
    expect(await show()).toMatchObject({ name: 'vbox-1', state: 'stopped' });
  });

  await test.step('delete, and nothing is left', async () => {
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete cloud' }).click();
    await expect(page.getByRole('button', { name: 'Create cloud' }).first()).toBeVisible({ timeout: 120_000 });
    for (const what of ['vms', 'hdds', 'dvds']) expect((await bench.vbox('list', what)).trim()).toBe('');
    expect(await readdir(join(bench.folder, 'data/clouds'))).toEqual([]);
  });
});

/** What a program in the machine prints. */
async function answer(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await stackbox(env, 'exec', 'vbox-1', '--', ...argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** The cloud as the command line shows it. */
async function show(): Promise<{ plan: { size: { diskGiB: number } } }> {
  return JSON.parse((await stackbox(env, 'show', 'vbox-1', '--json')).stdout) as Awaited<ReturnType<typeof show>>;
}
