/** A whole Stackbox on a computer of the test's own: a data folder, a hypervisor in memory, guests in folders. */
import { once } from 'node:events';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { Cloud, Run } from '../../../main/contract/models';
import { LiveCloud } from '../../../main/core/clouds/cloud';
import { openCore, type Core } from '../../../main/core/open';
import { journalRecordSchema, type JournalRecord } from '../../../main/core/run/records';
import { dataFolder } from '../../../main/core/store/folders';
import { readJournal } from '../../../main/core/store/journal';
import type { HypervisorDriver } from '../../../main/hypervisors/driver';
import { plainMachine } from '../../../main/recipes/plain-machine';
import { createFakeDriver, type FakeDriver } from '../../fakes/fake-driver';
import { qcow2 } from '../../images/disks';
import { imageServer } from '../../images/image-server';
import { tempFolder } from '../../support/temp';
import { FolderGuest } from './folder-guest';
import { Gates } from './gates';
import { lab } from './recipe';

/** All steps of a create run of the lab recipe. */
export const CREATE_STEPS = [
  ...['check', 'image', 'disk', 'network', 'seed', 'define', 'start'],
  ...['console', 'ssh', 'login', 'cloud-init', 'sudo', 'install', 'proof-answers', 'card'],
] as const;
/** Steps that a test can hold in their middle; the others do nothing that takes time. */
export const LONG_STEPS = CREATE_STEPS.filter((step) => step !== 'check');

/** For a test that goes through a whole life at each step in turn: seconds, but many on a busy computer. */
export const LONG = { timeout: 120_000 };

export interface Computer {
  readonly folder: string;
  readonly hypervisor: FakeDriver;
  readonly gates: Gates;
  /** Opens Stackbox; it is closed when the test has finished. */
  readonly open: (options?: { folder?: string; resume?: boolean }) => Promise<Core>;
  /** The guest of a cloud. */
  readonly guest: (cloud: Cloud) => FolderGuest;
}

export async function computer(): Promise<Computer> {
  const gates = new Gates();
  const opened: Core[] = [];
  const place = join(await tempFolder(), 'data');
  // The person's own files are not this test's.
  vi.stubEnv('XDG_CONFIG_HOME', join(await tempFolder(), 'config'));
  await useImage(gates);
  const guests = new Map<string, FolderGuest>();
  const hypervisor = createFakeDriver();
  const driver = withGuests(hypervisor, guests, gates);
  const late = setTimeout(() => tellWhereItStands(opened, gates), LATE);
  onTestFinished(async () => {
    clearTimeout(late);
    for (const core of opened) await core.close();
  });
  return {
    folder: place,
    hypervisor,
    gates,
    async open({ folder = place, resume = true } = {}) {
      const replace = { drivers: [driver], recipes: [lab, plainMachine] };
      const core = await openCore({ dataFolder: folder, resume, replace });
      opened.push(core);
      return core;
    },
    guest(cloud) {
      const guest = guests.get(cloud.machines[0]?.id ?? '');
      if (guest) return guest;
      throw new Error(`${cloud.name} has no guest.`);
    },
  };
}

/** A test that is not done by now (ms) waits for something that does not come. */
const LATE = 60_000;

function tellWhereItStands(opened: readonly Core[], gates: Gates): void {
  const clouds = opened.flatMap((core) => core.services.clouds.list());
  const steps = clouds.flatMap(({ name, run }) =>
    (run?.steps ?? []).map(({ id, state, detail = '' }) => `${name} ${run?.kind} ${id}: ${state} ${detail}`),
  );
  console.error([`Shut: ${gates.shut.join(', ') || 'nothing'}`, ...steps].join('\n'));
}

/** A plan that fits every computer. */
export function plan(name = 'lab-1', recipe = 'lab'): unknown {
  const size = recipe === 'lab' ? { cpus: 1, memoryMiB: 512, diskGiB: 2 } : { cpus: 1, memoryMiB: 1024, diskGiB: 5 };
  return { version: 1, name, recipe: { id: recipe }, connection: 'libvirt-session', image: 'debian-12', size };
}

/** Waits until nobody works on the cloud. @returns the cloud then */
export async function ended(core: Core, { id }: Cloud): Promise<Cloud> {
  await core.services.clouds.find(id).active?.ended;
  return core.services.clouds.get(id);
}

export async function created(core: Core, wish = plan()): Promise<Cloud> {
  return ended(core, await core.services.clouds.create(wish));
}

/** Waits until a deleted cloud is gone. */
export async function deleted(core: Core, cloud: Cloud): Promise<void> {
  await core.services.clouds.delete(cloud.id);
  await core.services.clouds.find(cloud.id).active?.ended;
}

type Moment = 'running' | 'done';

/**
 * Calls back once, when the journal is about to say that a step has ended (`done`), or has just said that it begins
 * (`running`). What the callback throws, the run sees as a journal that cannot be written.
 */
export function atStep(stepId: string, moment: Moment, act: (cloud: LiveCloud) => Promise<void> | void): void {
  const real = Reflect.get(LiveCloud.prototype, 'record');
  const spy = vi.spyOn(LiveCloud.prototype, 'record').mockImplementation(async function intercepted(
    this: LiveCloud,
    ...records: readonly JournalRecord[]
  ) {
    const hit = records.some((each) => each.type === 'step' && each.stepId === stepId && matches(each.state, moment));
    if (hit) spy.mockRestore();
    if (hit && moment === 'done') await act(this);
    await real.apply(this, records as JournalRecord[]);
    if (hit && moment === 'running') await act(this);
  });
  onTestFinished(() => spy.mockRestore());
}

function matches(state: string, moment: Moment): boolean {
  return state === moment || (moment === 'done' && state === 'skipped');
}

/** Waits until a run was told to end. */
export async function toldToEnd(active: LiveCloud['active']): Promise<void> {
  const signal = active?.abort.signal;
  if (signal && !signal.aborted) await once(signal, 'abort');
}

/** The data folder as a power cut leaves it now. @returns the copy, without a lock: its holder is dead */
export async function asAfterPowerCut(folder: string): Promise<string> {
  const copy = join(await tempFolder(), 'data');
  await cp(folder, copy, { recursive: true, filter: (path) => path !== dataFolder(folder).lock });
  return copy;
}

/** All that the journal of a cloud says. */
export async function journalOf(folder: string, { id }: Cloud): Promise<readonly JournalRecord[]> {
  return (await readJournal(dataFolder(folder).cloud(id).journal, journalRecordSchema)).records;
}

/** Steps that began again after they had been done. */
export function repeated(records: readonly JournalRecord[]): string[] {
  const done = new Set<string>();
  const again: string[] = [];
  for (const record of records) {
    if (record.type !== 'step') continue;
    if (record.state === 'done' || record.state === 'skipped') done.add(record.stepId);
    if (record.state === 'running' && done.has(record.stepId)) again.push(record.stepId);
  }
  return again;
}

export function stateOf(run: Run | undefined, stepId: string): string | undefined {
  return run?.steps.find(({ id }) => id === stepId)?.state;
}

/** A catalogue whose Debian is a small disk of this test's own server. */
async function useImage(gates: Gates): Promise<void> {
  const images = await imageServer({ disk: { content: qcow2() } });
  const file = images.files.get('disk');
  // The gate is looked at when the image is asked for.
  if (file) Object.defineProperty(file, 'gate', { get: () => gates.pass('image') });
  const catalogue = join(await tempFolder(), 'catalogue.json');
  const entry = { id: 'debian-12', title: 'Debian 12', os: 'debian', release: '12', user: 'debian' };
  const checksum = { url: `${images.url}/disk.SHA256SUM` };
  await writeFile(catalogue, JSON.stringify({ images: [{ ...entry, url: `${images.url}/disk`, checksum }] }));
  vi.stubEnv('STACKBOX_CATALOGUE', catalogue);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** The hypervisor in memory, with a guest in each machine that runs. */
function withGuests(fake: FakeDriver, guests: Map<string, FolderGuest>, gates: Gates): HypervisorDriver {
  const guestOf = (domain: string): FolderGuest | undefined => guests.get(fake.domains.get(domain)?.machineId ?? '');
  return {
    ...fake,
    async makeDisk(spec, onProgress, options) {
      await gates.pass('disk', options?.signal);
      await fake.makeDisk(spec, onProgress, options);
    },
    async makeNetwork(spec, options) {
      await gates.pass('network', options?.signal);
      return fake.makeNetwork(spec, options);
    },
    async makeSeed(spec, iso, options) {
      await gates.pass('seed', options?.signal);
      await fake.makeSeed(spec, iso, options);
      if (!guests.has(spec.id)) guests.set(spec.id, await FolderGuest.make(iso, gates));
    },
    async define(spec, attachment, options) {
      await gates.pass('define', options?.signal);
      await fake.define(spec, attachment, options);
    },
    async start(domain, options) {
      await gates.pass('start', options?.signal);
      await fake.start(domain, options);
      await guestOf(domain)?.powerOn();
    },
    async shutdown(domain, options) {
      await gates.pass('shutdown', options?.signal);
      await fake.shutdown(domain, options);
      await guestOf(domain)?.powerOff();
    },
    async powerOff(domain, options) {
      await gates.pass('powerOff', options?.signal);
      await fake.powerOff(domain, options);
      await guestOf(domain)?.powerOff();
    },
    async saveState(domain, options) {
      await fake.saveState?.(domain, options);
      await guestOf(domain)?.powerOff();
    },
    async reach(domain, attachment, guestPort, preferredPort, options) {
      if (guestPort !== 22) await gates.pass('card', options?.signal);
      const place = await fake.reach(domain, attachment, guestPort, preferredPort, options);
      return guestPort === 22 ? (guestOf(domain)?.place ?? place) : place;
    },
    consoleLog({ domain, folder }) {
      const guest = guestOf(domain);
      gates.arrive('console');
      if (!guest || gates.isShut('console')) return join(folder, 'nothing-yet.log');
      return join(guest.root, 'cloud-init.json');
    },
    async remove(resource, options) {
      const guest = resource.kind === 'domain' ? guestOf(resource.id) : undefined;
      await gates.pass('remove', options?.signal);
      await fake.remove(resource, options);
      await guest?.powerOff();
    },
  };
}
