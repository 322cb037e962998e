/** A hypervisor on this computer: found, or installed when allowed, and its daemons running. */
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { processesOf } from './kvm.mjs';
import { ask, isRoot, must, say, which } from './programs.mjs';
import { installWay, readIfThere } from './system.mjs';

/**
 * Looks for a hypervisor and, when there is none, installs one if allowed. Without one the app still opens: its doctor
 * says what is missing.
 * @param {{ yes: boolean }} options `yes` stands for the person's yes
 */
export async function ensureHypervisor({ yes }) {
  if (hasHypervisor()) return;
  const way = installWay(process.platform, readIfThere('/etc/os-release'));
  if (way === undefined) {
    say('There is no hypervisor here. Install libvirt with QEMU, or VirtualBox, with this system’s own packages.');
    return;
  }
  const commands = way.commands.map((argv) => (way.root && !isRoot ? ['sudo', ...argv] : argv));
  say(`There is no hypervisor here. On ${way.title} this installs one:`);
  for (const argv of commands) console.error(`  ${argv.join(' ')}`);
  const allowed = yes || (way.root && isRoot) || (await confirm('Run it now? [y/N] '));
  if (!allowed) {
    console.error('  It was not run. Without a hypervisor no cloud can be made; the doctor in the window says more.');
    return;
  }
  for (const argv of commands) await must(argv, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}

/**
 * Starts libvirt's daemons where nobody else does: as root, without systemd.
 * @returns {Promise<number[]>} process ids of the daemons that were started
 */
export async function ensureDaemons() {
  if (process.platform !== 'linux' || !isRoot || existsSync('/run/systemd/system')) return [];
  if (which('libvirtd') === undefined || ask(['virsh', '-c', 'qemu:///system', 'version']) !== undefined) return [];
  say('Starting virtlogd and libvirtd, because there is no systemd that would');
  /** @type {number[]} */
  const started = [];
  for (const name of ['virtlogd', 'libvirtd']) {
    if (processesOf(name).length > 0) continue;
    await must([which(name) ?? name, '-d']);
    started.push(...processesOf(name));
  }
  return started;
}

function hasHypervisor() {
  if (which(process.platform === 'win32' ? 'VBoxManage.exe' : 'VBoxManage') !== undefined) return true;
  if (process.platform === 'win32') return existsSync('C:\\Program Files\\Oracle\\VirtualBox\\VBoxManage.exe');
  return which('virsh') !== undefined && which('libvirtd', '/usr/sbin') !== undefined;
}

/** @param {string} question */
async function confirm(question) {
  if (!process.stdin.isTTY) return false;
  const asker = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asker.question(question)).trim());
  } finally {
    asker.close();
  }
}
