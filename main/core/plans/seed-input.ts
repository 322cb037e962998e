/** From a plan to cloud-init documents: what the guest needs to know of this computer's surroundings. */
import type { Acceleration, Image } from '../../contract/models';
import { hostNameOf, type Plan } from '../../contract/plan';
import { hostExtraCertificates } from '../../network/certificates';
import type { Attachment, HostOnlyAttachment } from '../../hypervisors/driver';
import { hostProxy, proxyForGuest } from '../../network/proxy';
import { buildSeed, previewSeed, type SeedDocuments, type SeedInput } from '../../seed';
import type { CloudRecord, CloudSecrets } from '../clouds/record';

const GIB = 1024 ** 3;

/** Where a guest behind user networking finds this computer; QEMU's and VirtualBox's own convention. */
const HOST_BEHIND_FORWARDS = '10.0.2.2';

/**
 * The documents of a cloud's machine.
 * @param acceleration of the connection that the machine is on
 * @param onNote told what of this computer's surroundings could not be handed on
 * @throws StackboxError `bad-input` when a value cannot stand in a document
 */
export async function seedFor(
  { wish, secrets }: { wish: CloudRecord; secrets: CloudSecrets },
  image: Image,
  attachment: Attachment,
  acceleration: Acceleration | undefined,
  onNote: (text: string) => void,
): Promise<SeedDocuments> {
  const hostAddress = attachment.reach === 'forwarded' ? HOST_BEHIND_FORWARDS : undefined;
  return buildSeed({
    ...(await planned(wish.plan, image, acceleration, hostAddress, onNote)),
    machineId: wish.machine.id,
    authorizedKey: secrets.login.publicKey,
    hostKey: secrets.host,
    mac: attachment.mac,
    ...(attachment.hostOnly && { hostOnly: secondInterface(attachment.hostOnly) }),
  });
}

/** The address with the length of its subnet. */
function secondInterface({ mac, address, subnet }: HostOnlyAttachment): NonNullable<SeedInput['hostOnly']> {
  return { mac, address: `${address}/${subnet.split('/')[1] ?? ''}` };
}

/** The documents as a person may see them before the cloud exists. */
export async function previewOf(
  plan: Plan,
  image: Image,
  acceleration: Acceleration | undefined,
): Promise<SeedDocuments> {
  return previewSeed(await planned(plan, image, acceleration, undefined, () => undefined));
}

type Planned = Omit<SeedInput, 'machineId' | 'authorizedKey' | 'hostKey' | 'mac'>;

async function planned(
  { name, size, swapMiB, surroundings }: Plan,
  image: Image,
  acceleration: Acceleration | undefined,
  hostAddress: string | undefined,
  onNote: (text: string) => void,
): Promise<Planned> {
  const { proxy, noProxy } = proxyOf(surroundings, hostAddress, onNote);
  return {
    hostname: hostNameOf(name),
    user: image.user,
    os: image.os,
    memoryMiB: size.memoryMiB,
    diskBytes: size.diskGiB * GIB,
    swapMiB,
    emulated: acceleration?.kind === 'emulated',
    noProxy,
    certificates: await certificatesOf(surroundings),
    ...(proxy !== undefined && { proxy }),
    ...(surroundings.packageMirror !== undefined && { packageMirror: surroundings.packageMirror }),
  };
}

function proxyOf(
  { proxy, noProxy }: Plan['surroundings'],
  hostAddress: string | undefined,
  onNote: (text: string) => void,
): { proxy: string | undefined; noProxy: readonly string[] } {
  const none = { proxy: undefined, noProxy: [] };
  if (proxy === 'none') return none;
  const host = proxy === 'host' ? hostProxy(process.env) : undefined;
  for (const problem of host?.problems ?? []) onNote(problem);
  const wanted = host ? (host.https ?? host.http) : proxy;
  if (wanted === undefined) return none;
  const inGuest = proxyForGuest(wanted, hostAddress);
  if ('problem' in inGuest) {
    onNote(inGuest.problem);
    return none;
  }
  return { proxy: inGuest.proxy, noProxy: [...(host?.noProxy ?? []), ...noProxy] };
}

async function certificatesOf({ extraCertificates }: Plan['surroundings']): Promise<string[]> {
  if (extraCertificates === 'none') return [];
  return extraCertificates === 'host' ? hostExtraCertificates() : [extraCertificates];
}
