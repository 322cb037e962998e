/** Routes and addresses of this computer: on Linux as `ip` (iproute2) gives them, elsewhere the addresses alone. */
import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import { StackboxError } from '../contract/errors';
import { run } from '../host/process';

interface ReadOptions {
  readonly signal?: AbortSignal;
}

const routes = z.array(z.object({ dst: z.string(), dev: z.string().optional() }));
const links = z.array(
  z.object({
    ifname: z.string().optional(),
    addr_info: z.array(z.object({ local: z.string().optional(), prefixlen: z.number() })).optional(),
  }),
);

/**
 * Everything that this computer reaches: routes of all tables (VPNs have tables of their own) and its addresses.
 * @param except interface that does not count, because it is our own network's
 * @returns addresses and subnets in CIDR notation, IPv4 and IPv6
 * @throws StackboxError `missing-tool`, `network`
 */
export async function takenSubnets(except?: string, options: ReadOptions = {}): Promise<string[]> {
  if (process.platform !== 'linux') {
    return Object.entries(networkInterfaces())
      .filter(([name]) => name !== except)
      .flatMap(([, addresses = []]) => addresses.flatMap(({ cidr }) => cidr ?? []));
  }
  const [routeText, addressText] = await Promise.all([
    run('ip', ['-j', 'route', 'show', 'table', 'all'], options),
    run('ip', ['-j', 'addr'], options),
  ]);
  const fromRoutes = read(routes, routeText.stdout)
    .filter(({ dst, dev }) => dst !== 'default' && (except === undefined || dev !== except))
    .map(({ dst }) => dst);
  const fromAddresses = read(links, addressText.stdout)
    .filter(({ ifname }) => except === undefined || ifname !== except)
    .flatMap(({ addr_info = [] }) => addr_info)
    .flatMap(({ local, prefixlen }) => (local === undefined ? [] : [`${local}/${prefixlen}`]));
  return [...fromRoutes, ...fromAddresses];
}

function read<T>(schema: z.ZodType<T>, text: string): T {
  // Without any route at all `ip -j` prints nothing instead of an empty list.
  const parsed = schema.safeParse(JSON.parse(text.trim() || '[]'));
  if (parsed.success) return parsed.data;
  throw new StackboxError('network', 'The routes of this computer could not be read.', {
    output: z.prettifyError(parsed.error),
  });
}
