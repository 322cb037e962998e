/** Saving a machine's state, and snapshots: taking, restoring and deleting one. The same steps whatever the hypervisor. */
import { StackboxError } from '../../contract/errors';
import type { Run } from '../../contract/models';
import type { Snapshot, Snapshots } from '../../hypervisors/driver';
import { checkSnapshotName } from '../../hypervisors/snapshot-name';
import type { StepDefinition } from '../run/step';
import { contactSteps } from './contact-steps';
import { powerOffStep } from './lifecycle-steps';
import { lookStep } from './look-step';
import { startStep } from './machine-steps';
import { proofSteps } from './recipe-steps';
import { forgetSnapshot, goBackWith, keepWithSnapshot, keptWithSnapshot } from './snapshot-facts';
import { callOptions, type StepTools } from './step-tools';

const group = 'Machine';
const SECOND = 1000;
/** A big machine's memory takes a slow disk minutes, and no hypervisor says anything meanwhile. */
const MEMORY_SILENCE = 960 * SECOND;

type SnapshotRun = Extract<Run['kind'], 'take-snapshot' | 'restore-snapshot' | 'delete-snapshot'>;

export function saveSteps({ cloud, driver, links }: StepTools): StepDefinition[] {
  return [
    {
      id: 'save',
      title: 'Save the machine’s memory to disk',
      group,
      expectedMs: 10 * SECOND,
      silenceMs: MEMORY_SILENCE,
      async run(context) {
        links.drop(cloud);
        if (!driver.saveState) throw cannot(driver.title, 'save the state of a machine');
        await driver.saveState(cloud.wish.machine.domain, callOptions(context));
        return 'done';
      },
    },
  ];
}

/**
 * Notes in the journal which snapshot the run that begins is to take.
 * @throws StackboxError `bad-input`, `conflict` for a name that is taken or a machine that is saved
 */
export async function beginTake(tools: StepTools, name: string): Promise<void> {
  const { cloud, driver } = tools;
  const wanted = checkSnapshotName(name);
  const known = await snapshotsOf(tools).list(cloud.wish.machine.domain);
  if (known.some((one) => one.name === wanted)) {
    throw new StackboxError('conflict', `There is a snapshot "${wanted}" already.`, {
      field: 'name',
      hint: 'Choose another name, or delete that one first.',
    });
  }
  if ((await driver.state(cloud.wish.machine.domain)) === 'saved') {
    // libvirt would keep the disk without the memory that belongs to it.
    throw new StackboxError('conflict', `The state of ${cloud.wish.name} is saved; no snapshot can be taken of that.`, {
      hint: 'Resume it first.',
    });
  }
  await cloud.keepFact('snapshot', { id: '', name: wanted, withMemory: false });
}

/**
 * Notes in the journal which snapshot the run that begins is to go back to or to delete.
 * @throws StackboxError `not-found` for an unknown snapshot
 */
export async function beginChange(tools: StepTools, snapshotId: string): Promise<void> {
  const known = await snapshotsOf(tools).list(tools.cloud.wish.machine.domain);
  const wanted = known.find(({ id }) => id === snapshotId);
  if (!wanted) throw new StackboxError('not-found', 'There is no such snapshot (any more).');
  const { id, name, withMemory, takenAt } = wanted;
  await tools.cloud.keepFact('snapshot', { id, name, withMemory, takenAt });
}

/** The steps for the snapshot that the journal names. @param accelerated see {@link contactSteps} */
export function snapshotSteps(kind: SnapshotRun, tools: StepTools, accelerated: boolean): StepDefinition[] {
  const { cloud } = tools;
  const snapshot = cloud.fact('snapshot');
  if (!snapshot) throw new StackboxError('internal', 'The journal does not say which snapshot is meant.');
  switch (kind) {
    case 'take-snapshot':
      return [takeStep(tools, snapshot)];
    case 'delete-snapshot':
      return [deleteStep(tools, snapshot)];
    case 'restore-snapshot':
      return [
        powerOffStep(tools),
        restoreStep(tools, snapshot),
        // With its memory the machine runs afterwards, as it did then; without, it is off, as it was.
        ...(snapshot.withMemory ? backSteps(tools, snapshot, accelerated) : []),
      ];
  }
}

/** A machine that goes on where it was: reached again, and proved to work if it did then. */
function backSteps(tools: StepTools, snapshot: Meant, accelerated: boolean): StepDefinition[] {
  const reached = [startStep(tools), ...contactSteps(tools, accelerated)];
  const kept = keptWithSnapshot(tools.cloud, meant(snapshot));
  if (!kept) return [...reached, lookStep(tools, proofSteps(tools))];
  return kept.ready ? [...reached, ...proofSteps(tools)] : reached;
}

/** @throws StackboxError `hypervisor` where there are none */
export function snapshotsOf({ driver }: Pick<StepTools, 'driver'>): Snapshots {
  if (driver.snapshots) return driver.snapshots;
  throw cannot(driver.title, 'take snapshots');
}

type Named = Pick<Snapshot, 'id' | 'name'>;
/** As the journal has it. */
type Meant = Named & Partial<Pick<Snapshot, 'takenAt'>>;

/** A journal that does not tell when the snapshot was taken is from before anything was kept with one. */
function meant({ id, takenAt = 0 }: Meant): Pick<Snapshot, 'id' | 'takenAt'> {
  return { id, takenAt };
}

function takeStep(tools: StepTools, { name }: Named): StepDefinition {
  return {
    id: 'take-snapshot',
    title: `Take the snapshot "${name}"`,
    group,
    expectedMs: 10 * SECOND,
    silenceMs: MEMORY_SILENCE,
    async run(context) {
      const taken = await snapshotsOf(tools).take(tools.cloud.wish.machine.domain, name, callOptions(context));
      await keepWithSnapshot(tools.cloud, taken);
      return 'done';
    },
  };
}

function restoreStep(tools: StepTools, snapshot: Meant): StepDefinition {
  const { id, name } = snapshot;
  const { cloud, driver } = tools;
  return {
    id: 'restore-snapshot',
    title: `Go back to the snapshot "${name}"`,
    group,
    expectedMs: 5 * SECOND,
    silenceMs: MEMORY_SILENCE,
    async run(context) {
      const { domain } = cloud.wish.machine;
      await snapshotsOf(tools).restore(domain, id, callOptions(context));
      await cloud.keepFact('resumed', (await driver.state(domain, callOptions(context))) !== 'stopped');
      await goBackWith(cloud, meant(snapshot));
      return 'done';
    },
  };
}

function deleteStep(tools: StepTools, { id, name }: Named): StepDefinition {
  return {
    id: 'delete-snapshot',
    title: `Delete the snapshot "${name}"`,
    group,
    expectedMs: 10 * SECOND,
    silenceMs: MEMORY_SILENCE,
    async run(context) {
      await snapshotsOf(tools).remove(tools.cloud.wish.machine.domain, id, callOptions(context));
      await forgetSnapshot(tools.cloud, { id });
      return 'done';
    },
  };
}

function cannot(hypervisor: string, what: string): StackboxError {
  return new StackboxError('hypervisor', `${hypervisor} cannot ${what} here.`);
}
