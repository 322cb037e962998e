/**
 * `npm test`: the same set-up as `npm start`, then every check and test. With `--cloud` only the slow cloud test.
 * The last line is always `N passed, N failed, N skipped`.
 */
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ensureDaemons, ensureHypervisor } from './hypervisor.mjs';
import { removeDomainsOfKilledTests } from './killed-tests.mjs';
import { dealWithHollowKvm, putKvmBack } from './kvm.mjs';
import { tooOld } from './node-version.mjs';
import { noteSignals, say, SetupError, whatStoppedUs } from './programs.mjs';
import { ensureBuilt, ensurePackages } from './project.mjs';
import { ensureGuestImage, ensureTestTools } from './test-tools.mjs';

/** What this run has changed of the computer. @type {{ moved: boolean, started: number[] }} */
const ours = { moved: false, started: [] };

async function prepare() {
  const old = tooOld(process.versions.node);
  if (old !== undefined) throw new SetupError(old);
  process.chdir(join(import.meta.dirname, '../..'));
  await ensurePackages();
  await ensureBuilt();
  await ensureHypervisor({ yes: process.argv.includes('--yes') || process.env.CI === 'true' });
  await ensureTestTools();
  noteSignals();
  // Before libvirtd starts, because it looks at the device once.
  ours.moved = dealWithHollowKvm({ move: true });
  ours.started = await ensureDaemons();
  removeDomainsOfKilledTests();
}

/** @returns {Promise<number>} exit code */
async function test() {
  const tallies = await prepareAndRun();
  // Loaded now, because it needs installed packages.
  const { line, sum } = await import('./tally.mjs');
  const all = sum(tallies);
  if (all.skipped.length > 0) say('Skipped');
  for (const { name, reason } of all.skipped) console.error(`  ${name}: ${reason}`);
  if (all.failed.length > 0) say('Failed');
  for (const { name, message } of all.failed) console.error(`  ${name}\n${beginning(message)}`);
  console.log(line(all));
  return all.failed.length === 0 ? 0 : 1;
}

async function prepareAndRun() {
  try {
    await prepare();
    return await run();
  } finally {
    await putKvmBack(ours);
  }
}

/**
 * One after the other: emulated machines take all processors there are, and two suites side by side took as long as in turn.
 */
async function run() {
  const { checks, vitest, playwright } = await import('./suites.mjs');
  // The one thing that goes on beside others: it keeps one processor busy, and so does each check.
  const image = ensureGuestImage();
  // Its failure is met where it is awaited; until then it must not end us before the device is put back.
  void image.catch(() => undefined);
  if (process.argv.includes('--cloud')) {
    await image;
    return inTurn([() => playwright('cloud')]);
  }
  const checked = await inTurn(checks);
  await image;
  const tests = ['fast', 'contracts', 'real'].map((project) => () => vitest(project));
  return [...checked, ...(await inTurn([...tests, () => playwright('e2e')]))];
}

/**
 * Runs suites one after the other, until a signal ends us.
 * @param {readonly (() => Promise<import('./tally.mjs').Tally>)[]} suites
 */
async function inTurn(suites) {
  const tallies = [];
  for (const suite of suites) {
    endIfTold();
    tallies.push(await suite());
  }
  endIfTold();
  return tallies;
}

function endIfTold() {
  const signal = whatStoppedUs();
  if (signal !== undefined) throw new SetupError(`Stopped by ${signal}.`);
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
