/** The driver for VirtualBox. It drives `VBoxManage` and knows nothing of OpenStack. */
import { join } from 'node:path';
import { StackboxError } from '../../contract/errors';
import type { CallOptions, HypervisorDriver, MachineSpec, Resource, Snapshots } from '../driver';
import { openConsoles, recordConsole, removeConsole, restoreConsole } from './console';
import { consolePath, defineMachine, powerOff, removeMachine } from './define';
import { findVBoxManage, settingsFolder } from './find';
import { dropTakenForwards, forward } from './forwards';
import { openMachines, type Machines } from './machines';
import { diskPath, openMedia, seedPath, type Media } from './media';
import { openNetworking } from './network';
import type { NetworkSurroundings } from './host-only';
import { hostOnlyMacOfMachine, uuidOfMachine } from './ownership';
import { domainState } from './output';
import { parseHostInfo, probeVirtualBox } from './probe';
import { openLinkedClones, type LinkedClones } from './linked-clones';
import { openSnapshots, saveState } from './snapshots';
import { checkSpec } from './spec';
import { openVBoxManage, type VBoxManage } from './vboxmanage';
import { watchMachines } from './watch';

const connection = 'virtualbox';

export interface VirtualBoxOptions {
  /** The app's data folder, private to the person; base disks lie in `virtualbox` below it. */
  readonly dataFolder: string;
  /** Path of VBoxManage; looked for in the usual places if absent. */
  readonly program?: string;
  /** Routes and allowed ranges; this computer's own if absent. */
  readonly surroundings?: NetworkSurroundings;
}

export interface VirtualBoxDriver extends HypervisorDriver {
  readonly snapshots: Snapshots;
  readonly clones: LinkedClones;
}

/** Opens the driver; asks nothing of VirtualBox yet. */
export function createVirtualBoxDriver({ dataFolder, program, surroundings }: VirtualBoxOptions): VirtualBoxDriver {
  const manage = openVBoxManage(async () => program ?? (await findVBoxManage()));
  const machines = openMachines(manage);
  const networking = openNetworking(manage, machines, surroundings);
  const media = openMedia(manage, join(dataFolder, 'virtualbox'));

  return {
    connection,
    title: 'VirtualBox',
    snapshots: openSnapshots(manage, machines),
    clones: openLinkedClones(manage, machines),
    saveState: (domain, options = {}) => saveState(manage, machines, domain, options),
    probe: async (options = {}) => probeVirtualBox(await manage.program(), options),
    list: (options) => machines.summaries(options),
    plan: (names) => ({
      disk: [{ kind: 'disk', id: diskPath(names), connection }],
      network: [{ kind: 'adapter', id: hostOnlyMacOfMachine(names.id), connection }],
      seed: [{ kind: 'seed', id: seedPath(names), connection }],
      domain: [
        { kind: 'console', id: consolePath(names), connection },
        { kind: 'domain', id: names.domain, connection },
      ],
    }),
    async makeDisk(spec, onProgress, options = {}) {
      options.signal?.throwIfAborted();
      await checkAll(machines, spec, options);
      await media.makeDisk(spec, onProgress, options);
    },
    async makeNetwork(spec, options = {}) {
      options.signal?.throwIfAborted();
      checkSpec(spec);
      return networking.attach(spec, options);
    },
    async makeSeed(spec, iso, options = {}) {
      options.signal?.throwIfAborted();
      checkSpec(spec);
      await media.makeSeed(spec, iso);
    },
    async define(spec, attachment, options = {}) {
      checkSpec(spec);
      const { nested } = parseHostInfo(await manage.read(['list', 'hostinfo'], options));
      await defineMachine(manage, machines, spec, attachment, nested, options);
    },
    renewNetwork: (domain, attachment, options = {}) => networking.renew(domain, attachment, options),
    start: (domain, options = {}) => start(manage, machines, domain, options),
    async shutdown(domain, options = {}) {
      const { uuid, info } = await machines.get(domain, options);
      const state = domainState(info.get('VMState') ?? '');
      // A paused guest hears no button.
      if (state === 'paused') await manage.change(['controlvm', uuid, 'resume'], options);
      if (state !== 'paused' && state !== 'running') return;
      await manage.change(['controlvm', uuid, 'acpipowerbutton'], options);
    },
    async powerOff(domain, options = {}) {
      const { uuid, info } = await machines.get(domain, options);
      const state = domainState(info.get('VMState') ?? '');
      if (state !== 'stopped' && state !== 'saved') await powerOff(manage, uuid, options);
    },
    async state(domain, options = {}) {
      options.signal?.throwIfAborted();
      const found = await machines.find(domain, options);
      return found ? domainState(found.info.get('VMState') ?? '') : 'missing';
    },
    async reach(domain, attachment, guestPort, preferredPort, options = {}) {
      if (attachment.reach === 'direct') return { host: attachment.address, port: guestPort };
      return forward(manage, await machines.get(domain, options), guestPort, preferredPort, options);
    },
    consoleLog: (names) => consolePath(names),
    ...openConsoles(manage, machines),
    async remove(resource, options = {}) {
      options.signal?.throwIfAborted();
      if (resource.kind === 'adapter') await networking.release(resource.id, options);
      else await remove(manage, machines, media, resource, options);
    },
    async collect(options = {}) {
      await media.collect(options);
      await networking.collect(options);
    },
    watch: (onChange, signal) => watchMachines(machines, settingsFolder(), onChange, signal),
  };
}

/** Whatever can be refused is refused before the first file is made. */
async function checkAll(machines: Machines, spec: MachineSpec, options: CallOptions): Promise<void> {
  checkSpec(spec);
  await machines.assertNameFree(spec.domain, uuidOfMachine(spec.id), options);
}

async function start(manage: VBoxManage, machines: Machines, domain: string, options: CallOptions): Promise<void> {
  const machine = await machines.get(domain, options);
  const state = domainState(machine.info.get('VMState') ?? '');
  if (state === 'running') return;
  if (state === 'paused') {
    await manage.change(['controlvm', machine.uuid, 'resume'], options);
    return;
  }
  // The settings of a saved machine cannot be changed; its forwards come back with it.
  if (state === 'stopped') await dropTakenForwards(manage, machine, options);
  await restoreConsole(manage, machine, options);
  await manage.changeUnlocked(['startvm', machine.uuid, '--type', 'headless'], options);
  await recordConsole(manage, machine, options);
}

async function remove(
  manage: VBoxManage,
  machines: Machines,
  media: Media,
  resource: Resource,
  options: CallOptions,
): Promise<void> {
  const { kind, id } = resource;
  if (kind === 'domain') await removeMachine(manage, machines, id, options);
  else if (kind === 'disk' || kind === 'seed') await media.remove(kind, id, options);
  else if (kind === 'console') await removeConsole(id);
  else throw new StackboxError('internal', `The VirtualBox driver never makes a ${kind}.`);
}
