/**
 * How a machine is attached. Adapter 1 is NAT: the way out, and through forwards on 127.0.0.1 the way in. That alone is
 * enough and needs no privilege and no kernel module of its own. Adapter 2 is host-only, where it can be had: an address
 * that this computer reaches on every port. Where it cannot, the machine is attached without it, and the reason is kept.
 */
import PQueue from 'p-queue';
import { StackboxError } from '../../contract/errors';
import { allowedRanges } from '../../network/host-only-ranges';
import { takenSubnets } from '../../network/routes';
import { freeAddress } from '../../network/subnets';
import type { Attachment, CallOptions, HostOnlyAttachment, MachineSpec, NetworkFallback } from '../driver';
import { collectAdapter, ensureAdapter, type NetworkSurroundings } from './host-only';
import { readRecords, recordAddress } from './host-only-records';
import type { Machines } from './machines';
import { bareMac, hostOnlyMacOfMachine, macOfMachine } from './ownership';
import { domainState } from './output';
import { inTurn, type VBoxManage } from './vboxmanage';

/** What VirtualBox's NAT gives the only guest behind it, always (manual, "Network Address Translation"). */
const NAT_ADDRESS = '10.0.2.15';
const NAT_SUBNET = '10.0.2.0/24';

export interface Networking {
  /** Gives the machine an address in our host-only adapter, or says in the attachment why it has none. */
  attach(spec: Pick<MachineSpec, 'id'>, options: CallOptions): Promise<Attachment>;
  /** Before a start: brings a lost adapter back, or unplugs the machine from it so that it starts all the same. */
  renew(domain: string, attachment: Attachment, options: CallOptions): Promise<Attachment>;
  /** Gives the address of a machine back, by the MAC of its second adapter. */
  release(mac: string, options: CallOptions): Promise<void>;
  /** Removes the adapter if no machine has an address in it. */
  collect(options: CallOptions): Promise<void>;
}

const thisComputer: NetworkSurroundings = {
  taken: (except, options) => takenSubnets(except, options.signal ? { signal: options.signal } : {}),
  allowed: () => allowedRanges(),
};

export function openNetworking(
  manage: VBoxManage,
  machines: Machines,
  surroundings: NetworkSurroundings = thisComputer,
): Networking {
  /** Two machines must not choose the same address, nor one lose the adapter that another has just found. */
  const turns = new PQueue({ concurrency: 1 });

  async function hostOnly(mac: string, options: CallOptions): Promise<HostOnlyAttachment> {
    const { kind, name, subnet, records } = await ensureAdapter(manage, surroundings, undefined, options);
    const { [mac]: before, ...others } = Object.fromEntries(records.addresses);
    const address = before ?? freeAddress(subnet, mac, new Set(Object.values(others)));
    if (address === undefined) {
      throw new StackboxError('no-room', `The host-only subnet ${subnet} has no free address left.`);
    }
    if (before === undefined) await recordAddress(manage, mac, address, options);
    return { kind, name, mac, address, subnet };
  }

  async function replug(
    uuid: string,
    attachment: Attachment,
    wanted: HostOnlyAttachment,
    options: CallOptions,
  ): Promise<Attachment> {
    const { fallback: _old, ...rest } = attachment;
    try {
      const { kind, name } = await ensureAdapter(manage, surroundings, wanted.subnet, options);
      const now: Attachment = { ...rest, hostOnly: { ...wanted, kind, name } };
      await manage.changeUnlocked(['modifyvm', uuid, ...adapterOptions(now)], options);
      return now;
    } catch (thrown) {
      const now: Attachment = { ...rest, hostOnly: wanted, fallback: fallbackOf(thrown, options) };
      await manage.changeUnlocked(['modifyvm', uuid, ...adapterOptions(now)], options);
      return now;
    }
  }

  return {
    attach: (spec, options) =>
      inTurn(
        turns,
        async () => {
          const nat = natAttachment(spec);
          try {
            return { ...nat, hostOnly: await hostOnly(hostOnlyMacOfMachine(spec.id), options) };
          } catch (thrown) {
            return { ...nat, fallback: fallbackOf(thrown, options) };
          }
        },
        options.signal,
      ),
    renew: (domain, attachment, options) =>
      inTurn(
        turns,
        async () => {
          const { hostOnly: wanted } = attachment;
          if (!wanted) return attachment;
          const { uuid, info } = await machines.get(domain, options);
          // Only a machine that is off can be plugged in anew; a saved one comes back as it was.
          if (domainState(info.get('VMState') ?? '') !== 'stopped') return attachment;
          return replug(uuid, attachment, wanted, options);
        },
        options.signal,
      ),
    release: (mac, options) =>
      inTurn(
        turns,
        async () => {
          const { addresses } = await readRecords(manage, options);
          if (addresses.has(mac)) await recordAddress(manage, mac, undefined, options);
        },
        options.signal,
      ),
    collect: (options) => inTurn(turns, () => collectAdapter(manage, options), options.signal),
  };
}

/** The NAT part of a machine's attachment, from its identifier alone. */
function natAttachment(spec: Pick<MachineSpec, 'id'>): Attachment {
  return { mac: macOfMachine(spec.id), address: NAT_ADDRESS, reach: 'forwarded', subnet: NAT_SUBNET };
}

/** Why there is no host-only adapter. Being cancelled is no reason, and a defect of ours is none either. */
function fallbackOf(thrown: unknown, { signal }: CallOptions): NetworkFallback {
  signal?.throwIfAborted();
  if (!(thrown instanceof StackboxError)) throw thrown;
  const { hint } = thrown.facts;
  return { reason: thrown.message, ...(hint !== undefined && { hint }) };
}

/** Options of `modifyvm` for the attachment. */
export function adapterOptions({ mac, hostOnly, fallback }: Attachment): string[] {
  return [
    ...['--nic1', 'nat', '--nictype1', 'virtio', '--macaddress1', bareMac(mac), '--cableconnected1', 'on'],
    ...(hostOnly
      ? [
          // Unplugged the adapter stays in the machine, so that the guest finds the hardware that it is set up for.
          ...(fallback ? ['--nic2', 'null'] : pluggedInto(hostOnly)),
          ...['--nictype2', 'virtio', '--macaddress2', bareMac(hostOnly.mac), '--cableconnected2', 'on'],
        ]
      : ['--nic2', 'none']),
  ];
}

function pluggedInto({ kind, name }: HostOnlyAttachment): string[] {
  return kind === 'network'
    ? ['--nic2', 'hostonlynet', '--host-only-net2', name]
    : ['--nic2', 'hostonly', '--hostonlyadapter2', name];
}
