/** Keeps what we show equal to what the hypervisors have: from their events, with a slow poll as a net. */
import { StackboxError } from '../../contract/errors';
import type { ConnectionId } from '../../contract/plan';
import type { HypervisorDriver } from '../../hypervisors/driver';
import type { LiveCloud } from './cloud';

/** The poll (ms) only catches what events missed. */
const POLL_EVERY = 30_000;
/** Events come in bursts (starting is four of them); one question (after ms) answers them all. */
const SETTLE = 100;

export class Reconciler {
  private readonly drivers: ReadonlyMap<ConnectionId, HypervisorDriver>;
  private readonly clouds: () => readonly LiveCloud[];
  private readonly abort = new AbortController();
  private readonly watched = new Map<ConnectionId, Promise<void>>();
  private poll: NodeJS.Timeout | undefined;
  private settle: NodeJS.Timeout | undefined;
  private asking: Promise<void> | undefined;

  constructor(drivers: ReadonlyMap<ConnectionId, HypervisorDriver>, clouds: () => readonly LiveCloud[]) {
    this.drivers = drivers;
    this.clouds = clouds;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.poll = setInterval(() => void this.refresh(), POLL_EVERY);
    this.poll.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.poll);
    clearTimeout(this.settle);
    this.abort.abort();
    await Promise.allSettled([...this.watched.values(), this.asking]);
  }

  /** Asks each hypervisor in use once, however many clouds it has. Concurrent callers share one question. */
  refresh(): Promise<void> {
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async ask(): Promise<void> {
    const inUse = new Set(this.clouds().map((cloud) => cloud.wish.plan.connection));
    await Promise.all([...inUse].map((connection) => this.askOne(connection)));
  }

  private async askOne(connection: ConnectionId): Promise<void> {
    const driver = this.drivers.get(connection);
    const clouds = this.clouds().filter((cloud) => cloud.wish.plan.connection === connection);
    if (!driver || this.abort.signal.aborted) return;
    this.watch(connection, driver);
    try {
      const states = new Map(
        (await driver.list({ signal: this.abort.signal })).map(({ machineId, state }) => [machineId, state]),
      );
      for (const cloud of clouds) set(cloud, states.get(cloud.wish.machine.id) ?? 'missing');
    } catch (error) {
      if (this.abort.signal.aborted) return;
      // A hypervisor that does not answer says nothing about the machine: "unknown", until the next question.
      if (error instanceof StackboxError) for (const cloud of clouds) set(cloud, 'unknown');
      else throw error;
    }
  }

  private watch(connection: ConnectionId, driver: HypervisorDriver): void {
    if (this.watched.has(connection)) return;
    const onChange = (): void => {
      clearTimeout(this.settle);
      this.settle = setTimeout(() => void this.refresh(), SETTLE);
    };
    const watching = driver.watch(onChange, this.abort.signal).catch(() => {
      // Without events the poll still sees every change; the next question tries to watch again.
      this.watched.delete(connection);
    });
    this.watched.set(connection, watching);
  }
}

function set(cloud: LiveCloud, state: LiveCloud['machineState']): void {
  if (cloud.machineState === state) return;
  cloud.machineState = state;
  cloud.changed();
}
