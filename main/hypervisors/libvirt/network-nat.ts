/**
 * Our own NAT network, for the system connection. Every machine has a DHCP reservation by its MAC address, so its
 * address is known before it boots.
 */
import { readdir } from 'node:fs/promises';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import { takenSubnets } from '../../network/routes';
import { addressAt, chooseSubnet, freeAddress, overlapsAny } from '../../network/subnets';
import type { CallOptions } from '../driver';
import { macAddress, NAMESPACE, NETWORK_UUID } from './identity';
import type { Networking } from './network';
import { parseInfo } from './parse';
import type { Virsh } from './virsh';
import { optionalElement, readXml, writeXml } from './xml';

export const NETWORK = 'stackbox';

/** Somebody else may add a reservation at the same moment; then the next free address is taken. */
const RESERVE_ATTEMPTS = 5;

const route = z.object({ '@address': z.string(), '@prefix': z.string().optional(), '@netmask': z.string().optional() });
const networkDocuments = z.object({
  network: z.array(
    z.object({
      uuid: z.string(),
      metadata: optionalElement(z.object({ 'stackbox:network': z.unknown().optional() })),
      bridge: optionalElement(z.object({ '@name': z.string().optional() })),
      ip: z
        .array(
          route.extend({
            dhcp: optionalElement(
              z.object({
                host: z.array(z.object({ '@mac': z.string().optional(), '@ip': z.string().optional() })).optional(),
              }),
            ),
          }),
        )
        .optional(),
      route: z.array(route).optional(),
    }),
  ),
});
type NetworkDocument = z.infer<typeof networkDocuments>['network'][number];

/** Our network as libvirt has it. */
interface OurNetwork {
  readonly active: boolean;
  readonly bridge: string | undefined;
  readonly subnet: string;
  readonly hosts: readonly { mac: string; ip: string }[];
}

export function createNatNetworking(virsh: Virsh): Networking {
  /** @throws StackboxError `conflict` when a network of that name is somebody else's */
  async function read(options: CallOptions): Promise<OurNetwork | undefined> {
    const commands = `net-dumpxml ${NETWORK}; net-info ${NETWORK}`;
    const { exitCode, stdout, stderr } = await virsh.call([commands], { ...options, mayFail: true });
    if (exitCode !== 0) {
      if (/network not found|failed to get network/i.test(stderr)) return undefined;
      throw new StackboxError('hypervisor', `libvirt does not show its networks: ${stderr.trim()}`);
    }
    const end = stdout.indexOf('</network>') + '</network>'.length;
    const [network] = readXml(stdout.slice(0, end), networkDocuments).network;
    const subnet = network && subnetsOf(network)[0];
    if (network?.uuid !== NETWORK_UUID || network.metadata === undefined || subnet === undefined) {
      throw new StackboxError('conflict', `There is a network "${NETWORK}" that Stackbox did not make.`, {
        hint: 'Rename that network, or use the session connection.',
      });
    }
    const hosts = (network.ip ?? []).flatMap(({ dhcp }) => dhcp?.host ?? []);
    return {
      active: parseInfo(stdout.slice(end)).get('Active') === 'yes',
      bridge: network.bridge?.['@name'],
      subnet,
      hosts: hosts.flatMap(({ '@mac': mac, '@ip': ip }) =>
        mac === undefined || ip === undefined ? [] : [{ mac, ip }],
      ),
    };
  }

  /** What our subnet must stay clear of: routes, addresses, and the networks of libvirt, active or not. */
  async function taken(own: OurNetwork | undefined, options: CallOptions): Promise<string[]> {
    const routes = await takenSubnets(own?.bridge, options);
    const uuids = (await virsh.call(['net-list', '--all', '--uuid'], options)).stdout
      .split('\n')
      .map((line) => line.trim())
      .filter((uuid) => uuid !== '' && uuid !== NETWORK_UUID);
    if (uuids.length === 0) return routes;
    const dumps = await virsh.call([uuids.map((uuid) => `net-dumpxml ${uuid}`).join('; ')], options);
    return [...routes, ...readXml(dumps.stdout, networkDocuments).network.flatMap(subnetsOf)];
  }

  async function create(subnet: string, options: CallOptions): Promise<void> {
    const xml = writeXml({
      network: {
        name: NETWORK,
        uuid: NETWORK_UUID,
        metadata: { 'stackbox:network': { '@xmlns:stackbox': NAMESPACE } },
        forward: { '@mode': 'nat' },
        bridge: { '@stp': 'on', '@delay': 0 },
        ip: {
          '@address': addressAt(subnet, 1),
          '@netmask': '255.255.255.0',
          dhcp: { range: { '@start': addressAt(subnet, 2), '@end': addressAt(subnet, 254) } },
        },
      },
    });
    await virsh.callWith(xml, (path) => ['net-define', path], options);
    await virsh.call(['net-autostart', NETWORK], options);
    await virsh.call(['net-start', NETWORK], options);
  }

  /** Our network, active. One that meanwhile overlaps a route is made anew while no machine has an address in it. */
  async function ensure(options: CallOptions): Promise<OurNetwork> {
    const present = await read(options);
    if (present?.active) return present;
    if (!present) {
      await create(chooseSubnet(await taken(undefined, options)), options);
    } else if (present.hosts.length === 0 && overlapsAny(present.subnet, await taken(present, options))) {
      await virsh.call(['net-undefine', NETWORK], options);
      await create(chooseSubnet(await taken(undefined, options)), options);
    } else {
      await start(options);
    }
    const made = await read(options);
    if (made?.active) return made;
    throw new StackboxError('hypervisor', `libvirt's network "${NETWORK}" does not become active.`);
  }

  async function start(options: CallOptions): Promise<void> {
    try {
      await virsh.call(['net-start', NETWORK], options);
    } catch (error) {
      if (error instanceof StackboxError && error.code === 'conflict' && (await read(options))?.active === false) {
        throw new StackboxError(
          'conflict',
          'The subnet of your machines is now used by another network.',
          {
            ...error.facts,
            hint: 'Disconnect the VPN or network with that subnet, or delete the clouds that use it.',
          },
          { cause: error },
        );
      }
      if (!(await read(options))?.active) throw error;
    }
  }

  /** Adds or deletes a reservation, also in the running DHCP server. */
  async function update(
    change: 'add' | 'delete',
    host: { mac: string; ip: string },
    active: boolean,
    options: CallOptions,
  ): Promise<void> {
    const xml = writeXml({ host: { '@mac': host.mac, '@ip': host.ip } }).replace(/^<\?xml[^>]*\?>\s*/, '');
    const where = active ? ['--live', '--config'] : ['--config'];
    await virsh.call(['net-update', NETWORK, change, 'ip-dhcp-host', `--xml=${xml}`, ...where], options);
  }

  return {
    plan: (spec) => [{ kind: 'lease', id: macAddress(spec.id) }],

    async attach(spec, options = {}) {
      const mac = macAddress(spec.id);
      for (let attempt = 1; ; attempt++) {
        const { subnet, hosts, active } = await ensure(options);
        const own = hosts.find((host) => host.mac === mac);
        if (own) return { mac, address: own.ip, reach: 'direct', subnet };
        const ip = freeAddress(subnet, mac, new Set(hosts.map((host) => host.ip)));
        if (ip === undefined) {
          throw new StackboxError('no-room', `The network "${NETWORK}" has no free address left.`, {
            hint: 'Delete a cloud that you no longer need.',
          });
        }
        try {
          await update('add', { mac, ip }, active, options);
        } catch (error) {
          options.signal?.throwIfAborted();
          if (attempt >= RESERVE_ATTEMPTS) throw error;
        }
      }
    },

    interfaceElement: ({ mac }) => ({
      '@type': 'network',
      mac: { '@address': mac },
      source: { '@network': NETWORK },
      model: { '@type': 'virtio' },
    }),

    async prepareStart(options = {}) {
      await ensure(options);
    },

    reach: async (_uuid, attachment, guestPort) => ({ host: attachment.address, port: guestPort }),

    async release(mac, options = {}) {
      const network = await read(options).catch(leaveForeign);
      const own = network?.hosts.find((host) => host.mac === mac);
      if (network && own) await update('delete', own, network.active, options);
    },

    async collect(options = {}) {
      const network = await read(options).catch(leaveForeign);
      if (!network || network.hosts.length > 0 || (await hasPorts(network.bridge))) return;
      if (network.active) await virsh.call(['net-destroy', NETWORK], options);
      await virsh.call(['net-undefine', NETWORK], options);
    },
  };
}

/** Whether some machine, perhaps not ours, is plugged into the bridge right now. */
async function hasPorts(bridge: string | undefined): Promise<boolean> {
  if (bridge === undefined) return false;
  const ports = await readdir(`/sys/class/net/${bridge}/brif`).catch(() => []);
  return ports.length > 0;
}

/** Subnets and routes of a network in CIDR notation; IPv6 ones are of no interest to an IPv4 subnet. */
function subnetsOf(network: NetworkDocument): string[] {
  return [...(network.ip ?? []), ...(network.route ?? [])].flatMap(
    ({ '@address': address, '@prefix': prefix, '@netmask': netmask }) => {
      if (!ipaddr.IPv4.isValid(address)) return [];
      const length =
        prefix === undefined
          ? ipaddr.IPv4.parse(netmask ?? '255.255.255.255').prefixLengthFromSubnetMask()
          : Number(prefix);
      return [`${ipaddr.IPv4.networkAddressFromCIDR(`${address}/${length ?? 32}`).toString()}/${length ?? 32}`];
    },
  );
}

/** Somebody else's network is no place for us to clean up. */
function leaveForeign(error: unknown): undefined {
  if (error instanceof StackboxError && error.code === 'conflict') return undefined;
  throw error;
}
