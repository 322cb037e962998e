/** What this computer is and has, as far as the set-up must know. Decisions are functions of what was read. */
import { existsSync, readFileSync } from 'node:fs';
import packages from './packages.json' with { type: 'json' };

/**
 * @typedef {{ title: string, ids: string[], root: boolean, commands: string[][] }} InstallWay
 */

/**
 * How a hypervisor is installed here.
 * @param {NodeJS.Platform} platform
 * @param {string} osRelease content of /etc/os-release
 * @returns {InstallWay | undefined}
 */
export function installWay(platform, osRelease) {
  if (platform === 'darwin') return packages.hypervisor.darwin;
  if (platform === 'win32') return packages.hypervisor.win32;
  const ids = new Set(['ID', 'ID_LIKE'].flatMap((key) => valueOf(osRelease, key).split(/\s+/)));
  return Object.values(packages.hypervisor).find((way) => way.ids.some((id) => ids.has(id)));
}

/**
 * The device is there but the processor shows no virtualisation: KVM then hangs, and libvirt takes 88 s for every define
 * until the device is out of its sight.
 * @param {boolean} device whether /dev/kvm is there
 * @param {string} cpuinfo content of /proc/cpuinfo
 */
export function kvmIsHollow(device, cpuinfo) {
  // The flags line exists on x86 only; elsewhere nothing can be said.
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.split(/\s+/);
  return device && flags !== undefined && !flags.includes('vmx') && !flags.includes('svm');
}

/**
 * @param {{ platform: NodeJS.Platform, env: NodeJS.ProcessEnv, root: boolean, binary: boolean }} facts
 * @returns {string | undefined} why Electron cannot open a window here, in one sentence
 */
export function whyNoWindow({ platform, env, root, binary }) {
  if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) {
    return 'There is no display here, so the window is served to a browser instead.';
  }
  if (platform === 'linux' && root) {
    return 'Electron does not run as root, so the window is served to a browser instead.';
  }
  if (!binary) return "Electron's binary could not be had, so the window is served to a browser instead.";
  return undefined;
}

/** @param {string} path @returns {string} its content, or nothing when there is no such file */
export function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** @param {string} osRelease @param {string} key */
function valueOf(osRelease, key) {
  const value = new RegExp(`^${key}=(.*)$`, 'm').exec(osRelease)?.[1] ?? '';
  return value.replaceAll(/^["']|["']$/g, '');
}
