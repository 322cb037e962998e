/** The browser shell: from starting the process to a window that answers a click, and the memory of the idle back end. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { expect, it } from 'vitest';
import { median } from '../../main/core/run/durations';
import { environment, serveApp } from '../e2e/support/app';
import { CHROMIUM } from '../support/chromium';

const ROUNDS = 5;
/** How long (ms) the app is left alone before its memory is read. */
const IDLE_MS = 5000;

it('opens the window and costs little at rest', { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stackbox-bench-'));
  const browser = await chromium.launch(CHROMIUM);
  const toServe: number[] = [];
  const toClick: number[] = [];
  let memory = 0;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const begun = performance.now();
      const app = await serveApp(environment(join(folder, String(round)), ''));
      toServe.push(performance.now() - begun);
      const page = await browser.newPage();
      await page.goto(app.url);
      await page.getByRole('button', { name: 'Create cloud' }).first().click();
      await page.getByRole('textbox', { name: 'Name' }).waitFor();
      toClick.push(performance.now() - begun);
      await page.close();
      if (round === ROUNDS - 1) {
        await sleep(IDLE_MS);
        memory = await residentMiB(app.process.pid ?? 0);
      }
      await app.close();
    }
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`process start → address served   median ${median(toServe)?.toFixed(0)} ms`);
  console.log(`process start → click answered   median ${median(toClick)?.toFixed(0)} ms`);
  console.log(`back end at rest                 ${memory.toFixed(0)} MiB resident`);
  expect(memory).toBeGreaterThan(0);
});

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
