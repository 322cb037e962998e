/** What the seed is made from, checked at the door. */
import { z } from 'zod';
import { StackboxError } from '../contract/errors';
import type { Image } from '../contract/models';
import type { SshKey } from './ssh-keys';

/** Everything that the documents of one machine depend on. */
export interface SeedInput {
  /** Identifier of the machine; cloud-init runs once for each. */
  readonly machineId: string;
  readonly hostname: string;
  /** Account in the guest: the default user of the image. */
  readonly user: string;
  /** Public key that opens the account, as one line. */
  readonly authorizedKey: string;
  /** The guest's SSH host key, made by us. */
  readonly hostKey: SshKey;
  /** MAC address of the first network interface, which gets its address by DHCP. */
  readonly mac: string;
  /** A second interface with a fixed address in CIDR notation and no route beyond it. */
  readonly hostOnly?: { readonly mac: string; readonly address: string };
  /** Family of the image: it decides where certificates and package settings go. */
  readonly os: Image['os'];
  /** Memory in MiB and disk in bytes, for the automatic swap. */
  readonly memoryMiB: number;
  readonly diskBytes: number;
  /** Swap file in MiB; 0 means none. */
  readonly swapMiB: number | 'auto';
  /** Proxy for the guest, as `http://[user:password@]host:port`. */
  readonly proxy?: string;
  /** Hosts, domains and networks that do not go through the proxy, besides the machine itself. */
  readonly noProxy?: readonly string[];
  /** Mirror of the distribution's packages. Debian and Ubuntu only. */
  readonly packageMirror?: string;
  /** PEM certificates that the guest trusts besides its own. */
  readonly certificates?: readonly string[];
  /**
   * Install chrony and let it keep the time. Without it the image's own client stays (systemd-timesyncd or chrony in
   * every image of the catalogue): installing at first boot costs time and fails without a network.
   */
  readonly chrony?: boolean;
  /** The guest's processor is emulated: what makes that slower than it has to be is turned off. */
  readonly emulated?: boolean;
  /** Language of the guest. `C.UTF-8` is in every image; another one is generated at first boot, which takes a while. */
  readonly locale?: string;
}

const MIB = 1024 * 1024;
const GIB_IN_MIB = 1024;

/**
 * The size of the swap file when nobody chose one: as much as the memory, at least 2 GiB, at most the 8 GiB that
 * DevStack's own CI uses, but never more than a tenth of the disk.
 * @returns MiB
 */
export function automaticSwapMiB(memoryMiB: number, diskBytes: number): number {
  const wanted = Math.min(Math.max(memoryMiB, 2 * GIB_IN_MIB), 8 * GIB_IN_MIB);
  return Math.floor(Math.min(wanted, diskBytes / MIB / 10));
}

const HOST_NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const USER_NAME = /^[a-z_][a-z0-9_-]{0,31}$/;
const MACHINE_ID = /^[A-Za-z0-9-]{1,64}$/;
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;
const LOCALE = /^[A-Za-z][A-Za-z0-9_.@-]{0,39}$/;
const PUBLIC_KEY = /^(?:ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+=*(?: [^\r\n]*)?$/;
/** Hosts, `*.domains`, `.domains`, addresses, networks: nothing that could end a line or a quote. */
const NO_PROXY = /^[A-Za-z0-9_.*:/[\]-]{1,253}$/;

/**
 * Refuses whatever could change the meaning of a document or of a file in the guest.
 * @throws StackboxError `bad-input` with the field
 */
export function checkSeedInput(input: SeedInput): void {
  need('hostname', HOST_NAME.test(input.hostname), `"${input.hostname}" cannot be a host name.`);
  need('user', USER_NAME.test(input.user) && input.user !== 'root', `"${input.user}" cannot be the guest's user.`);
  need('machineId', MACHINE_ID.test(input.machineId), `"${input.machineId}" cannot identify a machine.`);
  need('mac', MAC.test(input.mac), `"${input.mac}" is not a MAC address in lower case.`);
  const second = input.hostOnly;
  need('hostOnly', second === undefined || MAC.test(second.mac), `"${second?.mac ?? ''}" is not a MAC address.`);
  need('hostOnly', second?.mac !== input.mac, 'Both network interfaces have the same MAC address.');
  need(
    'hostOnly',
    second === undefined || z.cidrv4().safeParse(second.address).success,
    `"${second?.address ?? ''}" is not an address with the length of its network.`,
  );
  need('locale', LOCALE.test(input.locale ?? 'C.UTF-8'), `"${input.locale ?? ''}" is not a locale.`);
  need('authorizedKey', PUBLIC_KEY.test(input.authorizedKey), 'The public SSH key is not one line in OpenSSH format.');
  need('hostKey', PUBLIC_KEY.test(input.hostKey.publicKey), 'The host key is not one line in OpenSSH format.');
  need('proxy', input.proxy === undefined || isHttpUrl(input.proxy), 'The proxy is not an http:// address.');
  const badHost = input.noProxy?.find((entry) => !NO_PROXY.test(entry));
  need('noProxy', badHost === undefined, `"${badHost ?? ''}" is not a host, domain or network.`);
  const mirror = input.packageMirror;
  need('packageMirror', mirror === undefined || isHttpUrl(mirror), 'The mirror is not an http:// or https:// address.');
  need(
    'packageMirror',
    mirror === undefined || input.os === 'debian' || input.os === 'ubuntu',
    'A package mirror can only be set for Debian and Ubuntu.',
  );
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function need(field: string, holds: boolean, message: string): void {
  if (!holds) throw new StackboxError('bad-input', message, { field });
}
