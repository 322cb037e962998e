/**
 * A hypervisor in memory, for tests of the layers above. It keeps the driver's contract (the contract's tests run
 * against it), remembers its calls, and can be told to fail.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackboxError } from '../../main/contract/errors';
import type {
  Attachment,
  CallOptions,
  ConnectionFacts,
  DomainState,
  DomainSummary,
  HypervisorDriver,
  MachineNames,
  MachineResources,
  MachineSpec,
  Resource,
  SerialLine,
  Snapshot,
} from '../../main/hypervisors/driver';
import { checkSnapshotName } from '../../main/hypervisors/snapshot-name';

interface FakeDomain {
  readonly machineId: string;
  readonly cloudId: string;
  readonly ours: boolean;
  state: DomainState;
  snapshots?: Snapshot[];
}

/** A serial console that somebody has open. */
export interface FakeConsole {
  typed: string;
  /** The machine says something. */
  say(text: string): void;
  /** The machine ends. */
  end(): void;
}

/** Names of the calls that a test can make fail or wait for. */
export type FakeCall =
  | Exclude<keyof HypervisorDriver, 'connection' | 'title' | 'plan' | 'consoleLog' | 'mendConsole' | 'snapshots'>
  | 'takeSnapshot'
  | 'restoreSnapshot'
  | 'removeSnapshot'
  | 'listSnapshots';

export interface FakeDriverOptions {
  readonly connection?: HypervisorDriver['connection'];
  readonly probe?: ConnectionFacts;
  /** A hypervisor that can neither take snapshots nor save a machine's state. */
  readonly keepsNothing?: boolean;
  /** Where `reach` says that a guest's port is, so that a test can put a real server there. */
  readonly reach?: (guestPort: number, preferredPort?: number) => { host: string; port: number };
}

/** The fake, plus what a test may look at and turn. */
export interface FakeDriver extends HypervisorDriver {
  readonly domains: Map<string, FakeDomain>;
  /** Disks, seeds and leases, as `kind id`. */
  readonly things: Set<string>;
  /** Every call so far, oldest first: `define stackbox-a-123456`. */
  readonly calls: string[];
  /** The next calls of that name fail with the error, until `heal` is called. */
  fail(call: FakeCall, error: Error): void;
  heal(call: FakeCall): void;
  /** What somebody has typed into the consoles that are open, and what they say, by domain. */
  readonly consoles: Map<string, FakeConsole>;
  /** A change that nobody asked for: a person powers off in virt-manager, a machine crashes. */
  change(domain: string, state: DomainState | 'missing'): void;
}

/** Makes an empty hypervisor. */
export function createFakeDriver(options: FakeDriverOptions = {}): FakeDriver {
  const connection = options.connection ?? 'libvirt-session';
  const domains = new Map<string, FakeDomain>();
  const things = new Set<string>();
  const calls: string[] = [];
  const failures = new Map<FakeCall, Error>();
  const watchers = new Set<() => void>();
  const consoles = new Map<string, FakeConsole>();

  const changed = (): void => {
    for (const watcher of watchers) watcher();
  };
  /** Records the call, like a program that takes a moment: cancelling is noticed before and after. */
  const called = async (call: FakeCall, what: string, { signal, log }: CallOptions = {}): Promise<void> => {
    signal?.throwIfAborted();
    calls.push(`${call} ${what}`);
    await Promise.resolve();
    const failure = failures.get(call);
    if (failure) throw failure;
    log?.({ argv: ['fake', call, what], startedAt: Date.now(), durationMs: 0, exitCode: 0, output: '' });
    signal?.throwIfAborted();
  };
  const owned = (name: string): FakeDomain => {
    const domain = domains.get(name);
    if (!domain) throw new StackboxError('not-found', `There is no domain "${name}".`);
    if (!domain.ours) throw new StackboxError('conflict', `The domain "${name}" is not one of Stackbox.`);
    return domain;
  };
  const set = (name: string, state: DomainState): void => {
    const domain = owned(name);
    if (domain.state === state) return;
    domain.state = state;
    if (state !== 'running' && state !== 'paused') consoles.get(name)?.end();
    changed();
  };
  const resource = (kind: Resource['kind'], id: string): Resource => ({ kind, id, connection });
  const plan = (spec: MachineNames): MachineResources => ({
    disk: [resource('disk', `/fake/${spec.id}.qcow2`)],
    network: [resource('lease', macOf(spec.id))],
    seed: [resource('seed', `/fake/${spec.id}-seed.iso`)],
    domain: [resource('domain', spec.domain)],
  });
  const make = (resources: readonly Resource[]): void => {
    for (const { kind, id } of resources) things.add(`${kind} ${id}`);
  };

  return {
    connection,
    title: 'Fake',
    domains,
    things,
    calls,
    consoles,
    fail: (call, error) => void failures.set(call, error),
    heal: (call) => void failures.delete(call),
    change(name, state) {
      if (state === 'missing') domains.delete(name);
      else owned(name).state = state;
      changed();
    },

    async probe(callOptions) {
      await called('probe', connection, callOptions);
      return (
        options.probe ?? {
          usable: true,
          reason: 'A hypervisor in memory is always there.',
          version: '1.0',
          acceleration: { kind: 'emulated', reason: 'Nothing really runs.' },
        }
      );
    },
    async list(callOptions) {
      await called('list', connection, callOptions);
      return [...domains]
        .filter(([, domain]) => domain.ours)
        .map(([name, { machineId, cloudId, state }]): DomainSummary => ({ domain: name, machineId, cloudId, state }));
    },
    plan,
    async makeDisk(spec, onProgress, callOptions) {
      checkSpec(spec);
      await called('makeDisk', spec.id, callOptions);
      checkImage(spec.image.path);
      make(plan(spec).disk);
      onProgress(1);
    },
    async makeNetwork(spec, callOptions): Promise<Attachment> {
      await called('makeNetwork', spec.id, callOptions);
      make(plan(spec).network);
      return { mac: macOf(spec.id), address: '10.0.2.15', reach: 'forwarded', subnet: '10.0.2.0/24' };
    },
    async makeSeed(spec, _iso, callOptions) {
      await called('makeSeed', spec.id, callOptions);
      make(plan(spec).seed);
    },
    async define(spec, _attachment, callOptions) {
      checkSpec(spec);
      await called('define', spec.domain, callOptions);
      if (domains.has(spec.domain)) owned(spec.domain);
      else domains.set(spec.domain, { machineId: spec.id, cloudId: spec.cloudId, ours: true, state: 'stopped' });
      changed();
    },
    async start(domain, callOptions) {
      await called('start', domain, callOptions);
      set(domain, 'running');
    },
    async shutdown(domain, callOptions) {
      await called('shutdown', domain, callOptions);
      set(domain, 'stopped');
    },
    async powerOff(domain, callOptions) {
      await called('powerOff', domain, callOptions);
      set(domain, 'stopped');
    },
    async state(domain, callOptions) {
      await called('state', domain, callOptions);
      const found = domains.get(domain);
      return found?.ours ? found.state : 'missing';
    },
    ...(options.keepsNothing !== true && keeping({ owned, set, called })),
    async reach(domain, _attachment, guestPort, preferredPort, callOptions) {
      await called('reach', `${domain} ${guestPort}`, callOptions);
      if (owned(domain).state !== 'running') throw new StackboxError('hypervisor', `${domain} is not running.`);
      return (
        options.reach?.(guestPort, preferredPort) ?? { host: '127.0.0.1', port: preferredPort ?? 40_000 + guestPort }
      );
    },
    consoleLog: (spec) => join(spec.folder, 'console.log'),
    async openConsole({ domain }, callOptions) {
      await called('openConsole', domain, callOptions);
      if (owned(domain).state !== 'running') throw new StackboxError('unreachable', `${domain} is not running.`);
      if (consoles.has(domain)) throw new StackboxError('busy', 'Somebody else has the console.');
      return openLine(domain, consoles);
    },
    async remove({ kind, id }, callOptions) {
      await called('remove', `${kind} ${id}`, callOptions);
      things.delete(`${kind} ${id}`);
      if (kind === 'domain' && domains.get(id)?.ours && domains.delete(id)) changed();
    },
    async collect(callOptions) {
      await called('collect', connection, callOptions);
    },
    async watch(onChange, signal) {
      if (signal.aborted) return;
      watchers.add(onChange);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      watchers.delete(onChange);
    },
  };
}

/** Echoes what is typed, as a terminal of the kernel does. */
function openLine(domain: string, consoles: Map<string, FakeConsole>): SerialLine {
  const readers: ((bytes: Uint8Array) => void)[] = [];
  const enders: (() => void)[] = [];
  const port: FakeConsole = {
    typed: '',
    say: (text) => readers.forEach((reader) => reader(Buffer.from(text))),
    end() {
      if (consoles.get(domain) === port) enders.forEach((ender) => ender());
    },
  };
  consoles.set(domain, port);
  return {
    onData: (listener) => void readers.push(listener),
    onEnd: (listener) => void enders.push(listener),
    write(text) {
      port.typed += text;
      port.say(text);
    },
    async close() {
      if (consoles.get(domain) === port) consoles.delete(domain);
    },
  };
}

interface Keeper {
  readonly owned: (name: string) => FakeDomain;
  readonly set: (name: string, state: DomainState) => void;
  readonly called: (call: FakeCall, what: string, options?: CallOptions) => Promise<void>;
}

/** Snapshots and saved state of domains. */
function keeping({ owned, set, called }: Keeper): Required<Pick<HypervisorDriver, 'saveState' | 'snapshots'>> {
  const keptBy = (domain: string): Snapshot[] => (owned(domain).snapshots ??= []);
  const only = (domain: string, current: string): void => {
    owned(domain).snapshots = keptBy(domain).map((one) => ({ ...one, current: one.id === current }));
  };
  return {
    async saveState(domain, callOptions) {
      await called('saveState', domain, callOptions);
      if (['running', 'paused'].includes(owned(domain).state)) set(domain, 'saved');
    },
    snapshots: {
      async list(domain, callOptions) {
        await called('listSnapshots', domain, callOptions);
        return [...keptBy(domain)];
      },
      async take(domain, name, callOptions) {
        const wanted = checkSnapshotName(name);
        await called('takeSnapshot', `${domain} ${wanted}`, callOptions);
        const known = keptBy(domain).find((one) => one.name === wanted);
        if (known) return known;
        const withMemory = owned(domain).state === 'running';
        const taken = { id: `id of ${wanted}`, name: wanted, takenAt: Date.now(), withMemory, current: true };
        keptBy(domain).push(taken);
        only(domain, taken.id);
        return taken;
      },
      async restore(domain, snapshotId, callOptions) {
        await called('restoreSnapshot', `${domain} ${snapshotId}`, callOptions);
        const wanted = keptBy(domain).find(({ id }) => id === snapshotId);
        if (!wanted) throw new StackboxError('not-found', 'There is no such snapshot (any more).');
        only(domain, snapshotId);
        set(domain, wanted.withMemory ? 'saved' : 'stopped');
      },
      async remove(domain, snapshotId, callOptions) {
        await called('removeSnapshot', `${domain} ${snapshotId}`, callOptions);
        owned(domain).snapshots = keptBy(domain).filter(({ id }) => id !== snapshotId);
      },
    },
  };
}

function macOf(machineId: string): string {
  const digits = createHash('sha256').update(machineId).digest('hex').slice(0, 6);
  return `52:54:00:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}`;
}

function checkSpec(spec: MachineSpec): void {
  const sound =
    /^m-[0-9a-f]{12}$/.test(spec.id) &&
    /^[^\p{C}/]{1,200}$/u.test(spec.domain) &&
    spec.domain.trim() !== '' &&
    [spec.cpus, spec.memoryMiB].every((size) => Number.isSafeInteger(size) && size > 0) &&
    Number.isSafeInteger(spec.diskBytes) &&
    spec.diskBytes >= spec.image.virtualBytes;
  if (!sound) throw new StackboxError('bad-input', 'The fake hypervisor does not take this machine.');
}

function checkImage(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new StackboxError('not-found', `There is no image ${path}.`, {}, { cause: error });
  }
  if (readFileSync(path).subarray(0, 3).toString('latin1') !== 'QFI') {
    throw new StackboxError('bad-input', `${path} is no qcow2 image.`);
  }
}
