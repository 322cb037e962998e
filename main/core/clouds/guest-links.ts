/** One SSH connection a cloud, made when first needed and shared by steps, terminals, logs and commands. */
import { connectGuest, type SshGuest } from '../../guest/ssh';
import type { CommandEntry } from '../../host/process';
import type { CallOptions, HypervisorDriver } from '../../hypervisors/driver';
import type { LiveCloud } from './cloud';
import { secretTexts } from './record';
import { writeSshFiles } from './ssh-config';

/** Port of the guest's SSH server. */
export const SSH_PORT = 22;

/** Told of the connections to guests. */
export interface LinkListener {
  connected(cloud: LiveCloud): void;
  /** Not by us: the network, the guest or its machine ended it. */
  lost(cloud: LiveCloud): void;
}

export class GuestLinks {
  private readonly links = new Map<string, SshGuest>();
  private readonly logs = new Map<string, (entry: CommandEntry) => void>();
  private readonly driverOf: (cloud: LiveCloud) => HypervisorDriver;
  private readonly listener: LinkListener;

  constructor(driverOf: (cloud: LiveCloud) => HypervisorDriver, listener: LinkListener) {
    this.driverOf = driverOf;
    this.listener = listener;
  }

  /** The guest of this cloud; it connects when it is first used, and again when the connection was lost. */
  guest(cloud: LiveCloud): SshGuest {
    const known = this.links.get(cloud.id);
    if (known) return known;
    const guest = connectGuest({
      reach: () => reachPort(cloud, this.driverOf(cloud), SSH_PORT),
      user: cloud.wish.user,
      privateKey: cloud.secrets.login.privateKey,
      hostKey: cloud.secrets.host.publicKey,
      secrets: secretTexts(cloud.secrets),
      log: (entry) => this.logs.get(cloud.id)?.(entry),
      connected: () => this.listener.connected(cloud),
      lost: () => this.listener.lost(cloud),
    });
    this.links.set(cloud.id, guest);
    return guest;
  }

  /** Where commands in the guest are recorded while a step runs; `undefined` when it has ended. */
  logTo(cloud: LiveCloud, log: ((entry: CommandEntry) => void) | undefined): void {
    if (log) this.logs.set(cloud.id, log);
    else this.logs.delete(cloud.id);
  }

  /** Ends the connection of one cloud: its machine stops or is deleted. */
  drop(cloud: LiveCloud): void {
    this.links.get(cloud.id)?.close();
    this.links.delete(cloud.id);
  }
}

/**
 * Where this computer reaches a port of the cloud's machine; kept, so that the same port is used after a restart.
 * @throws StackboxError `hypervisor`
 */
export async function reachPort(
  cloud: LiveCloud,
  driver: HypervisorDriver,
  guestPort: number,
  options: CallOptions = {},
): Promise<{ host: string; port: number }> {
  const ports = cloud.fact('ports') ?? {};
  const before = ports[String(guestPort)];
  const place = await driver.reach(cloud.wish.machine.domain, cloud.attachment, guestPort, before?.port, options);
  if (place.host !== before?.host || place.port !== before.port) {
    if (guestPort === SSH_PORT) await writeSshFiles(cloud, place);
    await cloud.keepFact('ports', { ...cloud.fact('ports'), [guestPort]: place });
    cloud.changed();
  }
  return place;
}
