/** The part of the drivers' contract that is about typing into the serial console; declared by `contract.ts` in its own tests. */
import { expect, it } from 'vitest';
import { localLog, readLog } from '../../main/guest/log-reader';
import type { HypervisorDriver, SerialLine } from '../../main/hypervisors/driver';
import type { ContractKit } from './snapshot-contract';

export function consoleContract({ bench, can, spec, make, removeAll, expectNothingLeft }: ContractKit): void {
  it('says why there is no console: no machine, somebody else’s, one that is off or has none', async () => {
    const { driver } = bench();
    const machine = await spec(0x40);
    await expect(driver.openConsole(machine)).rejects.toMatchObject({ code: 'not-found' });
    const foreign = await bench().makeForeign(machine.domain);
    try {
      await expect(driver.openConsole(machine)).rejects.toMatchObject({ name: 'StackboxError' });
      expect(await foreign.unchanged()).toBe(true);
    } finally {
      await foreign.remove();
    }
    const off = await spec(0x41);
    await make(off);
    await expect(driver.openConsole(off)).rejects.toMatchObject({ code: 'unreachable' });
    // Where nothing really runs a machine has no console, also when it is on.
    if (!can.start) await driver.start(off.domain);
    const code = can.start ? 'unreachable' : 'not-found';
    await expect(driver.openConsole(off)).rejects.toMatchObject({ code });
    await driver.mendConsole?.(off);
    await removeAll(off);
    await expectNothingLeft();
  });

  // The closing list of skips takes the reason from the brackets.
  const skipped = can.start ? '' : ` (${can.because})`;
  it.runIf(can.start)(`opens the console for one at a time, and its log has all that was said${skipped}`, async () => {
    const { driver } = bench();
    const machine = await spec(0x42);
    await make(machine);
    await driver.start(machine.domain);
    // The fake writes no log. What a slow machine did not hear at once was typed again.
    const [booted, typed] = can.files ? [/ready/, /ready\s+(?:typed once )+and again/] : [/^$/, /^$/];
    await expect.poll(() => logOf(driver, machine), { timeout: 30_000 }).toMatch(booted);
    const first = await driver.openConsole(machine);
    await echoes(first, 'typed once ');
    await expect(driver.openConsole(machine)).rejects.toMatchObject({ code: 'busy' });
    await first.close();
    await first.close();

    const second = await driver.openConsole(machine);
    let ended = 0;
    second.onEnd(() => ended++);
    await echoes(second, 'and again ');
    await expect.poll(() => logOf(driver, machine), { timeout: 10_000 }).toMatch(typed);
    await driver.powerOff(machine.domain);
    await expect.poll(() => ended, { timeout: 10_000 }).toBe(1);
    await second.close();
    await expect(driver.openConsole(machine)).rejects.toMatchObject({ code: 'unreachable' });

    // The next boot has a log and a console as the first.
    await driver.start(machine.domain);
    await echoes(await driver.openConsole(machine), 'anew');
    await removeAll(machine);
    await expectNothingLeft();
  });
}

/** Types until it comes back: a machine that has just been started does not listen yet. */
async function echoes(line: SerialLine, text: string): Promise<void> {
  let seen = '';
  line.onData((bytes) => (seen += Buffer.from(bytes).toString()));
  await expect
    .poll(
      () => {
        if (!seen.includes(text)) line.write(text);
        return seen;
      },
      { timeout: 30_000, interval: 500 },
    )
    .toContain(text);
}

async function logOf(
  driver: HypervisorDriver,
  machine: Parameters<HypervisorDriver['consoleLog']>[0],
): Promise<string> {
  const path = driver.consoleLog(machine);
  if (path === undefined) return '';
  let text = '';
  for (let offset = 0; ;) {
    const piece = await readLog(localLog(path), { offset, waitMs: 0 });
    text += piece.text;
    if (piece.next === offset) return text;
    offset = piece.next;
  }
}
