/** The doctor: looks at this computer, says what it found, changes nothing. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { StackboxError } from '../contract/errors';
import type { Finding, Host } from '../contract/models';
import { freeDiskBytes, readHostFacts, readText } from '../host/facts';
import { promisedMemoryMiB } from '../host/machine-memory';
import { run } from '../host/process';
import { raceAbort } from '../host/race-abort';
import type { HypervisorDriver } from '../hypervisors/driver';
import { takenSubnets } from '../network/routes';
import type { Check, DoctorContext, ProbedConnection } from './check';
import { checks as allChecks } from './checks';
import { shareRecent } from './recent';
import { recommend } from './recommend';
import { freeDiskGiB, freeMemoryMiB } from './room';

export interface Doctor {
  /** What every check found, at most {@link FINDINGS_AGE} ago. Never fails because of a check. @throws the signal's reason */
  findings(signal?: AbortSignal): Promise<Finding[]>;
  /** What this computer has for new machines; connections are asked again only after {@link PROBE_AGE}. @throws the signal's reason */
  host(signal?: AbortSignal): Promise<Host>;
}

export interface DoctorOptions {
  readonly drivers: readonly HypervisorDriver[];
  /** Folder in which images, and without the system connection also disks, grow. */
  readonly dataFolder: string;
}

/** Asking all connections costs some 100 ms, and a plan is checked at every key stroke: their answers are good for this long (ms). */
const PROBE_AGE = 5000;

/**
 * A window that opens asks several times at once: it gets one examination (ms). Somebody who carried out a cure and presses
 * "Check again" comes later than that.
 */
const FINDINGS_AGE = 1000;

/** Where libvirt's system connection keeps disks. */
const SYSTEM_IMAGES = '/var/lib/libvirt/images';

export function createDoctor({ drivers, dataFolder }: DoctorOptions): Doctor {
  // Shared work has no signal: a caller that leaves must not take the answer from the others.
  const probes = shareRecent(() => Promise.all(drivers.map(probeOne)));
  const examinations = shareRecent(async () => examine(await contextOf(await probes(FINDINGS_AGE))));

  async function contextOf(connections: readonly ProbedConnection[]): Promise<DoctorContext> {
    const [facts, promised] = await Promise.all([readHostFacts(), promisedMemoryMiB()]);
    const system = connections.some(({ id, usable }) => id === 'libvirt-system' && usable);
    return {
      facts,
      connections,
      folders: [dataFolder, ...(system ? [SYSTEM_IMAGES] : [])],
      freeMemoryMiB: freeMemoryMiB(facts, promised),
      run: (file, args, okCodes = []) => run(file, args, { okCodes }),
      read: readText,
      access: accessOf,
      freeBytes: freeDiskBytes,
      takenSubnets: () => takenSubnets(),
    };
  }

  return {
    findings: (signal) => examinations(FINDINGS_AGE, signal),
    async host(signal) {
      return raceAbort(hostOf(await contextOf(await probes(PROBE_AGE, signal))), signal);
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

/** What the create page is bounded by. */
export async function hostOf(context: DoctorContext): Promise<Host> {
  const { facts, connections, folders, freeBytes } = context;
  return {
    cpus: facts.cpus,
    memoryMiB: Math.round(facts.memoryMiB),
    freeMemoryMiB: context.freeMemoryMiB,
    freeDiskGiB: freeDiskGiB(await Promise.all(folders.map(freeBytes))),
    platform: facts.platform,
    connections: recommend(connections),
  };
}

async function probeOne(driver: HypervisorDriver): Promise<ProbedConnection> {
  const { connection: id, title } = driver;
  try {
    return { id, title, ...(await driver.probe()) };
  } catch (error) {
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
