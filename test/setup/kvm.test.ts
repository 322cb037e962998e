import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { dealWithHollowKvm, putKvmBack } from '../../main/setup/kvm.mjs';
import { tempFolder } from '../support/temp';

const HOLLOW = 'flags\t\t: fpu vme de\n';
const move = { move: true };

beforeEach(() => {
  vi.spyOn(console, 'error').mockReturnValue(undefined);
});
afterEach(() => vi.restoreAllMocks());

/** A computer with a broken device; its daemons are numbers that go when they are told to. */
async function computer({
  pids = [] as number[],
  machines = false,
  stubborn = [] as number[],
  again = [] as number[],
} = {}) {
  const device = join(await tempFolder(), 'kvm');
  await writeFile(device, 'broken');
  const stopped: number[] = [];
  return {
    device,
    stopped,
    cpuinfo: HOLLOW,
    allowed: true,
    running: () => [...pids.filter((pid) => !stopped.includes(pid)), ...(stopped.length > 0 ? again : [])],
    machines: () => machines,
    stop(pid: number) {
      if (!stubborn.includes(pid)) stopped.push(pid);
      return Promise.resolve(!stubborn.includes(pid));
    },
  };
}

it('a device that hangs is moved aside for the tests, and is back after them', async () => {
  const here = await computer();
  expect(dealWithHollowKvm(move, here)).toBe(true);
  expect([existsSync(here.device), await readFile(`${here.device}.off`, 'utf8')]).toEqual([false, 'broken']);
  expect(await putKvmBack({ moved: true, started: [] }, here)).toBe(true);
  expect([await readFile(here.device, 'utf8'), existsSync(`${here.device}.off`)]).toEqual(['broken', false]);
});

it('a device that works, or is not ours to move, or is only to be explained, stays', async () => {
  const here = await computer();
  expect(dealWithHollowKvm(move, { ...here, cpuinfo: 'flags\t\t: fpu vmx\n' })).toBe(false);
  expect(dealWithHollowKvm(move, { ...here, allowed: false })).toBe(false);
  expect(dealWithHollowKvm({ move: false }, here)).toBe(false);
  expect(existsSync(here.device)).toBe(true);
});

it('what another run or a person has moved aside stays there', async () => {
  const here = await computer();
  dealWithHollowKvm(move, here);
  expect(dealWithHollowKvm(move, here)).toBe(false);
  expect(await putKvmBack({ moved: false, started: [] }, here)).toBe(false);
  expect(existsSync(here.device)).toBe(false);
});

it('a device that somebody has made anew is not written over', async () => {
  const here = await computer();
  dealWithHollowKvm(move, here);
  await writeFile(here.device, 'new');
  expect(await putKvmBack({ moved: true, started: [] }, here)).toBe(false);
  expect(await readFile(here.device, 'utf8')).toBe('new');
});

it('the daemons that this run started are stopped first, libvirtd before virtlogd', async () => {
  const here = await computer({ pids: [12] });
  dealWithHollowKvm(move, here);
  expect(await putKvmBack({ moved: true, started: [11, 12] }, here)).toBe(true);
  expect(here.stopped).toEqual([12, 11]);
});

it.each([
  ['libvirt runs that this run did not start', { pids: [12, 99] }, []],
  ['a machine runs', { pids: [12], machines: true }, []],
  ['libvirt does not stop', { pids: [12], stubborn: [12] }, []],
  ['libvirt is started again by somebody', { pids: [12], again: [13] }, [12, 11]],
])('as long as %s, the device stays aside', async (_, facts, stopped) => {
  const here = await computer(facts);
  dealWithHollowKvm(move, here);
  expect(await putKvmBack({ moved: true, started: [11, 12] }, here)).toBe(false);
  expect(here.stopped).toEqual(stopped);
  expect([existsSync(here.device), existsSync(`${here.device}.off`)]).toEqual([false, true]);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('a run that is ended by %s puts the device back', async (signal) => {
  const { device } = await computer();
  const setup = (file: string): string => JSON.stringify(resolve('main/setup', file));
  const script = `
    import { dealWithHollowKvm, putKvmBack } from ${setup('kvm.mjs')};
    import { noteSignals, show, whatStoppedUs } from ${setup('programs.mjs')};
    const device = ${JSON.stringify(device)};
    noteSignals();
    const moved = dealWithHollowKvm({ move: true }, { device, cpuinfo: 'flags : fpu', allowed: true });
    await show([process.execPath, '-e', "console.log('ready'); setTimeout(() => {}, 60_000)"]);
    await putKvmBack({ moved, started: [] }, { device, running: () => [], machines: () => false, stop: async () => true });
    console.log(whatStoppedUs());
  `;
  // A group of its own, because a terminal sends Ctrl-C to a whole group.
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { detached: true });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said === 'ready\n' && child.pid !== undefined)
      process.kill(signal === 'SIGINT' ? -child.pid : child.pid, signal);
  });
  await once(child, 'close');
  expect(said).toBe(`ready\n${signal}\n`);
  expect([existsSync(device), existsSync(`${device}.off`)]).toEqual([true, false]);
});
