/**
 * DevStack by clicks, from the first line of stack.sh to a repaired reboot. Machine, user, clone, local.conf, proof and
 * repairs are the real ones; stack.sh is a stand-in of a minute, which prints what the real one printed: see `devstack/`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { guestImage } from '../support/guest-image';
import { deleteAll, environment, serveApp, stackbox, type App } from './support/app';
import { prepareGitServer, type GitServer } from './support/git-server';
import { serveImage, type ImageServer } from './support/image-server';
import { rememberWhatIsHere } from './support/left-behind';
import { becomesReady, createCloud, picture, step, tab } from './support/window';

const RECORDED = resolve(import.meta.dirname, '../fixtures/recipes/devstack-2026.1-dashboard.txt');

let folder: string;
let images: ImageServer;
let git: GitServer;
let env: NodeJS.ProcessEnv;
let leftBehind: () => Promise<string[]>;
let app: App;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbox-devstack-'));
  leftBehind = await rememberWhatIsHere(folder);
  images = await serveImage(await guestImage(), folder);
  git = await prepareGitServer(
    join(import.meta.dirname, 'devstack'),
    { 'recorded.txt': RECORDED },
    'stable/2026.1',
    folder,
  );
  env = environment(folder, images.catalogue);
  app = await serveApp(env);
});

test.afterAll(async () => {
  await deleteAll(env);
  await app.close();
  await git.close();
  await images.close();
  await rm(folder, { recursive: true, force: true });
});

test('DevStack fails, is cured by a button, becomes ready, and comes back whole from a reboot', async ({ page }) => {
  test.setTimeout(1_500_000);
  await page.goto(app.url);
  await createCloud(page, { name: 'stack-1', recipe: 'DevStack (preview)', options: { 'Git server': git.base } });
  await git.listen();
  const seen = await rememberDetails(page);

  await test.step('stack.sh is followed from phase to phase, and its failure is explained', async () => {
    await expect(step(page, 'Run stack.sh').first()).toContainText(/\d+ %/, { timeout: 900_000 });
    await expect(page.getByRole('heading', { name: /Run stack\.sh/ })).toBeVisible({ timeout: 600_000 });
    await expect(page.getByText('A service did not answer in time.')).toBeVisible();
    const details = await seen();
    for (const phase of [
      'Installing package prerequisites',
      'Installing OpenStack from its sources',
      'Waiting for keystone to start',
    ]) {
      expect(details).toContain(phase);
    }
    await picture(page, 'cure');
  });

  await test.step('its cure raises the time-out, tidies up, and tries again to the end', async () => {
    await page.getByRole('button', { name: 'Raise the time-out and try again' }).click();
    await tab(page, 'Progress').click();
    await expect(step(page, 'Run stack.sh').first()).toContainText(/in the background/, { timeout: 600_000 });
    await picture(page, 'background');
    await tab(page, 'Overview').click();
    await becomesReady(page, 900_000);
    const conf = await stackbox(env, 'exec', 'stack-1', '--', 'sudo', 'cat', '/opt/stack/devstack/local.conf');
    expect(conf.stdout).toContain('SERVICE_TIMEOUT=1800');
  });

  const { address, password } = await test.step('the card has addresses that answer and a password that opens', () =>
    readCard(page));
  await answers(address, password);

  await test.step('a stop and a start take away what a reboot does, and bring it back', async () => {
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible({ timeout: 300_000 });
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await tab(page, 'Progress').click();
    await expect(step(page, 'List the catalogue').first()).toBeVisible({ timeout: 60_000 });
    await tab(page, 'Overview').click();
    await becomesReady(page, 900_000);
    await tab(page, 'Progress').click();
    for (const title of [
      'Bring back loop devices and ramdisks',
      'Bring back br-ex and its NAT',
      'Restart services that gave up',
    ]) {
      // "skipped" is what it says when nothing was gone.
      await expect(step(page, title).first()).toContainText('done');
    }
    await picture(page, 'repair');
    expect(await whatBootsTakeAway()).toEqual([
      'tmpfs',
      '172.24.4.1/24',
      '-s 172.24.4.0/24 -j MASQUERADE',
      '1',
      'active',
    ]);
    await answers(address, password);
  });

  await test.step('delete, and nothing is left', async () => {
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete cloud' }).click();
    await expect(page.getByRole('button', { name: 'Create cloud' }).first()).toBeVisible({ timeout: 120_000 });
    await expect.poll(leftBehind, { timeout: 30_000 }).toEqual([]);
  });
});

/**
 * Collects what the running steps show, because most of it is in sight for less than a second.
 * @returns what was seen so far, without the percentage
 */
async function rememberDetails(page: Page): Promise<() => Promise<string[]>> {
  await tab(page, 'Progress').click();
  await page.evaluate(() => {
    const seen = new Set<string>();
    const look = (): void => {
      for (const { textContent } of document.querySelectorAll('.sb-step__detail')) seen.add(textContent ?? '');
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { seenDetails: seen });
  });
  return async () => {
    const seen = await page.evaluate(() => [...(window as unknown as { seenDetails: Set<string> }).seenDetails]);
    return seen.map((text) => text.replace(/^\d+ %\s*/, ''));
  };
}

/** Addresses and the administrator's password, as the Overview shows them. */
async function readCard(page: Page): Promise<{ address: string; password: string }> {
  const horizon = page.getByRole('link', { name: /Horizon/ });
  const dashboard = (await horizon.getAttribute('href')) ?? '';
  const address = new URL(dashboard).host;
  expect(dashboard).toBe(`http://${address}/dashboard`);
  await expect(page.getByText(`http://${address}/identity`)).toBeVisible();
  const row = page.getByRole('listitem').filter({ hasText: 'OpenStack administrator' });
  await row.getByRole('button', { name: /^Show the password/ }).click();
  await expect(row.getByText('••••')).toBeHidden();
  const password = await row.locator('code').last().innerText();
  await picture(page, 'card');
  return { address, password };
}

/** What the card says holds from this computer: Horizon's form is there, and Keystone lets the password in. */
async function answers(address: string, password: string): Promise<void> {
  const form = await fetch(`http://${address}/dashboard/auth/login/`);
  expect(await form.text()).toContain('name="username"');
  const logIn = async (attempt: string): Promise<number> => {
    const user = { name: 'admin', domain: { name: 'Default' }, password: attempt };
    const body = JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } } } });
    return (await fetch(`http://${address}/identity/v3/auth/tokens`, { method: 'POST', body })).status;
  };
  expect([await logIn(password), await logIn('another')]).toEqual([201, 401]);
}

/** Asked of the machine itself: etcd's ramdisk, the address of br-ex, its NAT, forwarding, and a service that gave up. */
async function whatBootsTakeAway(): Promise<string[]> {
  const script = `
    findmnt --noheadings --output FSTYPE /opt/stack/data/etcd
    ip -o -4 addr show dev br-ex | awk '{ print $4 }'
    sudo iptables -t nat -S POSTROUTING | sed -n 's/^-A POSTROUTING \\(-s 172.24.4.0.24\\) -o [^ ]* /\\1 /p'
    sudo sysctl -n net.ipv4.ip_forward
    systemctl is-active devstack@q-ovn-agent`;
  const { stdout } = await stackbox(env, 'exec', 'stack-1', '--', 'bash', '-c', script);
  return stdout.trim().split('\n');
}
