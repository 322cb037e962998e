/**
 * How what is ours is told from what is not. Everything we make carries an identifier that starts with our stamp, and
 * domains and networks carry a `<metadata>` element in our own namespace as well. Without both it is somebody else's.
 */
import { createHash } from 'node:crypto';
import { StackboxError } from '../../contract/errors';
import type { MachineNames, MachineSpec } from '../driver';

/** XML namespace of our ownership marks. Never changes: it is in the definitions on people's computers. */
export const NAMESPACE = 'https://stackbox.dev/libvirt/1';

/** Start of our UUIDs: version 8 (RFC 9562, for private schemes); the first six bytes spell "Stackb". */
const STAMP = '53746163-6b62-8000';

/** What the fourth group of a UUID says about the thing that carries it. */
const GROUPS = { domain: '8000', network: '8001', pool: '8002' } as const;

const MACHINE_ID = /^m-([0-9a-f]{12})$/;

export const NETWORK_UUID = `${STAMP}-${GROUPS.network}-000000000001`;
export const POOL_UUID = `${STAMP}-${GROUPS.pool}-000000000001`;

/** UUID of a machine's domain. It contains the machine's identifier, so one listing of UUIDs tells which are ours. */
export function domainUuid(machineId: string): string {
  return `${STAMP}-${GROUPS.domain}-${digitsOf(machineId)}`;
}

/** Whether a domain's UUID is of our making. */
export function isOurDomainUuid(uuid: string): boolean {
  return uuid.toLowerCase().startsWith(`${STAMP}-${GROUPS.domain}-`);
}

/** MAC address of a machine, always the same; 52:54:00 is the prefix that QEMU and libvirt use. */
export function macAddress(machineId: string): string {
  const hash = createHash('sha256').update(digitsOf(machineId)).digest('hex');
  return `52:54:00:${hash.slice(0, 2)}:${hash.slice(2, 4)}:${hash.slice(4, 6)}`;
}

function digitsOf(machineId: string): string {
  const digits = MACHINE_ID.exec(machineId)?.[1];
  if (digits === undefined) throw wrong('id', `"${machineId.slice(0, 40)}" is no identifier of a machine.`);
  return digits;
}

/** Bytes of a domain's name that libvirt can still make file names of (the limit is 255, it adds endings of its own). */
const DOMAIN_NAME_BYTES = 200;

/**
 * Refuses what libvirt could not take or would take for something else, before anything is made.
 * @throws StackboxError `bad-input` with the field
 */
export function checkSpec(spec: MachineSpec): void {
  checkNames(spec);
  if (!/^[a-z0-9][a-z0-9.-]{0,99}$/.test(spec.image.id)) {
    throw wrong('image.id', `"${spec.image.id.slice(0, 40)}" is no identifier of an image.`);
  }
  for (const field of ['cpus', 'memoryMiB', 'diskBytes'] as const) {
    const size = spec[field];
    if (!Number.isSafeInteger(size) || size < 1) throw wrong(field, `${field} must be a whole number above 0.`);
  }
  if (spec.diskBytes < spec.image.virtualBytes) {
    throw wrong('diskBytes', 'The disk would be smaller than the image on it.', 'Choose a larger disk.');
  }
}

/** @throws StackboxError `bad-input` for names that no machine of ours can have */
export function checkNames({ id, domain }: Pick<MachineNames, 'id' | 'domain'>): void {
  digitsOf(id);
  checkDomainName(domain);
}

/** libvirt forbids "/" and line breaks; virsh takes digits for a domain's number and 36 characters for its UUID. */
function checkDomainName(name: string): void {
  const usable =
    /^[^\p{Cc}\p{Cs}/]+$/u.test(name) &&
    name.trim() === name &&
    !/^\d+$/.test(name) &&
    !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name) &&
    Buffer.byteLength(name) <= DOMAIN_NAME_BYTES;
  if (!usable) {
    throw wrong(
      'domain',
      `libvirt cannot take ${JSON.stringify(name.slice(0, 60))} as the name of a domain.`,
      `A name has at most ${DOMAIN_NAME_BYTES} bytes, no "/" and no line break, and is not only a number.`,
    );
  }
}

function wrong(field: string, message: string, hint?: string): StackboxError {
  return new StackboxError('bad-input', message, { field, ...(hint === undefined ? {} : { hint }) });
}
