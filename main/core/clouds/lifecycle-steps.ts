/** Stop and delete: the steps that take a cloud down, softly or for good. */
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { StackboxError } from '../../contract/errors';
import { removeEntry } from '../clients/entry';
import type { Resource } from '../../hypervisors/driver';
import type { StepContext, StepDefinition } from '../run/step';
import { callOptions, type StepTools } from './step-tools';

const group = 'Machine';
const SECOND = 1000;
const HYPERVISOR_SILENCE = 240 * SECOND;

/** A guest that has not gone down this long (ms) after being asked is powered off; databases need some of it. */
const SHUTDOWN_DEADLINE = 120 * SECOND;
const STATE_PAUSE = 500;

/** Identifier of the step that powers off at once: the journal tells by it which way a run is to go on. */
export const POWER_OFF = 'power-off';

/** @param force power off at once */
export function stopSteps(tools: StepTools, force: boolean): StepDefinition[] {
  const { cloud, driver, links } = tools;
  const { domain } = cloud.wish.machine;
  return [
    {
      id: force ? POWER_OFF : 'stop',
      title: force ? 'Power the machine off' : 'Shut the machine down',
      group,
      expectedMs: 20 * SECOND,
      silenceMs: HYPERVISOR_SILENCE,
      async run(context) {
        links.drop(cloud);
        if (await isOff(tools, context)) return 'skipped';
        if (!force) {
          await driver.shutdown(domain, callOptions(context));
          if (await turnsOff(tools, context)) return 'done';
          context.line('The machine did not shut down in time and is powered off.');
        }
        await driver.powerOff(domain, callOptions(context));
        return 'done';
      },
    },
  ];
}

/**
 * Removes everything that the ledger names, newest first, then what was shared and the cloud's own folder. What a machine of
 * this cloud can have is removed though the ledger does not name it: a journal that was lost must not leave a disk behind.
 */
export function deleteSteps(tools: StepTools): StepDefinition[] {
  const { cloud, driver } = tools;
  return [
    powerOffStep(tools),
    {
      id: 'remove',
      title: 'Remove the machine, its disk and its address',
      group,
      expectedMs: 2 * SECOND,
      silenceMs: HYPERVISOR_SILENCE,
      async run(context) {
        const planned = plannedResources(tools);
        const known = cloud.ledger.filter((resource) => !planned.some((one) => isDeepStrictEqual(one, resource)));
        const resources = [...known, ...planned].reverse();
        for (const [index, resource] of resources.entries()) {
          context.progress(index / resources.length, resource.id);
          if (!cloud.ledger.some((one) => isDeepStrictEqual(one, resource)))
            await removeUnknown(tools, resource, context);
          else {
            await driver.remove(resource, callOptions(context));
            await cloud.record({ at: Date.now(), type: 'released', resource });
          }
        }
        return 'done';
      },
    },
    {
      id: 'collect',
      title: 'Remove what nobody uses any more',
      group,
      expectedMs: 1 * SECOND,
      silenceMs: HYPERVISOR_SILENCE,
      async run(context) {
        await driver.collect(callOptions(context));
        await rm(cloud.folder.machine(cloud.wish.machine.id), { recursive: true, force: true });
        await forgetClient(tools, context);
        return 'done';
      },
    },
  ];
}

/** Everything that a machine of this cloud has when it is whole, in the order in which it is made. */
function plannedResources({ cloud, driver }: StepTools): Resource[] {
  const { id, domain } = cloud.wish.machine;
  const { disk, network, seed, domain: defined } = driver.plan({ id, domain, folder: cloud.folder.machine(id) });
  return [...disk, ...network, ...seed, ...defined];
}

/** Removes what the ledger does not know of, if it is there and ours. */
async function removeUnknown({ driver }: StepTools, resource: Resource, context: StepContext): Promise<void> {
  try {
    await driver.remove(resource, callOptions(context));
  } catch (error) {
    // Somebody else's, which we would not have made here: it stays, and is no reason to keep the cloud.
    if (!(error instanceof StackboxError) || error.code !== 'conflict') throw error;
  }
}

/** Takes the cloud's entry out of the person's clouds.yaml. One that they changed is theirs, and no reason to keep the cloud. */
async function forgetClient({ cloud, parts }: StepTools, context: StepContext): Promise<void> {
  if (!cloud.fact('clientEntry')) return;
  try {
    const { path } = await removeEntry(cloud, parts.cloudsFile);
    context.line(`Its entry is no longer in ${path}.`);
  } catch (error) {
    if (!(error instanceof StackboxError)) throw error;
    context.line(`${error.message} It stays there.`);
  }
}

/** Powers off at once, without asking the guest: what it has in memory is about to be dropped. */
export function powerOffStep(tools: StepTools): StepDefinition {
  const { cloud, driver, links } = tools;
  return {
    id: POWER_OFF,
    title: 'Power the machine off',
    group,
    expectedMs: 2 * SECOND,
    silenceMs: HYPERVISOR_SILENCE,
    async run(context) {
      links.drop(cloud);
      if (await isOff(tools, context)) return 'skipped';
      await driver.powerOff(cloud.wish.machine.domain, callOptions(context));
      return 'done';
    },
  };
}

async function isOff({ cloud, driver }: StepTools, context: StepContext): Promise<boolean> {
  const state = await driver.state(cloud.wish.machine.domain, callOptions(context));
  return state === 'stopped' || state === 'missing' || state === 'saved';
}

/** Waits for the shutdown that was asked for. @returns false when the deadline passed */
async function turnsOff(tools: StepTools, context: StepContext): Promise<boolean> {
  const { cloud, driver } = tools;
  const until = Date.now() + SHUTDOWN_DEADLINE;
  while (Date.now() < until) {
    // Asked without a log: two hundred equal lines under "Commands" would hide the one that matters.
    const state = await driver.state(cloud.wish.machine.domain, { signal: context.signal });
    if (state === 'stopped' || state === 'missing') return true;
    context.progress(undefined, `Powered off in ${Math.ceil((until - Date.now()) / SECOND)} s if it does not go down`);
    await sleep(STATE_PAUSE, undefined, { signal: context.signal });
  }
  return false;
}
