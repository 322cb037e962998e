/** From a plan to cloud-init documents: what the guest needs to know of this computer's surroundings. */
import type { Image } from '../../contract/models';
import { hostNameOf, type Plan } from '../../contract/plan';
import { hostExtraCertificates } from '../../network/certificates';
import { hostProxy } from '../../network/proxy';
import { buildSeed, previewSeed, type SeedDocuments, type SeedInput } from '../../seed';
import type { CloudRecord, CloudSecrets } from '../clouds/record';

const GIB = 1024 ** 3;

/**
 * The documents of a cloud's machine.
 * @throws StackboxError `bad-input` when a value cannot stand in a document
 */
export async function seedFor(
  wish: CloudRecord,
  secrets: CloudSecrets,
  image: Image,
  mac: string,
): Promise<SeedDocuments> {
  return buildSeed({
    ...(await planned(wish.plan, image)),
    machineId: wish.machine.id,
    authorizedKey: secrets.login.publicKey,
    hostKey: secrets.host,
    mac,
  });
}

/** The documents as a person may see them before the cloud exists. */
export async function previewOf(plan: Plan, image: Image): Promise<SeedDocuments> {
  return previewSeed(await planned(plan, image));
}

type Planned = Omit<SeedInput, 'machineId' | 'authorizedKey' | 'hostKey' | 'mac'>;

async function planned({ name, size, swapMiB, surroundings }: Plan, image: Image): Promise<Planned> {
  const { proxy, noProxy } = proxyOf(surroundings);
  return {
    hostname: hostNameOf(name),
    user: image.user,
    os: image.os,
    memoryMiB: size.memoryMiB,
    diskBytes: size.diskGiB * GIB,
    swapMiB,
    noProxy,
    certificates: await certificatesOf(surroundings),
    ...(proxy !== undefined && { proxy }),
    ...(surroundings.packageMirror !== undefined && { packageMirror: surroundings.packageMirror }),
  };
}

function proxyOf({ proxy, noProxy }: Plan['surroundings']): { proxy: string | undefined; noProxy: string[] } {
  if (proxy === 'none') return { proxy: undefined, noProxy: [] };
  if (proxy !== 'host') return { proxy, noProxy };
  const host = hostProxy(process.env);
  return { proxy: host.https ?? host.http, noProxy: [...host.noProxy, ...noProxy] };
}

async function certificatesOf({ extraCertificates }: Plan['surroundings']): Promise<string[]> {
  if (extraCertificates === 'none') return [];
  return extraCertificates === 'host' ? hostExtraCertificates() : [extraCertificates];
}
