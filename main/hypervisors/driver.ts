/**
 * The one interface of all hypervisors. A driver knows its hypervisor and nothing of OpenStack. It works in terms of
 * one machine; what it makes it first names as {@link Resource}s, so that the ledger knows them before they exist.
 *
 * Rules for a driver: every method is safe to repeat; nothing without our ownership mark is ever touched; every
 * program runs through `main/host/process.ts`; every failure is a `StackboxError`.
 */
import type { Acceleration } from '../contract/models';
import type { ConnectionId } from '../contract/plan';
import type { CommandLog } from '../host/process';

/** What a driver can make, in the hypervisor's words. `id` alone is enough to find and remove it again. */
export const RESOURCE_KINDS = [
  'domain',
  'disk',
  'seed',
  'network',
  'lease',
  'forward',
  'console',
  'medium',
  'adapter',
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

export interface Resource {
  readonly kind: ResourceKind;
  /** Name or path in the hypervisor: a domain's name, a volume's path, a MAC address. */
  readonly id: string;
  readonly connection: ConnectionId;
}

/** Common to all calls: a cancel signal and where commands are recorded. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly log?: CommandLog;
}

/** Whether the connection can be used on this computer, found out without changing anything. */
export interface ConnectionFacts {
  readonly usable: boolean;
  /** The evidence, in one sentence for a person. */
  readonly reason: string;
  readonly version?: string;
  readonly acceleration?: Acceleration;
}

/** What the core asks for; the driver decides how the hypervisor says it. */
export interface MachineSpec {
  /** Identifier of the machine in our store: `m-` and 12 hexadecimal digits. It is in the ownership mark. */
  readonly id: string;
  readonly cloudId: string;
  /** Name of the domain: `stackbox-<cloud name>-<6 hexadecimal digits>`. Drivers must take any text safely. */
  readonly domain: string;
  /** Name a person gave, for the hypervisor's own tools to show. */
  readonly title: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly diskBytes: number;
  readonly image: ImageFile;
  /** Folder of this machine in our store, private to us: for the console log and socket. */
  readonly folder: string;
}

/** A machine by its names alone: enough to find again, or to remove, all that was made for it. */
export type MachineNames = Pick<MachineSpec, 'id' | 'domain' | 'folder'>;

/** A verified image in the cache. Its file never changes; `id` names its content. */
export interface ImageFile {
  /** Catalogue identifier and the first 12 digits of the hash: `debian-12-3f2a…`. */
  readonly id: string;
  readonly path: string;
  readonly format: 'qcow2' | 'raw' | 'vmdk' | 'vdi';
  readonly virtualBytes: number;
  /** Disk buses that the image's kernel knows; both if absent. Debian's cloud kernel, for one, has no SATA. */
  readonly buses?: readonly ('virtio' | 'sata')[];
  /**
   * Level of the x86-64 processor that the image's programs need (psABI: v1 … v3); 2 if absent. Debian and Ubuntu need 1,
   * CentOS Stream and Rocky 9 need 2, CentOS Stream 10 needs 3.
   */
  readonly processorLevel?: 1 | 2 | 3;
}

/** How the machine is attached, known before it boots. */
export interface Attachment {
  readonly mac: string;
  /** Address inside the guest's network: a DHCP reservation, or 10.0.2.15 behind user networking. */
  readonly address: string;
  /** `direct`: the host reaches `address` itself. `forwarded`: only through ports on 127.0.0.1. */
  readonly reach: 'direct' | 'forwarded';
  /** Subnet in CIDR notation, for recipes that must stay clear of it. */
  readonly subnet: string;
  /** A second way to the machine; with `fallback` the guest is set up for it, but it is not there now. */
  readonly hostOnly?: HostOnlyAttachment;
  readonly fallback?: NetworkFallback;
}

/** A second network adapter of the machine, which this computer reaches without a forward (VirtualBox). */
export interface HostOnlyAttachment {
  /** `adapter`: an interface of this computer (Linux, Windows); `network`: VirtualBox 7's way on macOS. */
  readonly kind: 'adapter' | 'network';
  /** Name in VirtualBox: `vboxnet0`. */
  readonly name: string;
  readonly mac: string;
  /** Set in the guest by its seed. */
  readonly address: string;
  readonly subnet: string;
}

/** Why a machine has less of a network than it could have, and what would change that. */
export interface NetworkFallback {
  readonly reason: string;
  readonly hint?: string;
}

export type DomainState = 'running' | 'paused' | 'stopped' | 'saved' | 'starting' | 'stopping' | 'unknown';

/** One of our domains as the hypervisor has it. */
export interface DomainSummary {
  readonly domain: string;
  readonly machineId: string;
  readonly cloudId: string;
  readonly state: DomainState;
}

/** A state of a machine that one can go back to. */
export interface Snapshot {
  /** The hypervisor's own identifier of it. */
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  /** Whether the memory is in it too: the machine ran, and after a restore it goes on where it was. */
  readonly withMemory: boolean;
  /** Whether the machine goes on from here. */
  readonly current: boolean;
}

/** A machine that is not there is `not-found`, somebody else's `conflict` or `not-found`. */
export interface Snapshots {
  /** Oldest first. */
  list(domain: string, options?: CallOptions): Promise<readonly Snapshot[]>;
  /**
   * Takes a snapshot, of the memory too if the machine runs. One of that name that is there already is the answer.
   * @throws StackboxError `bad-input` for a name that `snapshotNameSchema` refuses
   */
  take(domain: string, name: string, options?: CallOptions): Promise<Snapshot>;
  /**
   * Puts a machine that does not run back to a snapshot; what it did since then is gone. With memory it is `running` or
   * `saved` afterwards, and `start` goes on either way.
   * @throws StackboxError `not-found` for an unknown snapshot
   */
  restore(domain: string, snapshotId: string, options?: CallOptions): Promise<void>;
  /**
   * Removes a snapshot; the machine stays as it is. A missing one is fine.
   * @throws StackboxError `conflict` where later snapshots keep it from being removed
   */
  remove(domain: string, snapshotId: string, options?: CallOptions): Promise<void>;
}

/** A serial console that is open. */
export interface SerialLine {
  onData(listener: (bytes: Uint8Array) => void): void;
  /** The other side has let go: the machine has ended, or starts anew. Not told after `close`. */
  onEnd(listener: () => void): void;
  write(text: string): void;
  /** Gives the device back; when it is done others can have it. May be called twice. */
  close(): Promise<void>;
}

export interface HypervisorDriver {
  readonly connection: ConnectionId;
  /** As a person calls it: "libvirt (system)", "VirtualBox". */
  readonly title: string;

  /** Never throws for an unusable connection: that is an answer. */
  probe(options?: CallOptions): Promise<ConnectionFacts>;

  /** All our machines with their states, by one call however many there are. */
  list(options?: CallOptions): Promise<readonly DomainSummary[]>;

  /** Names what `make…` will create or has created, for the ledger and for a machine whose ledger is lost; makes nothing. */
  plan(names: MachineNames): MachineResources;

  /** Brings the image where the hypervisor reads it and makes the machine's disk on top of it. */
  makeDisk(spec: MachineSpec, onProgress: (fraction: number) => void, options?: CallOptions): Promise<void>;
  /** Attaches the machine to a network and says, before boot, how it will be reached. Repeating gives the same answer. */
  makeNetwork(spec: MachineSpec, options?: CallOptions): Promise<Attachment>;
  /** Puts the NoCloud seed (a finished ISO image) beside the disk. */
  makeSeed(spec: MachineSpec, iso: Uint8Array, options?: CallOptions): Promise<void>;
  /** Defines the domain, marked as ours. */
  define(spec: MachineSpec, attachment: Attachment, options?: CallOptions): Promise<void>;

  /**
   * Before a start: brings back what the machine is attached to, if it is gone (a host-only adapter after a change of the
   * kernel, say), and says how it is attached now. A driver without it has nothing that can go.
   */
  renewNetwork?(domain: string, attachment: Attachment, options?: CallOptions): Promise<Attachment>;

  /** Starts (or resumes) the domain; done when the hypervisor says that it runs. */
  start(domain: string, options?: CallOptions): Promise<void>;
  /** Asks by ACPI and returns once asked; see `powerOff` for the hard way. */
  shutdown(domain: string, options?: CallOptions): Promise<void>;
  powerOff(domain: string, options?: CallOptions): Promise<void>;
  state(domain: string, options?: CallOptions): Promise<DomainState | 'missing'>;

  /**
   * Writes the memory of a running or paused machine to this computer's disk and ends it: it is `saved`, and `start` goes on
   * where it was. Absent where the hypervisor cannot.
   */
  saveState?(domain: string, options?: CallOptions): Promise<void>;
  /** Absent where the hypervisor has none. Deleting the domain takes its snapshots with it. */
  readonly snapshots?: Snapshots;

  /**
   * Where this computer reaches `guestPort` of a running machine; makes a forward where one is needed. Repeating gives the
   * same answer while the machine runs; after a restart the same host port is used again if it is still free.
   * @param preferredPort host port used before, if any
   */
  reach(
    domain: string,
    attachment: Attachment,
    guestPort: number,
    preferredPort?: number,
    options?: CallOptions,
  ): Promise<{ host: string; port: number }>;

  /**
   * Path of the serial console's log on this computer, or `undefined` if this user may not read it. It may go on in further
   * files: see `logPart`.
   */
  consoleLog(names: Omit<MachineNames, 'id'>): string | undefined;

  /**
   * Opens the serial console of a machine that runs, to type into. The log has all that is said meanwhile, too. There is one
   * reader of a device: whoever wants to look as well must share the line.
   * @throws StackboxError `not-found` where there is no such machine or no console that can be reached, `busy` when somebody
   * else has it, `denied`, `unreachable` when the machine does not run
   */
  openConsole(names: Omit<MachineNames, 'id'>, options?: CallOptions): Promise<SerialLine>;
  /** Gives back a console that an earlier life of the app had open when it was killed. Absent where nothing needs it. */
  mendConsole?(names: Omit<MachineNames, 'id'>, options?: CallOptions): Promise<void>;

  /** Removes one resource if it is there and ours; a missing one is fine. */
  remove(resource: Resource, options?: CallOptions): Promise<void>;

  /** Removes what was shared (network, cached base images) and is no longer used by any machine of ours. */
  collect(options?: CallOptions): Promise<void>;

  /** Every change of a domain of ours, until the signal ends it. A missed event only costs a slow poll. */
  watch(onChange: () => void, signal: AbortSignal): Promise<void>;
}

/** The ledger entries of one machine, in the order in which they are made. Removal goes backwards. */
export interface MachineResources {
  readonly disk: readonly Resource[];
  readonly network: readonly Resource[];
  readonly seed: readonly Resource[];
  readonly domain: readonly Resource[];
}
