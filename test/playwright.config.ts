import { defineConfig } from '@playwright/test';
import { CHROMIUM } from './support/chromium';

/** Tests that look at the whole of qemu:///system before and after: nothing else may change it meanwhile. */
const SYSTEM = ['**/machine.e2e.ts', '**/devstack.e2e.ts'];
const CLOUD = '**/cloud.e2e.ts';

/** The window in Debian's Chromium against a real hypervisor: one test at a time, and a failure is a failure. */
export default defineConfig({
  testDir: './e2e',
  workers: 1,
  retries: 0,
  forbidOnly: process.env['CI'] === 'true',
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    // Without its film: drawing one takes a fifth of a processor from an emulated guest.
    trace: { mode: 'retain-on-failure', screenshots: false },
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: CHROMIUM,
  },
  projects: [
    { name: 'e2e', testMatch: '**/*.e2e.ts', testIgnore: [...SYSTEM, CLOUD], timeout: 10 * 60_000 },
    { name: 'system', testMatch: SYSTEM, timeout: 10 * 60_000 },
    { name: 'cloud', testMatch: CLOUD, timeout: 40 * 60_000 },
    // Each has a folder of its own, because a run begins by emptying it and projects run side by side.
  ].map((project) => ({ ...project, outputDir: `../test-results/${project.name}` })),
});
