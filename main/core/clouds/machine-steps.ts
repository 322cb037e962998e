/** The steps from a plan to a machine that runs: image, disk, network, seed, domain, start. */
import { mkdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Attachment, ImageFile, MachineSpec } from '../../hypervisors/driver';
import { seedFor } from '../plans/seed-input';
import type { StepContext, StepDefinition } from '../run/step';
import { PRIVATE_FOLDER } from '../store/atomic-json';
import { problemsOf, refuse } from '../plans/check';
import { writeIso } from '../../seed';
import { SSH_PORT, reachPort } from './guest-links';
import { callOptions, type StepTools } from './step-tools';

const group = 'Machine';
const SECOND = 1000;
/** A libvirt with a broken KVM takes 88 s to answer a define (measured): silence limits stay well above. */
const HYPERVISOR_SILENCE = 240 * SECOND;
/** The image room has its own limit on a stalled download and tries again; this one only catches what it missed. */
const DOWNLOAD_SILENCE = 900 * SECOND;

const GIB = 1024 ** 3;

export function machineSteps(tools: StepTools): StepDefinition[] {
  const { cloud, driver, parts } = tools;
  const { plan } = cloud;
  const { machine } = cloud.wish;
  let image: ImageFile | undefined;

  const spec = async (context: StepContext): Promise<MachineSpec> => {
    // After a crash the image step is not repeated, so that every step asks the cache, which answers at once.
    image ??= await parts.images.ensure(plan.image, { signal: context.signal, onProgress: context.progress });
    return {
      id: machine.id,
      cloudId: cloud.id,
      domain: machine.domain,
      title: cloud.wish.name,
      cpus: plan.size.cpus,
      memoryMiB: plan.size.memoryMiB,
      diskBytes: plan.size.diskGiB * GIB,
      image,
      folder: cloud.folder.machine(machine.id),
    };
  };

  return [
    {
      id: 'check',
      title: 'Check the plan against this computer',
      group,
      expectedMs: 1 * SECOND,
      silenceMs: HYPERVISOR_SILENCE,
      async run() {
        refuse(await problemsOf(plan, parts));
        await mkdir(cloud.folder.machine(machine.id), { recursive: true, mode: PRIVATE_FOLDER });
        return 'done';
      },
    },
    {
      id: 'image',
      title: 'Get the image',
      group,
      expectedMs: 120 * SECOND,
      silenceMs: DOWNLOAD_SILENCE,
      async run(context) {
        const known = await parts.images.get(plan.image);
        await spec(context);
        return known.state === 'cached' ? 'skipped' : 'done';
      },
    },
    {
      id: 'disk',
      title: 'Make the disk',
      group,
      expectedMs: 5 * SECOND,
      silenceMs: HYPERVISOR_SILENCE,
      async run(context) {
        const wanted = await spec(context);
        await context.claim(driver.plan(wanted).disk);
        await driver.makeDisk(wanted, (fraction) => context.progress(fraction), callOptions(context));
        return 'done';
      },
    },
    {
      id: 'network',
      title: 'Attach it to the network',
      group,
      expectedMs: 2 * SECOND,
      silenceMs: HYPERVISOR_SILENCE,
      async run(context) {
        const wanted = await spec(context);
        await context.claim(driver.plan(wanted).network);
        const attachment = await driver.makeNetwork(wanted, callOptions(context));
        tellFallback(attachment, context);
        await cloud.keepFact('attachment', attachment);
        return 'done';
      },
    },
    {
      id: 'seed',
      title: 'Write the cloud-init seed',
      group,
      expectedMs: 1 * SECOND,
      silenceMs: HYPERVISOR_SILENCE,
      async run(context) {
        const wanted = await spec(context);
        await context.claim(driver.plan(wanted).seed);
        const image = await parts.images.get(plan.image);
        const { acceleration } = await driver.probe(callOptions(context));
        const seed = await seedFor(cloud, image, cloud.attachment, acceleration, context.line);
        const iso = writeIso('cidata', [
          { name: 'user-data', content: seed.userData },
          { name: 'meta-data', content: seed.metaData },
          { name: 'network-config', content: seed.networkConfig },
        ]);
        await driver.makeSeed(wanted, iso, callOptions(context));
        return 'done';
      },
    },
    {
      id: 'define',
      title: 'Define the machine',
      group,
      expectedMs: 1 * SECOND,
      silenceMs: HYPERVISOR_SILENCE,
      async run(context) {
        const wanted = await spec(context);
        await context.claim(driver.plan(wanted).domain);
        await driver.define(wanted, cloud.attachment, callOptions(context));
        return 'done';
      },
    },
    startStep(tools),
  ];
}

/** Starts the machine and opens the way to its SSH server. */
export function startStep({ cloud, driver }: Pick<StepTools, 'cloud' | 'driver'>): StepDefinition {
  return {
    id: 'start',
    title: 'Start the machine',
    group,
    expectedMs: 3 * SECOND,
    silenceMs: HYPERVISOR_SILENCE,
    async run(context) {
      const { domain } = cloud.wish.machine;
      const before = await driver.state(domain, callOptions(context));
      if (before !== 'running') await cloud.keepFact('resumed', before === 'saved' || before === 'paused');
      await renewNetwork({ cloud, driver }, context);
      await driver.start(domain, callOptions(context));
      await reachPort(cloud, driver, SSH_PORT, callOptions(context));
      return 'done';
    },
  };
}

/** What the machine is attached to may have gone since it ran; the way that is left is kept and shown. */
async function renewNetwork(
  { cloud, driver }: Pick<StepTools, 'cloud' | 'driver'>,
  context: StepContext,
): Promise<void> {
  const before = cloud.attachment;
  const now = await driver.renewNetwork?.(cloud.wish.machine.domain, before, callOptions(context));
  if (!now || isDeepStrictEqual(now, before)) return;
  tellFallback(now, context);
  await cloud.keepFact('attachment', now);
}

function tellFallback({ fallback }: Attachment, context: StepContext): void {
  if (fallback) context.line([fallback.reason, fallback.hint ?? ''].join(' ').trim());
}
