/**
 * Our one host-only adapter, shared by all of our machines: made when the first needs it, removed when the last is gone. On
 * macOS with VirtualBox 7 it is a host-only network, which VirtualBox has there in place of adapters.
 */
import { addressAt, overlapsAny } from '../../network/subnets';
import { NETWORKS_CONF, chooseHostOnlySubnet, isAllowed } from '../../network/host-only-ranges';
import { StackboxError } from '../../contract/errors';
import type { CallOptions } from '../driver';
import {
  dhcpIsOn,
  parseCreatedAdapter,
  parseHostOnlyAdapters,
  parseHostOnlyNetworks,
  subnetOfInterface,
  type HostOnlyInterface,
} from './host-only-output';
import { readRecords, recordAdapter, type HostOnlyRecords, type OwnAdapter } from './host-only-records';
import type { VBoxManage } from './vboxmanage';

/** What this computer says about networks; tests pass their own. */
export interface NetworkSurroundings {
  /** Addresses and subnets that this computer reaches, without those of an interface of ours. */
  taken(except: string | undefined, options: CallOptions): Promise<readonly string[]>;
  /** Ranges in which VirtualBox allows host-only networks. */
  allowed(): Promise<readonly string[]>;
}

const NETMASK = '255.255.255.0';

/** Name and identifier of our host-only network on macOS. The identifier is the mark of ownership. */
const NETWORK_NAME = 'Stackbox';
const NETWORK_ID = '57ac6b0c-57ac-8b05-95ac-57ac6b0c57ac';

/** Our adapter, ready for a machine, and what was known when it was. */
export interface ReadyAdapter extends OwnAdapter {
  readonly kind: 'adapter' | 'network';
  readonly records: HostOnlyRecords;
}

/**
 * Finds our adapter, or makes it.
 * @param wanted subnet that it must have, because a guest is set up for it
 * @throws StackboxError when it cannot be had; nothing is left behind then
 */
export async function ensureAdapter(
  manage: VBoxManage,
  surroundings: NetworkSurroundings,
  wanted: string | undefined,
  options: CallOptions,
): Promise<ReadyAdapter> {
  const kind = await kindHere(manage, options);
  const [records, present] = await Promise.all([readRecords(manage, options), list(manage, kind, options)]);
  const own = records.adapter;
  const there = present.find((one) => isOurs(one, own, kind));
  const ready = (adapter: OwnAdapter): ReadyAdapter => ({ ...adapter, kind, records });

  if (own && wanted !== undefined && wanted !== own.subnet) {
    throw new StackboxError('conflict', `The machine is set up for ${wanted}, but the others use ${own.subnet}.`);
  }
  if (own && there?.address === addressAt(own.subnet, 1)) return ready(own);
  const subnet = wanted ?? (records.addresses.size > 0 ? own?.subnet : undefined);
  const others = present.filter((one) => one !== there).flatMap((one) => subnetOfInterface(one) ?? []);
  const taken = [...(await surroundings.taken(there?.name, options)), ...others];
  const chosen = usable(subnet, await surroundings.allowed(), taken);

  options.signal?.throwIfAborted();
  // A cancelled VBoxManage would leave an adapter that nobody knows to be ours, so this part is not cancelled.
  const whole: CallOptions = options.log ? { log: options.log } : {};
  return ready(await make(manage, kind, there?.name, chosen, whole));
}

/** Removes our adapter, unless a machine has an address in it or is plugged into it. */
export async function collectAdapter(manage: VBoxManage, options: CallOptions): Promise<void> {
  const { adapter: own, addresses } = await readRecords(manage, options);
  if (!own || addresses.size > 0) return;
  const kind = await kindHere(manage, options);
  const there = (await list(manage, kind, options)).find((one) => isOurs(one, own, kind));
  if (there) {
    // A machine of the person's may be plugged into it by now; then the adapter is left to them.
    const machines = await manage.read(['list', '--long', 'vms'], options);
    if (!machines.includes(`'${own.name}'`)) await remove(manage, kind, own, options);
  }
  await recordAdapter(manage, undefined, options);
}

async function kindHere(manage: VBoxManage, options: CallOptions): Promise<ReadyAdapter['kind']> {
  return (await manage.version(options)).hostOnlyNets ? 'network' : 'adapter';
}

async function list(
  manage: VBoxManage,
  kind: ReadyAdapter['kind'],
  options: CallOptions,
): Promise<HostOnlyInterface[]> {
  return kind === 'network'
    ? parseHostOnlyNetworks(await manage.read(['list', 'hostonlynets'], options))
    : parseHostOnlyAdapters(await manage.read(['list', 'hostonlyifs'], options));
}

/** An adapter of our name with another address is somebody else's by now: names are given out again. */
function isOurs(one: HostOnlyInterface, own: OwnAdapter | undefined, kind: ReadyAdapter['kind']): boolean {
  if (kind === 'network') return one.guid === NETWORK_ID;
  return (
    own !== undefined &&
    one.name === own.name &&
    (one.address === undefined || one.address === addressAt(own.subnet, 1))
  );
}

function usable(subnet: string | undefined, allowed: readonly string[], taken: readonly string[]): string {
  if (subnet === undefined) return chooseHostOnlySubnet(allowed, taken);
  if (!isAllowed(subnet, allowed)) {
    throw new StackboxError('network', `VirtualBox no longer allows the host-only subnet ${subnet}.`, {
      hint: `Add the line "* ${subnet}" to ${NETWORKS_CONF}.`,
    });
  }
  if (overlapsAny(subnet, taken)) {
    throw new StackboxError('conflict', `The host-only subnet ${subnet} is now used by another network.`, {
      hint: 'Disconnect the VPN or network with that subnet, then start the machine again.',
    });
  }
  return subnet;
}

/** @param name our adapter if it is there but has no address */
async function make(
  manage: VBoxManage,
  kind: ReadyAdapter['kind'],
  name: string | undefined,
  subnet: string,
  options: CallOptions,
): Promise<OwnAdapter> {
  if (kind === 'network') return makeNetwork(manage, name, subnet, options);
  const made = name ?? parseCreatedAdapter(await manage.change(['hostonlyif', 'create'], options));
  let adapter: OwnAdapter = { name: made, subnet, hadDhcp: false };
  await recordAdapter(manage, adapter, options);
  try {
    const hadDhcp = dhcpIsOn(await manage.read(['list', 'dhcpservers'], options), dhcpName(made));
    if (hadDhcp) {
      adapter = { ...adapter, hadDhcp };
      await recordAdapter(manage, adapter, options);
      await switchDhcp(manage, made, false, options);
    }
    await manage.change(['hostonlyif', 'ipconfig', made, '--ip', addressAt(subnet, 1), '--netmask', NETMASK], options);
    return adapter;
  } catch (thrown) {
    await remove(manage, kind, adapter, options);
    await recordAdapter(manage, undefined, options);
    throw thrown;
  }
}

async function makeNetwork(
  manage: VBoxManage,
  name: string | undefined,
  subnet: string,
  options: CallOptions,
): Promise<OwnAdapter> {
  const adapter: OwnAdapter = { name: NETWORK_NAME, subnet, hadDhcp: false };
  // The range is what macOS hands out by DHCP, which cannot be switched off: it ends below the addresses of machines.
  const range = ['--netmask', NETMASK, '--lower-ip', addressAt(subnet, 1), '--upper-ip', addressAt(subnet, 9)];
  const command = name === undefined ? ['add', '--name', NETWORK_NAME, '--id', NETWORK_ID] : ['modify', '--name', name];
  await manage.change(['hostonlynet', ...command, ...range, '--enable'], options);
  await recordAdapter(manage, adapter, options);
  return adapter;
}

async function remove(
  manage: VBoxManage,
  kind: ReadyAdapter['kind'],
  { name, hadDhcp }: OwnAdapter,
  options: CallOptions,
): Promise<void> {
  if (kind === 'network') await manage.change(['hostonlynet', 'remove', '--name', name], options);
  else await manage.change(['hostonlyif', 'remove', name], options);
  if (hadDhcp) await switchDhcp(manage, name, true, options);
}

async function switchDhcp(manage: VBoxManage, name: string, on: boolean, options: CallOptions): Promise<void> {
  await manage.change(['dhcpserver', 'modify', '--netname', dhcpName(name), on ? '--enable' : '--disable'], options);
}

/** VirtualBox's name for the network behind an adapter. */
function dhcpName(adapter: string): string {
  return `HostInterfaceNetworking-${adapter}`;
}
