/** A hypervisor on this computer: found, or installed when allowed, and its daemons running. */
import { existsSync, renameSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { ask, isRoot, must, say, which } from './programs.mjs';
import { installWay, kvmIsHollow, readIfThere } from './system.mjs';

const KVM = '/dev/kvm';

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
 * @returns {Promise<string[]>} names of the programs that were started
 */
export async function ensureDaemons() {
  if (process.platform !== 'linux' || !isRoot || existsSync('/run/systemd/system')) return [];
  if (which('libvirtd') === undefined || ask(['virsh', '-c', 'qemu:///system', 'version']) !== undefined) return [];
  say('Starting virtlogd and libvirtd, because there is no systemd that would');
  /** @type {string[]} */
  const started = [];
  for (const name of ['virtlogd', 'libvirtd']) {
    if (ask(['pidof', name]) !== undefined) continue;
    await must([which(name) ?? name, '-d']);
    started.push(name);
  }
  return started;
}

/**
 * KVM that is only a device node makes libvirt wait for it. Tests move it out of the way, where they may; otherwise
 * it is only explained. It must happen before libvirtd starts.
 * @param {{ move: boolean }} options
 */
export function dealWithHollowKvm({ move }) {
  if (!kvmIsHollow(existsSync(KVM), readIfThere('/proc/cpuinfo'))) return;
  const why = `${KVM} is there, but the processor offers no virtualisation (no vmx or svm)`;
  if (move && isRoot && (process.env.CI === 'true' || !existsSync('/run/systemd/system'))) {
    renameSync(KVM, `${KVM}.off`);
    say(`${why}: moved to ${KVM}.off, because libvirt waits for it. To undo: mv ${KVM}.off ${KVM}`);
  } else {
    say(
      `${why}. Machines are emulated, and libvirt is slow as long as the device is there (cure: mv ${KVM} ${KVM}.off)`,
    );
  }
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
