/** Packages and build of this checkout, each made again only when something it depends on has changed. */
import { existsSync } from 'node:fs';
import { must, npm, packaged, say } from './programs.mjs';
import { hashOf, isFresh, writeStamp } from './stamps.mjs';

const PACKAGES_STAMP = 'node_modules/.stackbox-stamp';
const BUILD_STAMP = 'out/.stackbox-stamp';
const SOURCES = ['main', 'renderer', 'assets', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** Installs the packages of the lock file. No install script runs: nothing here needs one. */
export async function ensurePackages() {
  const hash = hashOf(['package-lock.json']);
  if (existsSync('node_modules') && isFresh(PACKAGES_STAMP, hash)) return;
  say('Installing packages (npm ci)');
  await must(npm('ci', '--ignore-scripts', '--no-audit', '--no-fund'));
  writeStamp(PACKAGES_STAMP, hash);
}

/** Builds `out/` from the sources. */
export async function ensureBuilt() {
  const hash = hashOf(SOURCES);
  const built = ['out/main/cli.js', 'out/main/desktop.js', 'out/renderer/index.html'].every((path) => existsSync(path));
  if (built && isFresh(BUILD_STAMP, hash)) return;
  say('Building');
  await must(packaged('electron-vite/bin/electron-vite.js', 'build', '--config', 'main/build.config.ts'));
  writeStamp(BUILD_STAMP, hash);
}
