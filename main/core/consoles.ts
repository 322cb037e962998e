/** Serial consoles of clouds as shells for terminals: what rescues a machine that SSH does not reach. */
import { StackboxError } from '../contract/errors';
import { localLog } from '../guest/log-reader';
import type { Shell } from '../guest/ssh/shell';
import type { HypervisorDriver, MachineNames, SerialLine } from '../hypervisors/driver';
import type { LiveCloud } from './clouds/cloud';

/** How much (bytes) of the log a console begins with: what the machine waits for is on its last screen. */
const TAIL_BYTES = 8192;

/** What consoles need of the clouds. */
interface ConsoleHost {
  /** @throws StackboxError `not-found`, `unreachable` for a machine that does not run */
  running(cloudId: string): Promise<LiveCloud>;
  driverOf(cloud: LiveCloud): HypervisorDriver;
}

export class Consoles {
  private readonly host: ConsoleHost;
  private readonly closing = new Set<Promise<void>>();

  constructor(host: ConsoleHost) {
    this.host = host;
  }

  /** @throws StackboxError as `openConsole` of the driver */
  async open(cloudId: string): Promise<Shell> {
    const cloud = await this.host.running(cloudId);
    const driver = this.host.driverOf(cloud);
    const names = namesOf(cloud);
    // Read first, so that nothing is shown twice.
    const tail = await tailOf(driver, names);
    // The same console may just be on its way back.
    await Promise.all(this.closing);
    const line = await driver.openConsole(names);
    return shellOf(line, `${greeting(cloud)}${tail}`, () => this.giveBack(line));
  }

  /** Waits until all consoles that were closed are given back. */
  async close(): Promise<void> {
    await Promise.all(this.closing);
  }

  private giveBack(line: SerialLine): void {
    const done: Promise<void> = line
      .close()
      // A hypervisor that does not take it back now is asked again when the machine or the app starts.
      .catch(() => undefined)
      .finally(() => this.closing.delete(done));
    this.closing.add(done);
  }
}

/** Gives back what an earlier life of the app had open when it was killed. */
export async function mendConsole(cloud: LiveCloud, driver: HypervisorDriver): Promise<void> {
  try {
    await driver.mendConsole?.(namesOf(cloud));
  } catch (error) {
    // No reason to refuse a start: the log stays short until the machine or the app starts the next time.
    if (!(error instanceof StackboxError)) throw error;
  }
}

function namesOf(cloud: LiveCloud): MachineNames {
  const { id, domain } = cloud.wish.machine;
  return { id, domain, folder: cloud.folder.machine(id) };
}

function greeting({ wish }: LiveCloud): string {
  return [
    `Serial console of ${wish.name}. Press Enter for a prompt.`,
    `Stackbox gave ${wish.user} no password, so that nobody can log in here until it has one`,
    `(over SSH: "sudo passwd ${wish.user}"). Boot messages and the boot menu need none.`,
    '',
    '',
  ].join('\r\n');
}

async function tailOf(driver: HypervisorDriver, names: MachineNames): Promise<string> {
  const path = driver.consoleLog(names);
  if (path === undefined) return '';
  const read = localLog(path);
  const { size } = await read(0, 0);
  const start = Math.max(0, size - TAIL_BYTES);
  const { bytes } = await read(start, TAIL_BYTES);
  const text = new TextDecoder().decode(bytes);
  // From the first whole line on.
  return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
}

function shellOf(line: SerialLine, first: string, close: () => void): Shell {
  const decoder = new TextDecoder();
  return {
    onText(listener) {
      listener(first);
      line.onData((bytes) => listener(decoder.decode(bytes, { stream: true })));
    },
    onEnd(listener) {
      line.onEnd(() => {
        close();
        listener(false);
      });
    },
    write: (text) => line.write(text),
    // A serial line knows no size.
    resize: () => undefined,
    // Nor is it ever held up: a kernel that waits for a window to read would stand still with all that it runs. Whoever reads
    // too slowly misses something; the log has it.
    pause: () => undefined,
    resume: () => undefined,
    close,
  };
}
