/**
 * What we keep in VirtualBox's global extradata: which host-only adapter is ours, and which machine has which address in
 * it. VirtualBox itself has no mark for an adapter, and a machine gets its address before it is defined.
 */
import { z } from 'zod';
import type { CallOptions } from '../driver';
import { parseExtradata } from './host-only-output';
import type { VBoxManage } from './vboxmanage';

const ADAPTER_KEY = 'stackbox/host-only';
const ADDRESS_KEY = `${ADAPTER_KEY}/`;

const ownAdapterSchema = z.object({
  name: z.string().min(1),
  subnet: z.cidrv4(),
  /** Its DHCP server was on before we turned it off: VirtualBox comes with one for `vboxnet0`. */
  hadDhcp: z.boolean(),
});
export type OwnAdapter = z.infer<typeof ownAdapterSchema>;

const addressSchema = z.ipv4();

export interface HostOnlyRecords {
  readonly adapter: OwnAdapter | undefined;
  /** Addresses by the MAC of each machine's second adapter. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** All records by one call. One that cannot be understood, because a person changed it, counts as absent. */
export async function readRecords(manage: VBoxManage, options: CallOptions): Promise<HostOnlyRecords> {
  const entries = parseExtradata(await manage.read(['getextradata', 'global', 'enumerate'], options));
  const addresses = new Map<string, string>();
  for (const [key, value] of entries) {
    if (key.startsWith(ADDRESS_KEY) && addressSchema.safeParse(value).success) {
      addresses.set(key.slice(ADDRESS_KEY.length), value);
    }
  }
  return { adapter: parseAdapter(entries.get(ADAPTER_KEY)), addresses };
}

/** @param adapter `undefined` removes the record */
export async function recordAdapter(
  manage: VBoxManage,
  adapter: OwnAdapter | undefined,
  options: CallOptions,
): Promise<void> {
  await record(manage, ADAPTER_KEY, adapter && JSON.stringify(adapter), options);
}

/** @param address `undefined` gives the address back */
export async function recordAddress(
  manage: VBoxManage,
  mac: string,
  address: string | undefined,
  options: CallOptions,
): Promise<void> {
  await record(manage, `${ADDRESS_KEY}${mac}`, address, options);
}

async function record(manage: VBoxManage, key: string, value: string | undefined, options: CallOptions): Promise<void> {
  // Without a value the key is deleted.
  await manage.change(['setextradata', 'global', key, ...(value === undefined ? [] : [value])], options);
}

function parseAdapter(text: string | undefined): OwnAdapter | undefined {
  if (text === undefined) return undefined;
  try {
    return ownAdapterSchema.parse(JSON.parse(text));
  } catch {
    // Not what we wrote: then no adapter is known to be ours, and none of a person's is touched.
    return undefined;
  }
}
