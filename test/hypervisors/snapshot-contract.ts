/** The part of the drivers' contract that is about snapshots and saved state; declared by `contract.ts` in its own tests. */
import { expect, it } from 'vitest';
import { StackboxError } from '../../main/contract/errors';
import type { Attachment, DomainSummary, MachineSpec } from '../../main/hypervisors/driver';
import type { ContractAbilities, DriverBench } from './contract';

/** What the contract's tests share. */
export interface ContractKit {
  readonly bench: () => DriverBench;
  readonly can: ContractAbilities;
  readonly spec: (n: number) => Promise<MachineSpec>;
  readonly make: (machine: MachineSpec) => Promise<Attachment>;
  readonly list: () => Promise<readonly DomainSummary[]>;
  readonly removeAll: (machine: MachineSpec) => Promise<void>;
  readonly expectNothingLeft: () => Promise<void>;
}

export function snapshotContract({ bench, can, spec, make, list, removeAll, expectNothingLeft }: ContractKit): void {
  // The closing list of skips takes the reason from the brackets.
  const skipped = can.start ? '' : ` (${can.because})`;

  it('takes, lists, restores and removes snapshots, and a machine that is removed takes them with it', async () => {
    const { driver } = bench();
    const { snapshots } = driver;
    if (!snapshots) throw new Error('This driver has no snapshots.');
    const machine = await spec(0x30);
    const { domain } = machine;
    await make(machine);
    const bare = await bench().inventory();
    expect(await snapshots.list(domain)).toEqual([]);
    // The hypervisors keep whole seconds.
    const since = Math.floor(Date.now() / 1000) * 1000;
    const first = await snapshots.take(domain, 'Before the ümlaut (1)');
    expect(first).toMatchObject({ name: 'Before the ümlaut (1)', withMemory: false, current: true });
    expect(first.takenAt).toBeGreaterThanOrEqual(since);
    expect(first.takenAt).toBeLessThanOrEqual(Date.now());
    expect(await snapshots.take(domain, 'Before the ümlaut (1)')).toEqual(first);
    const second = await snapshots.take(domain, 'after');
    const names = async (): Promise<unknown> =>
      Object.fromEntries((await snapshots.list(domain)).map((one) => [one.name, one.current]));
    expect(await names()).toEqual({ [first.name]: false, after: true });

    await snapshots.restore(domain, first.id);
    expect(await driver.state(domain)).toBe('stopped');
    expect(await names()).toEqual({ [first.name]: true, after: false });
    await snapshots.remove(domain, second.id);
    await snapshots.remove(domain, second.id);
    await expect(snapshots.restore(domain, second.id)).rejects.toMatchObject({ code: 'not-found' });
    await snapshots.remove(domain, first.id);
    expect(await snapshots.list(domain)).toEqual([]);
    expect((await bench().inventory()).length).toBe(bare.length);

    // What would be something else to a hypervisor or a shell is no name.
    for (const name of ['', ' ', '--help', '1', 'a/b', '../x', 'line\nbreak', '$(touch x)', 'x'.repeat(61)]) {
      await expect(snapshots.take(domain, name)).rejects.toMatchObject({ code: 'bad-input' });
    }
    expect(await snapshots.list(domain)).toEqual([]);

    await snapshots.take(domain, 'goes with the machine');
    await snapshots.take(domain, 'and so does this');
    await removeAll(machine);
    await expectNothingLeft();
  });

  it("leaves somebody else's snapshots alone", async () => {
    const { driver } = bench();
    const { domain } = await spec(0x32);
    const foreign = await bench().makeForeign(domain);
    try {
      await expect(driver.snapshots?.take(domain, 'mine')).rejects.toBeInstanceOf(StackboxError);
      await expect(driver.snapshots?.list(domain)).rejects.toBeInstanceOf(StackboxError);
      await expect(driver.saveState?.(domain)).rejects.toBeInstanceOf(StackboxError);
      expect(await foreign.unchanged()).toBe(true);
    } finally {
      await foreign.remove();
    }
  });

  it.runIf(can.start)(`saves the state of a machine that runs, and goes on where it was${skipped}`, async () => {
    const { driver } = bench();
    const machine = await spec(0x33);
    const { domain } = machine;
    const attachment = await make(machine);
    await driver.saveState?.(domain);
    expect(await driver.state(domain)).toBe('stopped');
    await driver.start(domain);
    await driver.saveState?.(domain);
    await driver.saveState?.(domain);
    expect(await driver.state(domain)).toBe('saved');
    expect((await list()).map((one) => one.state)).toEqual(['saved']);
    await driver.start(domain);
    expect(await driver.state(domain)).toBe('running');
    await driver.reach(domain, attachment, 22);
    await driver.saveState?.(domain);
    // Deleting must work here too.
    await removeAll(machine);
    await expectNothingLeft();
  });

  const hindrance = can.start ? can.noMemory : can.because;
  const why = hindrance === undefined ? '' : ` (${hindrance})`;
  it.skipIf(hindrance !== undefined)(`goes back to a machine that ran${why}`, async () => {
    const { driver } = bench();
    const machine = await spec(0x34);
    const { domain } = machine;
    await make(machine);
    const off = await driver.snapshots?.take(domain, 'off');
    await driver.start(domain);
    const on = await driver.snapshots?.take(domain, 'on');
    expect(on).toMatchObject({ withMemory: true, current: true });
    expect(await driver.state(domain)).toBe('running');
    await driver.saveState?.(domain);
    await driver.snapshots?.restore(domain, off?.id ?? '');
    // What was saved belongs to a disk that is gone: the machine boots.
    expect(await driver.state(domain)).toBe('stopped');
    await driver.snapshots?.restore(domain, on?.id ?? '');
    expect(['running', 'saved']).toContain(await driver.state(domain));
    await driver.start(domain);
    expect(await driver.state(domain)).toBe('running');
    await driver.powerOff(domain);
    expect(await driver.state(domain)).toBe('stopped');
    await removeAll(machine);
    await expectNothingLeft();
  });
}
