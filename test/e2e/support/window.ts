/** What a person does in the window, in their words. */
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';

interface Wish {
  readonly name: string;
  readonly recipe: string;
  readonly hypervisor?: string;
  /** What is typed into options of the recipe, by their labels. */
  readonly options?: Readonly<Record<string, string>>;
}

/** From the first page: opens the create page, chooses hypervisor, recipe, name and the test image, and presses "Create cloud". */
export async function createCloud(page: Page, wish: Wish): Promise<void> {
  await page.getByRole('button', { name: 'Create cloud' }).first().click();
  if (wish.hypervisor !== undefined) await page.getByText(wish.hypervisor, { exact: true }).click();
  await page.getByText(wish.recipe, { exact: true }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(wish.name);
  for (const [label, text] of Object.entries(wish.options ?? {})) {
    await page.getByRole('textbox', { name: label, exact: true }).fill(text);
  }
  await page.getByRole('button', { name: /^Advanced/ }).click();
  await page.getByLabel('Image', { exact: true }).first().click();
  await page.getByRole('option', { name: /Debian 12 \(test\)/ }).click();
  const create = page.getByRole('button', { name: 'Create cloud' });
  await expect(create).toBeEnabled();
  await create.click();
}

/** Waits on the Overview until the run has ended, well or not: a failed install must not be waited for until the time-out. */
export async function becomesReady(page: Page, timeout: number): Promise<void> {
  const main = page.getByRole('main');
  const ready = main.getByText('Your cloud is ready');
  const failed = main.locator('.sb-error');
  await expect(ready.or(failed)).toBeVisible({ timeout });
  if (await failed.isVisible()) throw new Error(`The run failed.\n${await failed.innerText()}`);
}

/** One step of the run, by its title. */
export function step(page: Page, title: string): Locator {
  // The rail's clouds are list items too, and their status names the running step.
  return page.getByRole('main').getByRole('listitem').filter({ hasText: title });
}

export function tab(page: Page, name: 'Overview' | 'Progress' | 'Logs' | 'Terminal'): Locator {
  return page.getByRole('tab', { name, exact: true });
}

/** The README's screenshots are of these very tests: `STACKBOX_SCREENSHOTS=assets/screenshots npm run test:cloud`. */
export async function picture(page: Page, name: string): Promise<void> {
  const target = process.env['STACKBOX_SCREENSHOTS'];
  if (target !== undefined) await page.screenshot({ path: join(target, `${name}.png`) });
}

/** Types a line into the terminal that is in sight. */
export async function typeLine(page: Page, line: string): Promise<void> {
  await page.locator('.xterm-screen:visible').click();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

/** Waits until the terminal shows a text on a line of its own: not only in the command that was typed. */
export async function showsLine(page: Page, text: string | RegExp, timeout = 60_000): Promise<void> {
  await expect(page.locator('.xterm-rows:visible > div').filter({ hasText: text }).first()).toBeVisible({ timeout });
}
