/**
 * What random addresses of programs cost an emulated guest, and what the seed of one therefore turns off: the same programs
 * in the same guest, with and without, in turns. See `main/seed/documents.ts`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { median } from '../../main/core/run/durations';
import type { SshGuest } from '../../main/guest/ssh';
import { bootGuest, connectBooted, type BootedGuest } from '../support/boot-guest';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
/** The kernel's words for both ways, and ours. */
const WAYS = [
  { value: '2', way: 'random addresses, as images have them' },
  { value: '0', way: 'fixed addresses, as Stackbox seeds them' },
] as const;
const PROGRAMS = [
  { title: '200 starts of /bin/true', script: 'for n in $(seq 200); do /bin/true; done' },
  { title: '5 starts of python3 with json and re', script: 'for n in $(seq 5); do python3 -c "import json, re"; done' },
  { title: '3 times dpkg --list', script: 'for n in $(seq 3); do dpkg --list >/dev/null; done' },
] as const;

let booted: BootedGuest;
let guest: SshGuest;

beforeAll(async () => {
  booted = await bootGuest();
  guest = await connectBooted(booted);
});

afterAll(async () => {
  guest.close();
  await booted.end();
});

describe('an emulated guest', () => {
  it.each(PROGRAMS)('$title', async ({ title, script }) => {
    const times = WAYS.map(({ value, way }) => ({ value, way, ms: [] as number[] }));
    for (let round = 0; round < ROUNDS; round++) {
      for (const { value, ms } of times) ms.push(await timed(value, script));
    }
    const [random, fixed] = times.map(({ ms }) => median(ms) ?? 0);
    for (const { way, ms } of times) {
      console.log(`${title}, ${way}: ${ms.map((one) => `${(one / 1000).toFixed(2)} s`).join(' ')}`);
    }
    const ratio = (fixed ?? 0) / (random ?? 1);
    console.log(`${title}: ratio ${ratio.toFixed(2)}`);
    expect(ratio).toBeGreaterThan(0);
  });
});

/** By the guest's own clock, so that the way to it does not count. @returns ms */
async function timed(value: string, script: string): Promise<number> {
  const whole = `echo ${value} >/proc/sys/kernel/randomize_va_space; begun=$(date +%s%N); ${script}; echo $((($(date +%s%N) - begun) / 1000000))`;
  const { stdout } = await guest.exec(['bash', '-c', whole], { root: true });
  return Number(stdout.trim());
}
