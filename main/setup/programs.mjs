/** Running programs during set-up: argument arrays only, output straight to the person. No packages: none may be there yet. */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the set-up says about itself; the programs' own output stands between. @param {string} text */
export function say(text) {
  console.error(`\n▸ ${text}`);
}

/** A failure that is explained by its message alone. */
export class SetupError extends Error {}

/** @type {readonly NodeJS.Signals[]} */
const PASSED_ON = ['SIGTERM', 'SIGHUP'];

/** @type {string | undefined} */
let stoppedBy;

/** The signal that ended what we showed, and is meant for us as well; `undefined` if none came. */
export const whatStoppedUs = () => stoppedBy;

/**
 * From now on a signal is only noted, so that what was changed can be put back: what we show is ended by it, and we end as
 * soon as {@link whatStoppedUs} is looked at. The same signal once more ends us at once.
 */
export function noteSignals() {
  for (const signal of ['SIGINT', ...PASSED_ON]) {
    process.once(signal, () => {
      stoppedBy = signal;
    });
  }
}

/**
 * Runs a program in front of the person.
 * @param {readonly string[]} argv
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<number>} its exit code; 128 and more for a signal
 */
export function show([file = '', ...args], options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', ...options });
    // The terminal sends Ctrl-C to both of us; these come to us alone, and the program must not outlive us.
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => {
      stoppedBy = signal;
      child.kill(signal);
    };
    for (const signal of PASSED_ON) process.on(signal, passOn);
    const settle = () => PASSED_ON.forEach((signal) => process.off(signal, passOn));
    child.once('error', (error) => {
      settle();
      reject(new SetupError(`${file} could not be run: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      settle();
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/**
 * Like {@link show}, for a program that must succeed.
 * @param {readonly string[]} argv
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 */
export async function must(argv, options) {
  const code = await show(argv, options);
  if (code !== 0) throw new SetupError(`This failed with exit code ${code}: ${argv.join(' ')}`);
}

/**
 * Asks a program something, without showing it.
 * @param {readonly string[]} argv
 * @returns {string | undefined} its output, or `undefined` when it failed or is not there
 */
export function ask([file = '', ...args]) {
  const { status, stdout } = spawnSync(file, args, { encoding: 'utf8', timeout: 120_000 });
  return status === 0 ? stdout : undefined;
}

/**
 * @param {string} name
 * @param {string} [path] folders to look in, as PATH has them; those of root's programs are looked into as well
 * @returns {string | undefined} where the program is
 */
export function which(name, path = process.env['PATH'] ?? '') {
  const folders = [...path.split(delimiter), '/usr/sbin', '/sbin'].filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** npm itself, without a shell: on Windows `npm` is a script that only a shell can start. @param {...string} args */
export function npm(...args) {
  const script = process.env['npm_execpath'];
  return script === undefined ? ['npm', ...args] : [process.execPath, script, ...args];
}

/** A program of an installed package, run by this Node. @param {string} script @param {...string} args */
export function packaged(script, ...args) {
  return [process.execPath, join('node_modules', script), ...args];
}

/** Whether this process may do everything on this computer. */
export const isRoot = process.getuid?.() === 0;

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: the next folder may have it.
    return false;
  }
}
