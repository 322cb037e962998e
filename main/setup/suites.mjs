/** The test runners and checks, each as a tally. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { packaged, say, show } from './programs.mjs';
import { fromPlaywright, fromVitest, single, withExitCode } from './tally.mjs';

const REPORTS = '.cache/reports';

const CHECKS = [
  { title: 'Types of main', argv: packaged('typescript/bin/tsc', '-p', 'main') },
  { title: 'Types of renderer', argv: packaged('typescript/bin/tsc', '-p', 'renderer') },
  { title: 'Types of test', argv: packaged('typescript/bin/tsc', '-p', 'test') },
  {
    title: 'Lint',
    argv: packaged(
      'oxlint/bin/oxlint',
      '-c',
      '.ci/oxlintrc.json',
      '--type-aware',
      '--deny-warnings',
      'main',
      'renderer',
      'test',
    ),
  },
  {
    title: 'Format',
    argv: packaged('prettier/bin/prettier.cjs', '--check', 'main', 'renderer', 'test', 'package.json'),
  },
  { title: 'Unused code', argv: packaged('knip/bin/knip.js', '--no-progress') },
];

/** Types, lint, format and unused code; each counts as one test. */
export const checks = CHECKS.map(({ title, argv }) => async () => {
  say(title);
  return single(title, (await show(argv)) === 0);
});

/** @param {'fast' | 'contracts' | 'real'} project */
export async function vitest(project) {
  say(`Tests: ${project}`);
  const report = freshReport(`vitest-${project}`);
  const code = await show(
    packaged(
      'vitest/vitest.mjs',
      'run',
      '--config',
      'test/vitest.config.ts',
      '--project',
      project,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ),
  );
  return withExitCode(project, readReport(report, fromVitest), code);
}

/** @param {'e2e' | 'cloud'} project */
export async function playwright(project) {
  say(`Tests: ${project}, in Chromium`);
  const report = freshReport(`playwright-${project}`);
  const code = await show(
    packaged(
      '@playwright/test/cli.js',
      'test',
      '--config',
      'test/playwright.config.ts',
      '--project',
      project,
      '--reporter=list,json',
    ),
    { env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report } },
  );
  return withExitCode(project, readReport(report, fromPlaywright), code);
}

/** A report of an earlier time must never count as one of this. @param {string} name */
function freshReport(name) {
  mkdirSync(REPORTS, { recursive: true });
  const path = `${process.cwd()}/${REPORTS}/${name}.json`;
  rmSync(path, { force: true });
  return path;
}

/**
 * @param {string} path
 * @param {(report: unknown) => import('./tally.mjs').Tally} count
 */
function readReport(path, count) {
  if (!existsSync(path)) return undefined;
  return count(JSON.parse(readFileSync(path, 'utf8')));
}
