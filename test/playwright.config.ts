import { defineConfig } from '@playwright/test';
import { CHROMIUM } from './support/chromium';

/** The window in Debian's Chromium against a real hypervisor: one test at a time, and a failure is a failure. */
export default defineConfig({
  testDir: './e2e',
  outputDir: '../test-results',
  workers: 1,
  retries: 0,
  forbidOnly: process.env['CI'] === 'true',
  reporter: 'list',
  use: {
    // Without one a locator that finds nothing waits for the whole time of its test.
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    // Without its film: drawing one takes a fifth of a processor from an emulated guest.
    trace: { mode: 'retain-on-failure', screenshots: false },
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: CHROMIUM,
  },
  projects: [
    { name: 'e2e', testMatch: '**/*.e2e.ts', testIgnore: '**/cloud.e2e.ts', timeout: 10 * 60_000 },
    { name: 'cloud', testMatch: '**/cloud.e2e.ts', timeout: 40 * 60_000 },
  ],
});
