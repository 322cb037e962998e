import { defineConfig } from 'vitest/config';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

/** The driver's contract on each connection: none sees what another has, and none boots a system. */
const CONTRACTS = ['virtualbox/contract', 'libvirt/system', 'libvirt/session'].map(
  (name) => `test/hypervisors/${name}.real.test.ts`,
);

/**
 * Fast tests: `*.test.ts(x)`. Tests against real hypervisors are `*.real.test.ts` and run one after the other, because they
 * boot machines or look at everything that a hypervisor has; only the contracts run two at a time.
 */
export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/**/*.real.test.ts', 'test/e2e/**', 'test/benchmark/**'],
          testTimeout: 20_000,
          // They mostly wait: for a file to be on the disk, for a program, for time to pass.
          maxWorkers: Math.max(4, availableParallelism()),
        },
      },
      {
        extends: true,
        test: {
          name: 'contracts',
          include: CONTRACTS,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/**/*.real.test.ts'],
          exclude: CONTRACTS,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'bench',
          include: ['test/benchmark/**/*.bench.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
