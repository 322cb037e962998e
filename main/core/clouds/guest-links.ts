/** One SSH connection a cloud, made when first needed and shared by steps, terminals, logs and commands. */
import type { StackboxError } from '../../contract/errors';
import { connectGuest } from '../../guest/ssh';
import type { Guest } from '../../guest/guest';
import type { CommandEntry } from '../../host/process';
import type { HypervisorDriver } from '../../hypervisors/driver';
import type { LiveCloud } from './cloud';

/** Port of the guest's SSH server. */
export const SSH_PORT = 22;

export class GuestLinks {
  private readonly links = new Map<string, Promise<Guest>>();
  private readonly logs = new Map<string, (entry: CommandEntry) => void>();
  private readonly driverOf: (cloud: LiveCloud) => HypervisorDriver;

  constructor(driverOf: (cloud: LiveCloud) => HypervisorDriver) {
    this.driverOf = driverOf;
  }

  /**
   * The connection of this cloud; a lost one makes itself again.
   * @throws StackboxError `unreachable` or `verification`
   */
  connect(cloud: LiveCloud, signal?: AbortSignal): Promise<Guest> {
    const known = this.links.get(cloud.id);
    if (known) return known;
    const link = connectGuest({
      reach: () => reachPort(cloud, this.driverOf(cloud), SSH_PORT),
      user: cloud.wish.user,
      privateKey: cloud.secrets.login.privateKey,
      hostKey: cloud.secrets.host.publicKey,
      log: (entry) => this.logs.get(cloud.id)?.(entry),
      ...(signal && { signal }),
    });
    this.links.set(cloud.id, link);
    link.catch((_: StackboxError) => {
      // Whoever waits for it gets the error; the next call tries anew.
      this.links.delete(cloud.id);
    });
    return link;
  }

  /** Where commands in the guest are recorded while a step runs; `undefined` when it has ended. */
  logTo(cloud: LiveCloud, log: ((entry: CommandEntry) => void) | undefined): void {
    if (log) this.logs.set(cloud.id, log);
    else this.logs.delete(cloud.id);
  }

  /** Ends the connection of one cloud: its machine stops or is deleted. */
  async drop(cloud: LiveCloud): Promise<void> {
    const link = this.links.get(cloud.id);
    this.links.delete(cloud.id);
    if (!link) return;
    try {
      (await link).close();
    } catch {
      // It never came about, and whoever asked for it was told.
    }
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
): Promise<{ host: string; port: number }> {
  const ports = cloud.fact('ports') ?? {};
  const before = ports[String(guestPort)];
  const place = await driver.reach(cloud.wish.machine.domain, cloud.attachment, guestPort, before?.port);
  if (place.host !== before?.host || place.port !== before.port) {
    await cloud.keepFact('ports', { ...cloud.fact('ports'), [guestPort]: place });
    cloud.changed();
  }
  return place;
}
