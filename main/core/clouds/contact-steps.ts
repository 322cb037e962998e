/** The steps from a machine that was started to one that can be worked in. */
import { firstContact } from '../../guest/first-contact';
import { localLog, type ReadBytes } from '../../guest/log-reader';
import type { StepDefinition } from '../run/step';
import { SSH_PORT, reachPort } from './guest-links';
import type { StepTools } from './step-tools';

/** Expected durations (ms) on an emulated machine, until this computer has its own. */
const EXPECTED: Readonly<Record<string, number>> = { console: 3000, ssh: 25_000, login: 3000, 'cloud-init': 10_000 };

/** How much more patience an emulated machine needs: it shares its processors with the emulator. */
const EMULATED_PATIENCE = 3;

/** @param accelerated whether the machine has the computer's own processor */
export function contactSteps({ cloud, driver, links }: StepTools, accelerated: boolean): StepDefinition[] {
  const { machine } = cloud.wish;
  // Asked anew each time: the log is there only once the machine is.
  const console = (): ReadBytes | undefined => {
    const path = driver.consoleLog({ domain: machine.domain, folder: cloud.folder.machine(machine.id) });
    return path === undefined ? undefined : localLog(path);
  };
  const requirements = firstContact({
    reach: () => reachPort(cloud, driver, SSH_PORT),
    connect: () => links.guest(cloud),
    console,
    patience: accelerated ? 1 : EMULATED_PATIENCE,
  });
  return requirements.map((requirement) => ({
    id: requirement.id,
    title: requirement.title,
    group: 'First contact',
    expectedMs: EXPECTED[requirement.id] ?? 1000,
    silenceMs: requirement.silenceMs,
    hint: requirement.hint,
    run(context) {
      links.logTo(cloud, (entry) => context.command('guest', entry));
      return requirement.wait(context);
    },
  }));
}
