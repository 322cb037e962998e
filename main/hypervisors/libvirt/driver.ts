/** The libvirt driver: one connection's storage, network and domains behind the common interface. */
import { rm, readdir, access, mkdir, open } from 'node:fs/promises';
import { accessSync, constants } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import PQueue from 'p-queue';
import { StackboxError } from '../../contract/errors';
import type { CallOptions, HypervisorDriver, MachineSpec, Resource } from '../driver';
import { gatherEvidence, judgeAcceleration } from './acceleration';
import { CONSOLE_LOG, CONSOLE_SOCKET, domainXml, type DomainSurroundings } from './domain-xml';
import { openConsoles } from './console';
import { createDomains } from './domains';
import { checkNames, checkSpec } from './identity';
import type { Networking } from './network';
import { createNatNetworking } from './network-nat';
import { createUserNetworking } from './network-user';
import { probeLibvirt } from './probe';
import { createSnapshots } from './snapshots';
import type { Storage } from './storage';
import { createFolderStorage } from './storage-folder';
import { createPoolStorage } from './storage-pool';
import { createVirsh, type Virsh } from './virsh';
import { watchDomains } from './watch';

type LibvirtConnection = 'libvirt-system' | 'libvirt-session';

export interface LibvirtOptions {
  readonly connection: LibvirtConnection;
  /** Connection URI; by default the one of `connection` on this computer. */
  readonly uri?: string;
  /** The app's data folder: machines' own folders are in it, and the session's disks. */
  readonly dataFolder: string;
  /** Folder of the system connection's pool, below libvirt's own folder for images, which QEMU's user may traverse. */
  readonly poolFolder?: string;
}

/** What a libvirt driver is put together from; tests combine the parts for libvirt's test driver. */
export interface LibvirtParts {
  readonly connection: LibvirtConnection;
  readonly virsh: Virsh;
  readonly storage: Storage;
  readonly networking: Networking;
  readonly dataFolder: string;
  readonly domainType: (options: CallOptions) => Promise<DomainSurroundings['type']>;
  readonly consoleOwner?: DomainSurroundings['consoleOwner'];
}

const POOL_FOLDER = '/var/lib/libvirt/images/stackbox';

/** A driver for `qemu:///system` or `qemu:///session`. Makes nothing until it is asked to. */
export function createLibvirtDriver(options: LibvirtOptions): HypervisorDriver {
  const { connection, dataFolder } = options;
  const system = connection === 'libvirt-system';
  const workFolder = join(dataFolder, 'libvirt');
  const virsh = createVirsh(options.uri ?? (system ? 'qemu:///system' : 'qemu:///session'), workFolder);
  return composeDriver({
    connection,
    virsh,
    storage: system
      ? createPoolStorage(virsh, options.poolFolder ?? POOL_FOLDER, workFolder)
      : createFolderStorage(join(workFolder, 'disks')),
    networking: system ? createNatNetworking(virsh) : createUserNetworking(virsh),
    dataFolder,
    async domainType(callOptions) {
      return judgeAcceleration(await gatherEvidence(callOptions), system).kind === 'kvm' ? 'kvm' : 'qemu';
    },
    consoleOwner: system ? thisUser() : undefined,
  });
}

/** `undefined` on a system without such numbers, which has no libvirt either. */
function thisUser(): DomainSurroundings['consoleOwner'] {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

export function composeDriver(parts: LibvirtParts): HypervisorDriver {
  const { connection, virsh, storage, networking, dataFolder } = parts;
  const domains = createDomains(virsh);
  /** What is shared (pool, bases, network) changes one call at a time, or two machines would make it twice. */
  const shared = new PQueue({ concurrency: 1 });
  const alone = <T>(work: () => Promise<T>): Promise<T> => shared.add(work, { throwOnTimeout: true });
  const resource = (kind: Resource['kind'], id: string): Resource => ({ kind, id, connection });

  return {
    connection,
    title: connection === 'libvirt-system' ? 'libvirt (system)' : 'libvirt (session)',

    probe: (options) => probeLibvirt(virsh, connection, options),
    list: (options) => domains.list(options),

    plan(names) {
      checkNames(names);
      return {
        disk: [resource('disk', storage.diskPath(names.id))],
        network: networking.plan(names).map(({ kind, id }) => resource(kind, id)),
        seed: [resource('seed', storage.seedPath(names.id))],
        domain: [resource('console', join(names.folder, CONSOLE_LOG)), resource('domain', names.domain)],
      };
    },

    async makeDisk(spec, onProgress, options = {}) {
      checkSpec(spec);
      options.signal?.throwIfAborted();
      let reported = 0;
      await alone(() =>
        storage.makeDisk(
          spec,
          (fraction) => {
            reported = Math.max(reported, fraction);
            onProgress(reported);
          },
          options,
        ),
      );
    },

    async makeNetwork(spec, options = {}) {
      checkSpec(spec);
      options.signal?.throwIfAborted();
      return await alone(() => networking.attach(spec, options));
    },

    async makeSeed(spec, iso, options = {}) {
      checkSpec(spec);
      await alone(() => storage.makeSeed(spec, iso, options));
    },

    async define(spec, attachment, options = {}) {
      checkSpec(spec);
      options.signal?.throwIfAborted();
      const type = await parts.domainType(options);
      await ownConsoleLog(spec);
      const xml = domainXml(spec, {
        type,
        diskPath: storage.diskPath(spec.id),
        seedPath: storage.seedPath(spec.id),
        networkInterface: networking.interfaceElement(attachment),
        consoleOwner: parts.consoleOwner,
      });
      await domains.define(spec.domain, xml, options);
    },

    async start(domain, options = {}) {
      await domains.start(domain, () => alone(() => networking.prepareStart(options)), options);
    },
    shutdown: (domain, options) => domains.shutdown(domain, options),
    powerOff: (domain, options) => domains.powerOff(domain, options),
    state: (domain, options) => domains.state(domain, options),
    saveState: (domain, options) => domains.saveState(domain, options),
    snapshots: createSnapshots(virsh, domains),

    async reach(domain, attachment, guestPort, preferredPort, options = {}) {
      if (!Number.isInteger(guestPort) || guestPort < 1 || guestPort > 65_535) {
        throw new StackboxError('bad-input', `${guestPort} is no port.`);
      }
      const uuid = await domains.uuidOf(domain, options);
      return await networking.reach(uuid, attachment, guestPort, preferredPort, options);
    },

    consoleLog(spec) {
      const path = join(spec.folder, CONSOLE_LOG);
      try {
        accessSync(path, constants.R_OK);
        return path;
      } catch {
        // Not there before `define`, and not readable when virtlogd made it as root: either way there is none to show.
        return undefined;
      }
    },

    openConsole: openConsoles(virsh.uri, domains),

    async remove({ kind, id, connection: where }, options = {}) {
      options.signal?.throwIfAborted();
      if (where !== connection) throw new StackboxError('internal', `${kind} ${id} belongs to ${where}.`);
      switch (kind) {
        case 'domain':
          return await domains.remove(id, options);
        case 'disk':
        case 'seed':
          return await alone(() => storage.remove(id, options));
        case 'lease':
          return await alone(() => networking.release(id, options));
        case 'console':
          return await removeConsole(id, dataFolder);
        case 'network':
        case 'forward':
        case 'medium':
        case 'adapter':
          throw new StackboxError('internal', `libvirt makes no resource of the kind "${kind}".`);
      }
    },

    async collect(options = {}) {
      await alone(async () => {
        await storage.collect(options);
        await networking.collect(options);
      });
    },

    watch: (onChange, signal) => watchDomains(virsh.uri, onChange, signal),
  };
}

/**
 * Makes the console's log before libvirt does: virtlogd would make it as root with mode 0600, but it writes on in a
 * file that is there, and that one is ours to read.
 */
async function ownConsoleLog(spec: MachineSpec): Promise<void> {
  await mkdir(spec.folder, { recursive: true, mode: 0o700 });
  await (await open(join(spec.folder, CONSOLE_LOG), 'a', 0o600)).close();
}

/** Removes the console's log, what virtlogd rolled over (`console.log.0` …) and the socket. */
async function removeConsole(log: string, dataFolder: string): Promise<void> {
  const inside = relative(dataFolder, log);
  if (basename(log) !== CONSOLE_LOG || inside.startsWith('..') || isAbsolute(inside)) return;
  const folder = dirname(log);
  try {
    await access(folder);
  } catch {
    return; // The machine's folder is gone already, and the console with it.
  }
  for (const name of await readdir(folder)) {
    if (name === CONSOLE_SOCKET || /^console\.log(\.\d+)?$/.test(name)) await rm(join(folder, name), { force: true });
  }
}
