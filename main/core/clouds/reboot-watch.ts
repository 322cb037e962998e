/**
 * Notices that a machine was rebooted from inside (`sudo reboot` in a terminal) or behind our back: no hypervisor tells of
 * it, and what a boot takes away from OpenStack has to be brought back as after a start.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { StackboxError } from '../../contract/errors';
import type { LiveCloud } from './cloud';
import type { GuestLinks } from './guest-links';

/** A different random text after each boot of Linux: random(4). */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';
const SHAPE = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Pause (ms) between attempts to reach a machine whose connection was lost, and how long (ms) they go on. */
const KNOCK_EVERY = 3000;
const KNOCK_FOR = 15 * 60_000;

export class RebootWatch {
  private readonly links: GuestLinks;
  private readonly begin: (cloud: LiveCloud) => Promise<void>;
  private readonly looking = new Set<LiveCloud>();
  private readonly knocking = new Set<LiveCloud>();
  private readonly end = new AbortController();

  /** @param begin looks after a cloud that was rebooted while nobody worked on it */
  constructor(links: GuestLinks, begin: (cloud: LiveCloud) => Promise<void>) {
    this.links = links;
    this.begin = begin;
  }

  /** Asks a guest that can be reached which boot this is. */
  async look(cloud: LiveCloud): Promise<void> {
    if (this.looking.has(cloud) || this.end.signal.aborted) return;
    this.looking.add(cloud);
    try {
      const { stdout } = await this.links.guest(cloud).exec(['cat', BOOT_ID], { quiet: true, signal: this.end.signal });
      await this.compare(cloud, stdout.trim());
    } catch (error) {
      // The guest went away again; its next connection asks anew.
      if (!this.end.signal.aborted && !(error instanceof StackboxError)) throw error;
    } finally {
      this.looking.delete(cloud);
    }
  }

  /** Comes back to a guest whose connection was lost, while its machine runs: it may be booting. */
  async knock(cloud: LiveCloud): Promise<void> {
    if (this.knocking.has(cloud)) return;
    this.knocking.add(cloud);
    const { signal } = this.end;
    const until = Date.now() + KNOCK_FOR;
    try {
      while (Date.now() < until) {
        await sleep(KNOCK_EVERY, undefined, { signal });
        // A run that is under way makes its own connection.
        if (cloud.active || cloud.machineState !== 'running') return;
        if (await this.answers(cloud)) return;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.knocking.delete(cloud);
    }
  }

  close(): void {
    this.end.abort();
  }

  private async answers(cloud: LiveCloud): Promise<boolean> {
    try {
      // The connection that this makes is what tells `look`.
      await this.links.guest(cloud).exec(['true'], { quiet: true, signal: this.end.signal });
      return true;
    } catch (error) {
      if (error instanceof StackboxError) return false;
      throw error;
    }
  }

  private async compare(cloud: LiveCloud, boot: string): Promise<void> {
    const known = cloud.fact('boot');
    if (!SHAPE.test(boot) || boot === known) return;
    await cloud.keepFact('boot', boot);
    // During a run the boot is the run's own matter.
    if (known !== undefined && !cloud.active && cloud.fact('ready') === true) await this.begin(cloud);
  }
}
