/**
 * /dev/kvm of a computer whose processor has no virtualisation. libvirt waits for such a device, so tests move it aside
 * before libvirtd starts, and put it back.
 */
import { existsSync, renameSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { ask, isRoot, say } from './programs.mjs';
import { kvmIsHollow, readIfThere } from './system.mjs';

const KVM = '/dev/kvm';
/** Those of libvirt's daemons that look at the device. */
const PROBING = ['libvirtd', 'virtqemud'];

/**
 * Moves the device aside, where we may; otherwise it is only explained. It must happen before libvirtd starts.
 * @param {{ move: boolean }} options
 * @param {{ device: string, cpuinfo: string, allowed: boolean }} [computer]
 * @returns {boolean} whether it was moved
 */
export function dealWithHollowKvm({ move }, { device, cpuinfo, allowed } = thisComputer()) {
  if (!kvmIsHollow(existsSync(device), cpuinfo)) return false;
  const why = `${device} is there, but the processor offers no virtualisation (no vmx or svm)`;
  if (!move || !allowed) {
    say(
      `${why}. Machines are emulated, and libvirt is slow as long as the device is there (cure: mv ${device} ${aside(device)})`,
    );
    return false;
  }
  renameSync(device, aside(device));
  say(`${why}: moved to ${aside(device)} until the tests are over, because libvirt waits for it`);
  return true;
}

/**
 * Puts the device back that this run has moved aside. A libvirtd that sees it again probes QEMU at every define, 88 s each
 * time: so the daemons that this run started are stopped before. The next run, as the second one of `.ci/run`, moves the
 * device and starts them anew, which takes a few seconds. The device stays aside, and the person is told, as long as
 * somebody else's daemon runs, or a machine: its console is lost with virtlogd, and it may be somebody's.
 * @param {{ moved: boolean, started: readonly number[] }} ours `started`: process ids of libvirt's daemons
 * @param {{ device: string } & Daemons} [computer]
 * @returns {Promise<boolean>} whether it is back
 */
export async function putKvmBack({ moved, started }, computer = { device: KVM, ...daemons }) {
  const { device } = computer;
  // A device that is there again is of somebody who knows better, like udev.
  if (!moved || existsSync(device) || !existsSync(aside(device))) return false;
  const obstacle = await inTheWay(started, computer);
  if (obstacle !== undefined) {
    say(`${aside(device)} stays where it is, because ${obstacle}. To undo: mv ${aside(device)} ${device}`);
    return false;
  }
  renameSync(aside(device), device);
  say(`${device} is back`);
  return true;
}

/**
 * Stops our own daemons, if nothing speaks against it.
 * @param {readonly number[]} started
 * @param {Daemons} daemons
 * @returns {Promise<string | undefined>} why the device must not be seen yet
 */
async function inTheWay(started, { running, machines, stop }) {
  const strangers = () => running().filter((pid) => !started.includes(pid));
  if (strangers().length > 0) return 'libvirt runs, and not because of these tests';
  if (started.length > 0 && machines()) return 'machines run, or libvirt does not say whether any does';
  // libvirtd before virtlogd, which it would start again.
  for (const pid of [...started].reverse()) {
    if (!(await stop(pid))) return `libvirt’s process ${pid} does not stop`;
  }
  return running().length > 0 ? 'libvirt was started again' : undefined;
}

/**
 * @typedef {object} Daemons
 * @property {() => number[]} running process ids of all daemons that would look at the device
 * @property {() => boolean} machines whether a machine runs, or nobody knows
 * @property {(pid: number) => Promise<boolean>} stop whether the process is gone
 */

/** @type {Daemons} */
const daemons = {
  running: () => PROBING.flatMap(processesOf),
  machines: () => ask(['virsh', '-c', 'qemu:///system', 'list', '--name'])?.trim() !== '',
  async stop(pid) {
    try {
      process.kill(pid, 'SIGTERM');
      for (let tries = 0; tries < 100; tries += 1) {
        await wait(100);
        process.kill(pid, 0);
      }
      return false;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return true;
      throw error;
    }
  },
};

/** @param {string} name @returns {number[]} */
export function processesOf(name) {
  return (ask(['pidof', name]) ?? '').split(/\s+/).filter(Boolean).map(Number);
}

function thisComputer() {
  const cpuinfo = readIfThere('/proc/cpuinfo');
  return {
    device: KVM,
    cpuinfo,
    allowed: isRoot && (process.env['CI'] === 'true' || !existsSync('/run/systemd/system')),
  };
}

/** @param {string} device */
function aside(device) {
  return `${device}.off`;
}
