/** What only the tests need: programs from Debian's packages, and the image of their guest. */
import { existsSync } from 'node:fs';
import packages from './packages.json' with { type: 'json' };
import { ask, isRoot, must, say, show } from './programs.mjs';
import { installWay, readIfThere } from './system.mjs';

/** Installs the packages that are missing, on Debian as root; elsewhere it names the programs and the tests do what they can. */
export async function ensureTestTools() {
  const debian = installWay(process.platform, readIfThere('/etc/os-release'))?.ids.includes('debian') === true;
  const missing = packages.testTools.debian.filter((name) => !debian || !isInstalled(name));
  if (missing.length === 0) return;
  if (!debian || !isRoot) {
    say(`Some tests need programs that Debian has in these packages: ${missing.join(' ')}`);
    return;
  }
  say(`Installing the tests' tools: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await must(['apt-get', 'update'], { env });
  await must(['apt-get', 'install', '--yes', '--no-install-recommends', ...missing], { env });
}

/** Makes the tests' guest, which stays in the cache. A failure is no end: the tests that need it will say so. */
export async function ensureGuestImage() {
  if (process.platform !== 'linux' || !existsSync('test/guest-image/build.sh')) return;
  say('Making the guest image of the tests (80 s the first time)');
  const code = await show(['bash', 'test/guest-image/build.sh']);
  if (code !== 0) say(`The guest image could not be made (exit code ${code}).`);
}

/** @param {string} name */
function isInstalled(name) {
  return ask(['dpkg-query', '--show', '--showformat=${Status}', name])?.endsWith(' installed') === true;
}
