/**
 * What every hypervisor driver promises, as tests. A driver's own test file calls {@link driverContract} with a bench
 * that opens the driver on something real (or on the fake); what the bench cannot do is skipped by name.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { StackboxError } from '../../main/contract/errors';
import { writeIso } from '../../main/seed';
import type {
  Attachment,
  CallOptions,
  DomainSummary,
  HypervisorDriver,
  ImageFile,
  MachineSpec,
  Resource,
} from '../../main/hypervisors/driver';
import { consoleContract } from './console-contract';
import { snapshotContract } from './snapshot-contract';

/** Somebody else's domain, made behind the driver's back. */
export interface ForeignDomain {
  /** Whether it is exactly as it was made. */
  unchanged(): Promise<boolean>;
  remove(): Promise<void>;
}

/** A driver on a workbench: what the contract needs besides the driver itself. */
export interface DriverBench {
  readonly driver: HypervisorDriver;
  /** Folder of this bench, removed by `close`; machine folders are made in it. */
  readonly folder: string;
  /** A small image; what it boots is a few bytes of `echo-sector.ts`. */
  readonly image: ImageFile;
  /** Makes a domain of that name that is not ours. */
  makeForeign(name: string): Promise<ForeignDomain>;
  /**
   * Everything that the hypervisor has and that lies in the driver's folders, one line each: domains, networks with
   * their reservations, pools, disks. The same lines before and after mean that nothing was left behind.
   */
  inventory(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface ContractAbilities {
  /** Machines really run here. */
  readonly start: boolean;
  /** What `probe` says of the connection here; true if absent. VirtualBox without its kernel module does all but start. */
  readonly usable?: boolean;
  /** Why no machine that runs can be put into a snapshot with its memory, where that is so. */
  readonly noMemory?: string;
  /** Disks are files that can be looked at. */
  readonly files: boolean;
  /** How a person calls what is missing here; shown with the skipped tests. */
  readonly because?: string;
}

/** What a refused name or size is answered with. */
const refusal = { name: 'StackboxError', code: 'bad-input' };

/** The contract's machines boot no system that would read it, but VirtualBox looks whether what it gets is an ISO image. */
const SEED = writeIso('cidata', [{ name: 'user-data', content: '#cloud-config\n{}\n' }]);

/** Names no shell, no XML writer and no option parser likes. Each is taken as it is, or refused before anything is made. */
const HOSTILE_NAMES = [
  'two words',
  `it's "quoted"`,
  '$(touch stackbox-was-here)',
  '`touch stackbox-was-here`; touch stackbox-was-here',
  '../../etc/passwd',
  '--help',
  '-c',
  '<name>&amp;&lt;]]>',
  'emoji 🐧 and ümlaut',
  'x'.repeat(300),
  'line\nbreak',
  'nul\0byte',
  ' ',
  '',
  '1',
  '5c7e5ad1-5f4a-4a0e-8e5a-0a7d3f1b2c3d',
];

/** Declares the contract's tests for one driver. */
export function driverContract(name: string, open: () => Promise<DriverBench>, can: ContractAbilities): void {
  describe(`${name} keeps the driver's contract`, () => {
    let bench: DriverBench;
    let driver: HypervisorDriver;
    let before: readonly string[];
    /** Another Stackbox, or a test that was killed, may have machines of its own here: ours differ in every run. */
    const lot = randomBytes(3).toString('hex');
    const made: MachineSpec[] = [];

    beforeAll(async () => {
      bench = await open();
      driver = bench.driver;
      before = await bench.inventory();
    });
    afterEach(async () => {
      // A test that failed in the middle must not fail those after it.
      for (const machine of made.splice(0)) await removeAll(machine);
      await driver.collect();
    });
    afterAll(async () => {
      await bench?.close();
    });

    /** A spec of its own for each machine; `n` makes the identifiers differ. */
    async function spec(n: number, changes: Partial<MachineSpec> = {}): Promise<MachineSpec> {
      const digits = `${lot}${n.toString(16).padStart(6, '0')}`;
      const folder = join(bench.folder, `machine-${n}`);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return {
        id: `m-${digits}`,
        cloudId: `contract-${lot}-${n}`,
        domain: `stackbox-contract-${digits}`,
        title: `Contract machine ${n}`,
        cpus: 1,
        memoryMiB: 512,
        diskBytes: 4 * 1024 ** 3,
        image: bench.image,
        folder,
        ...changes,
      };
    }

    /** What the driver lists of this run's machines. */
    async function list(): Promise<readonly DomainSummary[]> {
      return (await driver.list()).filter(({ cloudId }) => cloudId.startsWith(`contract-${lot}-`));
    }

    async function make(machine: MachineSpec, options?: CallOptions): Promise<Attachment> {
      await driver.makeDisk(machine, () => undefined, options);
      made.push(machine);
      const attachment = await driver.makeNetwork(machine, options);
      await driver.makeSeed(machine, SEED, options);
      await driver.define(machine, attachment, options);
      return attachment;
    }

    async function removeAll(machine: MachineSpec): Promise<void> {
      for (const resource of resourcesBackwards(driver, machine)) await driver.remove(resource);
    }

    async function expectNothingLeft(): Promise<void> {
      await driver.collect();
      expect(await bench.inventory()).toEqual(before);
    }

    it('answers a probe with a sentence', async () => {
      const facts = await driver.probe();
      expect(facts).toMatchObject({ usable: can.usable ?? true });
      expect(facts.reason.length).toBeGreaterThan(10);
    });

    it('names what it will make and makes nothing', async () => {
      const machine = await spec(1);
      const planned = driver.plan(machine);
      expect(planned.domain).toContainEqual({ kind: 'domain', id: machine.domain, connection: driver.connection });
      expect(planned.disk.length).toBeGreaterThan(0);
      expect(driver.plan(machine)).toEqual(planned);
      expect(await bench.inventory()).toEqual(before);
    });

    it('makes a machine, shows it, and removes it without a trace; every call may come twice', async () => {
      const machine = await spec(2);
      const fractions: number[] = [];
      await driver.makeDisk(machine, (fraction) => fractions.push(fraction));
      await driver.makeDisk(machine, () => undefined);
      expect(fractions.at(-1)).toBe(1);
      expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));

      const attachment = await driver.makeNetwork(machine);
      expect(await driver.makeNetwork(machine)).toEqual(attachment);
      expect(attachment.mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
      await driver.makeSeed(machine, SEED);
      await driver.makeSeed(machine, SEED);
      expect(await driver.state(machine.domain)).toBe('missing');
      await driver.define(machine, attachment);
      await driver.define(machine, attachment);

      expect(await list()).toEqual([
        { domain: machine.domain, machineId: machine.id, cloudId: machine.cloudId, state: 'stopped' },
      ]);
      expect(await driver.state(machine.domain)).toBe('stopped');
      const { disk, seed } = driver.plan(machine);
      const absent = [...disk, ...seed].filter(({ id }) => can.files && !existsSync(id));
      expect(absent).toEqual([]);

      // What the machine needs survives a collection.
      const whole = await bench.inventory();
      await driver.collect();
      expect(await bench.inventory()).toEqual(whole);

      await removeAll(machine);
      await removeAll(machine);
      expect(await list()).toEqual([]);
      await expectNothingLeft();
    });

    // The closing list of skips takes the reason from the brackets.
    const skipped = can.start ? '' : ` (${can.because})`;
    it.runIf(can.start)(`starts, powers off and starts again; every call may come twice${skipped}`, async () => {
      const machine = await spec(3);
      const attachment = await make(machine);
      await driver.start(machine.domain);
      await driver.start(machine.domain);
      expect(await driver.state(machine.domain)).toBe('running');
      expect((await list()).map((one) => one.state)).toEqual(['running']);
      const place = await driver.reach(machine.domain, attachment, 22);
      expect(await driver.reach(machine.domain, attachment, 22)).toEqual(place);
      const direct = { host: attachment.address, port: 22 };
      expect(place).toEqual(attachment.reach === 'direct' ? direct : { host: '127.0.0.1', port: place.port });
      const other = await driver.reach(machine.domain, attachment, 80);
      expect(other).not.toEqual(place);
      await driver.shutdown(machine.domain);
      await driver.powerOff(machine.domain);
      await driver.powerOff(machine.domain);
      await driver.shutdown(machine.domain);
      expect(await driver.state(machine.domain)).toBe('stopped');

      await driver.start(machine.domain);
      expect(await driver.reach(machine.domain, attachment, 22, place.port)).toEqual(place);
      // Deleting must work whatever the machine is doing.
      await removeAll(machine);
      expect(await driver.state(machine.domain)).toBe('missing');
      await expectNothingLeft();
    });

    const kit = { bench: () => bench, can, spec, make, list, removeAll, expectNothingLeft };
    snapshotContract(kit);
    consoleContract(kit);

    it('gives two machines different addresses and keeps the one when the other goes', async () => {
      const [first, second] = [await spec(4), await spec(5)];
      const [one, two] = await Promise.all([make(first), make(second)]);
      expect(one.mac).not.toBe(two.mac);
      expect(one.reach === 'forwarded' || one.address !== two.address).toBe(true);
      expect((await list()).map((machine) => machine.machineId).toSorted()).toEqual([first.id, second.id]);
      await removeAll(first);
      await driver.collect();
      expect((await list()).map((machine) => machine.machineId)).toEqual([second.id]);
      expect(await driver.makeNetwork(second)).toEqual(two);
      await removeAll(second);
      await expectNothingLeft();
    });

    it("leaves somebody else's domain alone, even one with our name", async () => {
      const machine = await spec(6);
      const foreign = await bench.makeForeign(machine.domain);
      try {
        const withForeign = await bench.inventory();
        await expect(make(machine)).rejects.toMatchObject({ code: 'conflict' });
        expect(await list()).toEqual([]);
        expect(await driver.state(machine.domain)).toBe('missing');
        for (const act of ['start', 'shutdown', 'powerOff'] as const) {
          await expect(driver[act](machine.domain)).rejects.toBeInstanceOf(StackboxError);
        }
        await removeAll(machine);
        await driver.collect();
        expect(await foreign.unchanged()).toBe(true);
        expect(await bench.inventory()).toEqual(withForeign);
      } finally {
        await foreign.remove();
      }
      await expectNothingLeft();
    });

    it.each(HOSTILE_NAMES.map((text) => [text.slice(0, 40), text] as const))(
      'takes the name %j as it is or refuses it',
      async (_shown, text) => {
        const machine = await spec(7, { domain: text, title: text });
        const problem = await make(machine).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        const shown = (await list()).map((one) => [one.domain, one.state]);
        const left = await bench.inventory();
        if (problem === undefined) await removeAll(machine);
        // Either it is there by exactly that name, or it was refused in words and nothing at all was made.
        const [shownThen, leftThen] = problem === undefined ? [[[text, 'stopped']], left] : [[], before];
        expect(shown).toEqual(shownThen);
        expect(left).toEqual(leftThen);
        expect(problem ?? refusal).toMatchObject(refusal);
        expect(existsSync('stackbox-was-here')).toBe(false);
        await expectNothingLeft();
      },
    );

    it('takes any text as the title', async () => {
      const machine = await spec(0x20);
      const attachment = await make(machine);
      for (const title of HOSTILE_NAMES) {
        await driver.define({ ...machine, title }, attachment);
        expect(await list()).toMatchObject([{ domain: machine.domain, cloudId: machine.cloudId }]);
      }
      await removeAll(machine);
      await expectNothingLeft();
    });

    it.each([
      { wrong: 'no processors', changes: { cpus: 0 } },
      { wrong: 'half a processor', changes: { cpus: 1.5 } },
      { wrong: 'negative memory', changes: { memoryMiB: -512 } },
      { wrong: 'a disk smaller than the image', changes: { diskBytes: 4096 } },
      { wrong: 'an endless disk', changes: { diskBytes: Number.POSITIVE_INFINITY } },
      { wrong: 'an identifier with a path in it', changes: { id: 'm-../../../../etc' } },
    ])('refuses $wrong before anything is made', async ({ changes }) => {
      const machine = await spec(8, changes);
      await expect(make(machine)).rejects.toMatchObject({ code: 'bad-input' });
      expect(await bench.inventory()).toEqual(before);
    });

    it('refuses an image that is not there or is no image, and leaves nothing', async () => {
      for (const path of [join(bench.folder, 'absent.qcow2'), import.meta.filename]) {
        const machine = await spec(9, { image: { ...bench.image, id: 'broken-000000000000', path } });
        await expect(driver.makeDisk(machine, () => undefined)).rejects.toBeInstanceOf(StackboxError);
        await removeAll(machine);
        await expectNothingLeft();
      }
    });

    it('says that a domain is missing', async () => {
      const { domain } = await spec(10);
      expect(await driver.state(domain)).toBe('missing');
      for (const act of ['start', 'shutdown', 'powerOff'] as const) {
        await expect(driver[act](domain)).rejects.toMatchObject({ code: 'not-found' });
      }
    });

    it('stops at once when it is cancelled, with the reason it was given', async () => {
      const machine = await spec(11);
      const reason = new Error('the person pressed Cancel');
      const cancelled = { signal: AbortSignal.abort(reason) };
      const attachment = { mac: '52:54:00:00:00:01', address: '10.0.2.15', reach: 'forwarded', subnet: '10.0.2.0/24' };
      const calls: (() => Promise<unknown>)[] = [
        () => driver.list(cancelled),
        () => driver.makeDisk(machine, () => undefined, cancelled),
        () => driver.makeNetwork(machine, cancelled),
        () => driver.makeSeed(machine, SEED, cancelled),
        () => driver.define(machine, attachment as Attachment, cancelled),
        () => driver.start(machine.domain, cancelled),
        () => driver.state(machine.domain, cancelled),
        () => driver.remove({ kind: 'domain', id: machine.domain, connection: driver.connection }, cancelled),
      ];
      for (const call of calls) await expect(call()).rejects.toBe(reason);
      expect(await bench.inventory()).toEqual(before);
    });

    it('can be cancelled in the middle and repeated', async () => {
      const machine = await spec(12);
      const reason = new Error('the person pressed Cancel');
      const control = new AbortController();
      const interrupted = driver.makeDisk(machine, () => undefined, {
        signal: control.signal,
        log: () => control.abort(reason),
      });
      // A driver that needs no program at all for its disk may be done before it can be cancelled.
      const outcome = await interrupted.then(
        () => reason,
        (thrown: unknown) => thrown,
      );
      expect(outcome).toBe(reason);
      await make(machine);
      expect(await driver.state(machine.domain)).toBe('stopped');
      await removeAll(machine);
      await expectNothingLeft();
    });

    it('tells of a change, and its watch ends with the signal', async () => {
      const control = new AbortController();
      const machine = await spec(13);
      const told = { times: 0 };
      const watching = driver.watch(() => told.times++, control.signal);
      const attachment = await make(machine);
      // The watch needs a moment to be connected; defining again is a change too, so none is missed for ever.
      while (told.times === 0) {
        await driver.define(machine, attachment);
        await sleep(200);
      }
      control.abort();
      await expect(watching).resolves.toBeUndefined();
      await removeAll(machine);
      await expectNothingLeft();
    });
  });
}

/** Everything the plan names, the last made first. It knows the machine's names alone, as when a journal was lost. */
export function resourcesBackwards(driver: HypervisorDriver, machine: MachineSpec): Resource[] {
  const planned = driver.plan({ id: machine.id, domain: machine.domain, folder: machine.folder });
  return [...planned.disk, ...planned.network, ...planned.seed, ...planned.domain].reverse();
}
