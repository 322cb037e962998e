/** `npm start`: from a clean checkout to the open window. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDaemons, ensureHypervisor } from './hypervisor.mjs';
import { dealWithHollowKvm } from './kvm.mjs';
import { tooOld } from './node-version.mjs';
import { isRoot, packaged, say, SetupError, show } from './programs.mjs';
import { ensureBuilt, ensurePackages } from './project.mjs';
import { whyNoWindow } from './system.mjs';

const ELECTRON = 'node_modules/electron';

/** @returns {Promise<number>} exit code */
async function start() {
  const old = tooOld(process.versions.node);
  if (old !== undefined) throw new SetupError(old);
  process.chdir(join(import.meta.dirname, '../..'));
  const { yes } = options();
  await ensurePackages();
  await ensureBuilt();
  await ensureHypervisor({ yes });
  dealWithHollowKvm({ move: false });
  await ensureDaemons();

  const facts = { platform: process.platform, env: process.env, root: isRoot };
  // Asked twice, so that the binary is fetched only where it could be used.
  const why = whyNoWindow({ ...facts, binary: true }) ?? whyNoWindow({ ...facts, binary: await ensureElectron() });
  if (why === undefined) return show([electronBinary() ?? '', '.']);
  say(why);
  return serve();
}

function options() {
  try {
    return parseArgs({ options: { yes: { type: 'boolean', default: false } } }).values;
  } catch {
    throw new SetupError(
      'Usage: npm start [-- --yes]\n  --yes  install a hypervisor without asking when there is none',
    );
  }
}

/** The terminal sends Ctrl-C to both of us: the server closes by itself, and we only wait for it. */
function serve() {
  process.on('SIGINT', () => undefined);
  return show([process.execPath, 'out/main/cli.js', 'serve']);
}

/** Electron has no install script of its own any more: its binary is fetched when it is first needed. */
async function ensureElectron() {
  if (electronBinary() !== undefined) return true;
  say('Fetching Electron');
  await show(packaged('electron/install.js'));
  return electronBinary() !== undefined;
}

function electronBinary() {
  const name = join(ELECTRON, 'path.txt');
  if (!existsSync(name)) return undefined;
  const path = join(ELECTRON, 'dist', readFileSync(name, 'utf8').trim());
  return existsSync(path) ? path : undefined;
}

try {
  process.exitCode = await start();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
