/**
 * Reading what VBoxManage prints of host-only adapters, host-only networks and global extradata. The forms are those of
 * VBoxManageList.cpp and VBoxManageMisc.cpp (6.1 to 7.2).
 */
import ipaddr from 'ipaddr.js';
import { StackboxError } from '../../contract/errors';
import { parseBlocks, type Block } from './output';

/** A host-only adapter (`list hostonlyifs`) or network (`list hostonlynets`) of this computer. */
export interface HostOnlyInterface {
  readonly name: string;
  readonly guid: string;
  /** This computer's own address in it; `undefined` while it has none. */
  readonly address: string | undefined;
  readonly netmask: string | undefined;
}

/** Reads `list hostonlyifs`. A block that is cut off before its address is an error. */
export function parseHostOnlyAdapters(text: string): HostOnlyInterface[] {
  return parseBlocks(text, 'Name').map((block) => interfaceOf(block, 'IPAddress', 'NetworkMask'));
}

/** Reads `list hostonlynets` (macOS); this computer has the lowest address of a network's range. */
export function parseHostOnlyNetworks(text: string): HostOnlyInterface[] {
  return parseBlocks(text, 'Name').map((block) => interfaceOf(block, 'LowerIP', 'NetworkMask'));
}

function interfaceOf(block: Block, address: string, netmask: string): HostOnlyInterface {
  const text = (label: string): string => {
    const value = block.get(label);
    if (value === undefined) throw unknownForm(block);
    return value;
  };
  const ip = (label: string): string | undefined => {
    const value = text(label);
    if (value === '' || value === '0.0.0.0') return undefined;
    if (!ipaddr.IPv4.isValidFourPartDecimal(value)) throw unknownForm(block);
    return value;
  };
  const name = text('Name');
  if (name === '') throw unknownForm(block);
  return { name, guid: text('GUID'), address: ip(address), netmask: ip(netmask) };
}

/** What an interface covers in CIDR notation, if it has an address. */
export function subnetOfInterface({ address, netmask }: HostOnlyInterface): string | undefined {
  if (address === undefined || netmask === undefined) return undefined;
  // Windows hosts were seen to misreport the mask (docker/machine 1484: 15.0.0.0); a /24 is what everybody has.
  return `${address}/${ipaddr.IPv4.parse(netmask).prefixLengthFromSubnetMask() ?? 24}`;
}

/** The name of the adapter that `hostonlyif create` made. */
export function parseCreatedAdapter(text: string): string {
  const name = /^Interface '(.+)' was successfully created\s*$/m.exec(text)?.[1];
  if (name !== undefined) return name;
  throw new StackboxError('hypervisor', 'VirtualBox did not say which host-only adapter it made.', {
    output: text.slice(0, 500),
  });
}

/** Whether `list dhcpservers` has a server for that network that is on. */
export function dhcpIsOn(text: string, networkName: string): boolean {
  return parseBlocks(text, 'NetworkName').some(
    (block) => block.get('NetworkName') === networkName && block.get('Enabled') === 'Yes',
  );
}

/** Reads `getextradata … enumerate`: lines `Key: k, Value: v`. Keys of others may hold anything and are passed over. */
export function parseExtradata(text: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^Key: (.*?), Value: (.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) entries.set(key, value);
  }
  return entries;
}

function unknownForm(block: Block): StackboxError {
  return new StackboxError(
    'hypervisor',
    'VBoxManage listed a host-only network in a form that Stackbox does not know.',
    {
      hint: 'If VirtualBox speaks another language than English, run "VBoxManage setproperty language C" and try again.',
      output: [...block]
        .map(([label, value]) => `${label}: ${value}`)
        .join('\n')
        .slice(0, 500),
    },
  );
}
