/** How this computer reaches a machine, as the window draws it. */
import type { MachineNetwork, NetworkWay } from '../../contract/models';
import type { ConnectionId } from '../../contract/plan';
import type { Attachment } from '../../hypervisors/driver';

/** The first way by connection, in the words of the hypervisor. */
const FIRST_WAY: Readonly<Record<ConnectionId, NetworkWay['kind']>> = {
  'libvirt-system': 'network',
  'libvirt-session': 'user',
  virtualbox: 'nat',
};

/** @param ports ports of this computer that lead into the machine, by guest port */
export function machineNetwork(
  connection: ConnectionId,
  { address, reach, hostOnly, fallback }: Attachment,
  ports: Readonly<Record<string, { readonly host: string; readonly port: number }>> = {},
): MachineNetwork {
  const forwards = Object.entries(ports).map(([guestPort, place]) => ({ ...place, guestPort: Number(guestPort) }));
  const first: NetworkWay = {
    kind: FIRST_WAY[connection],
    address,
    forwards: reach === 'forwarded' ? forwards : [],
  };
  const second: NetworkWay[] =
    hostOnly && !fallback ? [{ kind: 'host-only', via: hostOnly.name, address: hostOnly.address, forwards: [] }] : [];
  return { ways: [first, ...second], ...(fallback && { fallback }) };
}
