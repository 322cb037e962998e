/**
 * `npm test`: the same set-up as `npm start`, then every check and test. With `--cloud` only the slow cloud test.
 * The last line is always `N passed, N failed, N skipped`.
 */
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { dealWithHollowKvm, ensureDaemons, ensureHypervisor } from './hypervisor.mjs';
import { removeDomainsOfKilledTests } from './killed-tests.mjs';
import { tooOld } from './node-version.mjs';
import { say, SetupError } from './programs.mjs';
import { ensureBuilt, ensurePackages } from './project.mjs';
import { ensureGuestImage, ensureTestTools } from './test-tools.mjs';

async function prepare() {
  const old = tooOld(process.versions.node);
  if (old !== undefined) throw new SetupError(old);
  process.chdir(join(import.meta.dirname, '../..'));
  await ensurePackages();
  await ensureBuilt();
  await ensureHypervisor({ yes: process.argv.includes('--yes') || process.env.CI === 'true' });
  await ensureTestTools();
  // Before libvirtd starts, because it looks at the device once.
  dealWithHollowKvm({ move: true });
  await ensureDaemons();
  removeDomainsOfKilledTests();
  await ensureGuestImage();
}

/** @returns {Promise<number>} exit code */
async function test() {
  await prepare();
  // Loaded now, because these need installed packages.
  const { checks, vitest, playwright } = await import('./suites.mjs');
  const { line, sum } = await import('./tally.mjs');
  const tallies = process.argv.includes('--cloud')
    ? [await playwright('cloud')]
    : [...(await checks()), await vitest('fast'), await vitest('real'), await playwright('e2e')];
  const all = sum(tallies);
  if (all.skipped.length > 0) say('Skipped');
  for (const { name, reason } of all.skipped) console.error(`  ${name}: ${reason}`);
  if (all.failed.length > 0) say('Failed');
  for (const { name, message } of all.failed) console.error(`  ${name}\n${beginning(message)}`);
  console.log(line(all));
  return all.failed.length === 0 ? 0 : 1;
}

/** Enough of a failure's message to know it again; the whole of it stands further up. @param {string} message */
function beginning(message) {
  const lines = stripVTControlCharacters(message).split('\n').slice(0, 12);
  return lines.map((text) => `      ${text.slice(0, 200)}`).join('\n');
}

try {
  process.exitCode = await test();
} catch (error) {
  say(error instanceof SetupError ? error.message : String(error instanceof Error ? error.stack : error));
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}
