/** Which subnet a host-only network may have: what VirtualBox allows and what nothing else on this computer uses. */
import { readFile } from 'node:fs/promises';
import ipaddr from 'ipaddr.js';
import { StackboxError } from '../contract/errors';
import { candidates, chooseSubnet, overlapsAny } from './subnets';

/** Where a person widens the ranges; VirtualBox since 6.1.28, everywhere but on Windows. */
export const NETWORKS_CONF = '/etc/vbox/networks.conf';

/** What VirtualBox allows while that file is not there; on Windows it allows all, but others use it there too. */
const DEFAULT_RANGES: readonly string[] = ['192.168.56.0/21'];

const PREFIX = 24;
/** Of a wide range this many of its first subnets are tried, besides the usual ones. */
const MOST_SUBNETS = 1024;

/**
 * Reads `networks.conf` as VirtualBox's VBoxNetAdpCtl does: only lines whose first word is `*` count, their other words are
 * networks, and a word that is none (also one with the line end of Windows) is passed over. IPv6 is of no interest here.
 * @returns IPv4 ranges in CIDR notation; none when the file allows none
 */
export function parseNetworksConf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.split(/[ \t]+/).filter((word) => word !== ''))
    .filter(([first]) => first === '*')
    .flatMap(([, ...words]) => words.filter((word) => ipaddr.IPv4.isValidCIDR(word)));
}

/**
 * The ranges in which VirtualBox allows a host-only network on this computer.
 * @throws StackboxError `denied` when the file is there but cannot be read: then VirtualBox allows nothing that we know
 */
export async function allowedRanges(path: string = NETWORKS_CONF): Promise<readonly string[]> {
  try {
    return parseNetworksConf(await readFile(path, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return DEFAULT_RANGES;
    throw new StackboxError('denied', `${path} cannot be read, so the allowed host-only ranges are not known.`, {
      hint: `Make it readable: "sudo chmod a+r ${path}".`,
    });
  }
}

/**
 * The first allowed /24 that overlaps nothing taken: of VirtualBox's usual range, else of those that our other networks
 * would take, else of the ranges as they are listed. Ranges smaller than a /24 are passed over.
 * @param taken addresses and subnets in CIDR notation
 * @throws StackboxError `network`, whose hint has the line to add to `networks.conf`
 */
export function chooseHostOnlySubnet(allowed: readonly string[], taken: readonly string[]): string {
  const usual = DEFAULT_RANGES.flatMap((range) => [...subnetsOf(range)]);
  const preferred = [...usual, ...candidates()].filter((subnet) => isAllowed(subnet, allowed));
  const possible = [...preferred, ...allowed.flatMap((range) => [...subnetsOf(range)])];
  const isFree = (subnet: string): boolean => !overlapsAny(subnet, taken);
  const free = possible.find(isFree);
  if (free !== undefined) return free;
  const line = `* ${usual.some(isFree) ? DEFAULT_RANGES[0] : chooseSubnet(taken)}`;
  throw new StackboxError(
    'network',
    possible.length === 0
      ? `${NETWORKS_CONF} allows no host-only network.`
      : 'Every subnet that VirtualBox allows for a host-only network is used by another network of this computer.',
    { hint: `Add the line "${line}" to ${NETWORKS_CONF}.` },
  );
}

/** Whether VirtualBox allows this /24. */
export function isAllowed(subnet: string, allowed: readonly string[]): boolean {
  return allowed.some((range) => {
    const [network, length] = ipaddr.IPv4.parseCIDR(range);
    return length <= PREFIX && ipaddr.IPv4.parseCIDR(subnet)[0].match(network, length);
  });
}

function* subnetsOf(range: string): Generator<string> {
  const length = ipaddr.IPv4.parseCIDR(range)[1];
  if (length > PREFIX) return;
  const [a = 0, b = 0, c = 0] = ipaddr.IPv4.networkAddressFromCIDR(range).octets;
  const first = (a << 16) | (b << 8) | c;
  const count = Math.min(2 ** (PREFIX - length), MOST_SUBNETS);
  for (let at = first; at < first + count; at++) {
    const subnet = `${at >>> 16}.${(at >>> 8) & 255}.${at & 255}.0/${PREFIX}`;
    // Out of a range as wide as 0.0.0.0/0 only what is meant for private use.
    if (ipaddr.IPv4.parseCIDR(subnet)[0].range() === 'private') yield subnet;
  }
}
