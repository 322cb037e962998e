/**
 * How a machine is attached. Adapter 1 is NAT: the way out, and through forwards on 127.0.0.1 the way in. That alone is
 * enough and needs no privilege and no kernel module of its own.
 */
import type { Attachment, MachineSpec } from '../driver';
import { bareMac, macOfMachine } from './ownership';

/** What VirtualBox's NAT gives the only guest behind it, always (manual, "Network Address Translation"). */
const NAT_ADDRESS = '10.0.2.15';
const NAT_SUBNET = '10.0.2.0/24';

/** The attachment of a machine, from its identifier alone. */
export function natAttachment(spec: Pick<MachineSpec, 'id'>): Attachment {
  return { mac: macOfMachine(spec.id), address: NAT_ADDRESS, reach: 'forwarded', subnet: NAT_SUBNET };
}

/** Options of `modifyvm` for the attachment. */
export function adapterOptions(attachment: Attachment): string[] {
  return ['--nic1', 'nat', '--nictype1', 'virtio', '--macaddress1', bareMac(attachment.mac), '--cableconnected1', 'on'];
}
