/** Finding our machines: one listing for all, and the settings of one. */
import { StackboxError } from '../../contract/errors';
import type { CallOptions, DomainSummary } from '../driver';
import { CLOUD_KEY, cloudOfGroup, machineOfUuid } from './ownership';
import { parseList, parseLongList, parseMachineInfo, type LongMachine, type MachineInfo } from './output';
import type { VBoxManage } from './vboxmanage';

/** How long (ms) a listing is good when nothing changed through us. Bursts of questions cost one process. */
const LISTING_MS = 1000;

export interface OurMachine extends LongMachine {
  readonly machineId: string;
}

export interface FoundMachine {
  readonly uuid: string;
  readonly info: MachineInfo;
}

export interface Machines {
  /** All our machines by one call, whatever else VirtualBox has. */
  ours(options?: CallOptions): Promise<readonly OurMachine[]>;
  summaries(options?: CallOptions): Promise<readonly DomainSummary[]>;
  /** Our machine of that name with all its settings, or `undefined`; one of somebody else's is not found. */
  find(domain: string, options?: CallOptions): Promise<FoundMachine | undefined>;
  /** Our machine that had that name before its settings were lost; VirtualBox only knows where they were. */
  findLost(domain: string, options?: CallOptions): Promise<OurMachine | undefined>;
  /** @throws StackboxError `not-found` if we have no machine of that name */
  get(domain: string, options?: CallOptions): Promise<FoundMachine>;
  /** @throws StackboxError `conflict` if a machine of that name is there that is not the one with `uuid` */
  assertNameFree(domain: string, uuid: string, options?: CallOptions): Promise<void>;
}

export function openMachines(manage: VBoxManage): Machines {
  /** Names that were seen, to spare a listing; each use checks that it still holds. */
  const uuids = new Map<string, string>();
  /** Extradata never changes, so that a machine that was moved to another group is asked once. */
  const clouds = new Map<string, string>();
  let listing: { at: number; machines: Promise<readonly OurMachine[]> } | undefined;
  manage.onChange(() => {
    listing = undefined;
  });

  async function readAll(options: CallOptions): Promise<readonly OurMachine[]> {
    const all = parseLongList(await manage.read(['list', '--long', 'vms'], options));
    return all.flatMap((machine) => {
      const machineId = machineOfUuid(machine.uuid);
      return machineId === undefined ? [] : [{ ...machine, machineId }];
    });
  }

  async function ours(options: CallOptions = {}): Promise<readonly OurMachine[]> {
    options.signal?.throwIfAborted();
    if (listing && Date.now() - listing.at < LISTING_MS) return listing.machines;
    // A shared answer must not be cancelled by one of those who wait for it.
    const machines = readAll(options.log ? { log: options.log } : {});
    const mine = { at: Date.now(), machines };
    listing = mine;
    machines.catch(() => {
      if (listing === mine) listing = undefined;
    });
    const answer = await machines;
    options.signal?.throwIfAborted();
    return answer;
  }

  async function cloudOf({ uuid, groups }: OurMachine, options: CallOptions): Promise<string> {
    const named = cloudOfGroup(groups) ?? clouds.get(uuid);
    if (named !== undefined) return named;
    const answer = await manage.read(['getextradata', uuid, CLOUD_KEY], options);
    const cloud = /^Value: (.*)$/m.exec(answer)?.[1] ?? '';
    clouds.set(uuid, cloud);
    return cloud;
  }

  async function infoOf(uuid: string, options: CallOptions): Promise<MachineInfo | undefined> {
    try {
      return parseMachineInfo(await manage.read(['showvminfo', uuid, '--machinereadable'], options));
    } catch (thrown) {
      if (thrown instanceof StackboxError && thrown.code === 'not-found') return undefined;
      throw thrown;
    }
  }

  async function find(domain: string, options: CallOptions = {}): Promise<FoundMachine | undefined> {
    const known = uuids.get(domain);
    if (known !== undefined) {
      const info = await infoOf(known, options);
      if (info?.get('name') === domain) return { uuid: known, info };
      uuids.delete(domain);
    }
    const listed = parseList(await manage.read(['list', 'vms'], options));
    const found = listed.find(({ name, uuid }) => name === domain && machineOfUuid(uuid) !== undefined);
    if (!found) return undefined;
    const info = await infoOf(found.uuid, options);
    if (!info) return undefined;
    uuids.set(domain, found.uuid);
    return { uuid: found.uuid, info };
  }

  return {
    ours,
    find,
    summaries: async (options = {}) =>
      Promise.all(
        (await ours(options))
          .filter(({ accessible }) => accessible)
          .map(async (machine) => ({
            domain: machine.name,
            machineId: machine.machineId,
            cloudId: await cloudOf(machine, options),
            state: machine.state,
          })),
      ),
    async findLost(domain, options = {}) {
      const lost = (await ours(options)).filter(({ accessible }) => !accessible);
      return lost.find(({ settingsFile }) => /([^/\\]*)\.vbox$/.exec(settingsFile)?.[1] === domain);
    },
    async get(domain, options = {}) {
      const found = await find(domain, options);
      if (found) return found;
      throw new StackboxError('not-found', `VirtualBox has no machine "${domain}" that Stackbox made.`);
    },
    async assertNameFree(domain, uuid, options = {}) {
      const listed = parseList(await manage.read(['list', 'vms'], options));
      if (!listed.some((machine) => machine.name === domain && machine.uuid !== uuid)) return;
      throw new StackboxError('conflict', `VirtualBox already has a machine named "${domain}".`, {
        hint: 'Rename that machine in VirtualBox, or give the cloud another name.',
      });
    },
  };
}
