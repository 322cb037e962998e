/** The doctor: looks at this computer, says what it found, changes nothing. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { StackboxError } from '../contract/errors';
import type { ConnectionStatus, Finding, Host } from '../contract/models';
import type { ConnectionId } from '../contract/plan';
import { freeDiskBytes, readHostFacts, readText } from '../host/facts';
import { promisedMemoryMiB } from '../host/machine-memory';
import { run } from '../host/process';
import type { HypervisorDriver } from '../hypervisors/driver';
import { takenSubnets } from '../network/routes';
import type { Check, DoctorContext, ProbedConnection } from './check';
import { checks as allChecks } from './checks';
import { freeDiskGiB, freeMemoryMiB } from './room';

export interface Doctor {
  /** What every check found, looked at anew. Never fails because of a check. @throws the signal's reason */
  findings(signal?: AbortSignal): Promise<Finding[]>;
  /** What this computer has for new machines; connections are asked again only after {@link PROBE_AGE}. */
  host(): Promise<Host>;
}

export interface DoctorOptions {
  readonly drivers: readonly HypervisorDriver[];
  /** Folder in which images, and without the system connection also disks, grow. */
  readonly dataFolder: string;
}

/** Asking all connections costs some 100 ms, and a plan is checked at every key stroke: their answers are good for this long (ms). */
const PROBE_AGE = 5000;

/** Where libvirt's system connection keeps disks. */
const SYSTEM_IMAGES = '/var/lib/libvirt/images';

export function createDoctor({ drivers, dataFolder }: DoctorOptions): Doctor {
  let probes: { readonly at: number; readonly answers: Promise<ProbedConnection[]> } | undefined;

  const probe = (signal?: AbortSignal): Promise<ProbedConnection[]> =>
    Promise.all(drivers.map((driver) => probeOne(driver, signal)));

  async function recentProbes(): Promise<ProbedConnection[]> {
    if (!probes || Date.now() - probes.at > PROBE_AGE) probes = { at: Date.now(), answers: probe() };
    return probes.answers;
  }

  async function contextOf(connections: readonly ProbedConnection[], signal?: AbortSignal): Promise<DoctorContext> {
    const [facts, promised] = await Promise.all([readHostFacts(), promisedMemoryMiB()]);
    const system = connections.some(({ id, usable }) => id === 'libvirt-system' && usable);
    const options = signal ? { signal } : {};
    return {
      facts,
      connections,
      folders: [dataFolder, ...(system ? [SYSTEM_IMAGES] : [])],
      freeMemoryMiB: freeMemoryMiB(facts, promised),
      run: (file, args, okCodes = []) => run(file, args, { ...options, okCodes }),
      read: readText,
      access: accessOf,
      freeBytes: freeDiskBytes,
      takenSubnets: () => takenSubnets(undefined, options),
    };
  }

  return {
    async findings(signal) {
      const answers = probe(signal);
      const connections = await answers;
      probes = { at: Date.now(), answers };
      const findings = await examine(await contextOf(connections, signal));
      signal?.throwIfAborted();
      return findings;
    },
    async host() {
      const context = await contextOf(await recentProbes());
      return hostOf(context);
    },
  };
}

/**
 * Runs all checks that apply, at the same time. A check that fails itself becomes an `unknown` finding.
 * @param checks other than the product's, for tests
 */
export function examine(context: DoctorContext, checks: readonly Check[] = allChecks): Promise<Finding[]> {
  const applying = checks.filter((check) => check.applies?.(context) ?? true);
  return Promise.all(applying.map((check) => runCheck(check, context)));
}

async function runCheck(check: Check, context: DoctorContext): Promise<Finding> {
  const { id, title } = check;
  try {
    return { id, title, ...(await check.check(context)) };
  } catch (error) {
    const { message, facts } = StackboxError.from(error);
    const output = facts.output?.trimEnd().split('\n') ?? [];
    return { id, title, state: 'unknown', summary: 'This could not be found out.', evidence: [message, ...output] };
  }
}

/** The connections in the order in which they are preferred where they can be used. */
const PREFERENCE: readonly ConnectionId[] = ['libvirt-system', 'libvirt-session', 'virtualbox'];

/** What the create page is bounded by. */
export async function hostOf(context: DoctorContext): Promise<Host> {
  const { facts, connections, folders, freeBytes } = context;
  const usable = (id: ConnectionId): boolean => connections.some((one) => one.id === id && one.usable);
  const best = PREFERENCE.find(usable);
  return {
    cpus: facts.cpus,
    memoryMiB: Math.round(facts.memoryMiB),
    freeMemoryMiB: context.freeMemoryMiB,
    freeDiskGiB: freeDiskGiB(await Promise.all(folders.map(freeBytes))),
    platform: facts.platform,
    connections: connections.map((one) => statusOf(one, one.id === best)),
  };
}

function statusOf(connection: ProbedConnection, recommended: boolean): ConnectionStatus {
  return { ...connection, recommended };
}

async function probeOne(driver: HypervisorDriver, signal?: AbortSignal): Promise<ProbedConnection> {
  const { connection: id, title } = driver;
  try {
    return { id, title, ...(await driver.probe(signal ? { signal } : {})) };
  } catch (error) {
    signal?.throwIfAborted();
    // A driver promises not to throw; one that does is not one to build a machine with.
    return { id, title, usable: false, reason: StackboxError.from(error).message };
  }
}

async function accessOf(path: string): Promise<'usable' | 'denied' | 'absent'> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return 'usable';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'absent';
  }
}
