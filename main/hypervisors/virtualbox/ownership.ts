/**
 * The ownership mark. A machine's UUID is made from our identifier and a fixed tail, so one listing tells which machines
 * are ours without asking for each. A clone that a person makes gets a UUID of its own and is therefore not ours.
 */

/** Version 8 of RFC 9562: a UUID whose content is the maker's affair. */
const TAIL = '8b05-95ac-57ac6b0c57ac';
const OURS = new RegExp(`^([0-9a-f]{8})-([0-9a-f]{4})-${TAIL}$`);

/** Group of the VirtualBox window in which our machines stand; the cloud's identifier is below it. */
const GROUP = '/Stackbox/';

/** Extradata of a machine that names its cloud. */
export const CLOUD_KEY = 'stackbox/cloud';

export const MACHINE_ID = /^m-([0-9a-f]{12})$/;

/** UUID of the machine with the identifier `m-` and 12 hexadecimal digits. */
export function uuidOfMachine(machineId: string): string {
  const digits = machineId.replace(MACHINE_ID, '$1');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-${TAIL}`;
}

/** @returns the identifier of our machine with that UUID, or `undefined` if the UUID is not one of ours. */
export function machineOfUuid(uuid: string): string | undefined {
  const parts = OURS.exec(uuid);
  return parts ? `m-${parts[1]}${parts[2]}` : undefined;
}

export function groupOfCloud(cloudId: string): string {
  return `${GROUP}${cloudId}`;
}

/** @returns the cloud that a group names, or `undefined` if a person moved the machine elsewhere. */
export function cloudOfGroup(groups: string): string | undefined {
  const group = groups.split(',').find((one) => one.startsWith(GROUP));
  return group?.slice(GROUP.length);
}

/** Hardware address of a machine's NAT adapter (its first), from its identifier. VirtualBox's prefix is 08:00:27. */
export function macOfMachine(machineId: string): string {
  return macOf('080027', machineId);
}

/**
 * Hardware address of a machine's host-only adapter (its second). The prefix is a locally administered one, so that no
 * address that VirtualBox chooses for others is the same.
 */
export function hostOnlyMacOfMachine(machineId: string): string {
  return macOf('0e0027', machineId);
}

function macOf(prefix: string, machineId: string): string {
  const digits = machineId.replace(MACHINE_ID, '$1');
  return `${prefix}${digits.slice(6)}`.replace(/(..)(?=.)/g, '$1:');
}

/** `08:00:27:aa:bb:cc` as VBoxManage writes it: `080027AABBCC`. */
export function bareMac(mac: string): string {
  return mac.replaceAll(':', '').toUpperCase();
}
