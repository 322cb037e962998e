/** Which subnet a network of ours may have without hiding anything that this computer reaches. */
import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { StackboxError } from '../contract/errors';

/** A routing prefix: address and length. */
type Prefix = [ipaddr.IPv4, number];

/** Routes shorter than this are "everything else": the default route, or the two halves that a VPN puts in its place. */
const SHORTEST_PREFIX = 4;

/**
 * The subnets we would take, best first. Left out: what home routers use (192.168.0 and .1), VirtualBox's host-only
 * range (192.168.56 to .63), libvirt's default (192.168.122), Docker's (172.17), DevStack's and RDO's own
 * (172.24.4, 10.0.0 to 10.0.3, 10.1).
 */
export function* candidates(): Generator<string> {
  for (let third = 130; third < 250; third++) yield `192.168.${third}.0/24`;
  for (let second = 130; second < 250; second++) yield `10.${second}.77.0/24`;
  for (let second = 28; second < 32; second++) yield `172.${second}.77.0/24`;
}

/**
 * The first of our candidates that overlaps nothing taken; the same answer for the same surroundings.
 * @param taken addresses and subnets in CIDR notation; IPv6, default routes and unreadable ones are passed over
 * @returns a /24 in CIDR notation
 * @throws StackboxError `network` when every candidate is taken
 */
export function chooseSubnet(taken: readonly string[]): string {
  for (const candidate of candidates()) if (!overlapsAny(candidate, taken)) return candidate;
  throw new StackboxError('network', 'Every private subnet that Stackbox could use is already routed elsewhere.', {
    hint: 'Disconnect a VPN that claims all private addresses, or use the session connection.',
  });
}

/** Whether `subnet` shares an address with one of `taken`. */
export function overlapsAny(subnet: string, taken: readonly string[]): boolean {
  const own = parse(subnet);
  if (!own) return false;
  return taken.some((other) => {
    const prefix = parse(other);
    if (!prefix || prefix[1] < SHORTEST_PREFIX) return false;
    const shared = Math.min(own[1], prefix[1]);
    return own[0].match(prefix[0], shared);
  });
}

/** The `n`-th address of a subnet; 1 is the usual gateway. */
export function addressAt(subnet: string, n: number): string {
  const prefix = parse(subnet);
  if (!prefix) throw new StackboxError('internal', `"${subnet}" is no IPv4 subnet.`);
  const [a = 0, b = 0, c = 0] = ipaddr.IPv4.networkAddressFromCIDR(subnet).octets;
  return `${a}.${b}.${c}.${n}`;
}

/** Last octets that machines get; below are this computer, and what a person may want by hand. */
const FIRST_ADDRESS = 10;
const ADDRESSES = 240;

/**
 * An address for a machine: the same for the same MAC while it is free, so that a machine made again is where it was.
 * @param subnet a /24 in CIDR notation
 * @returns `undefined` when all are used
 */
export function freeAddress(subnet: string, mac: string, used: ReadonlySet<string>): string | undefined {
  const start = createHash('sha256').update(mac).digest().readUInt32BE(0);
  for (let step = 0; step < ADDRESSES; step++) {
    const address = addressAt(subnet, FIRST_ADDRESS + ((start + step) % ADDRESSES));
    if (!used.has(address)) return address;
  }
  return undefined;
}

function parse(text: string): Prefix | undefined {
  const cidr = text.includes('/') ? text : `${text}/32`;
  return ipaddr.IPv4.isValidCIDR(cidr) ? ipaddr.IPv4.parseCIDR(cidr) : undefined;
}
