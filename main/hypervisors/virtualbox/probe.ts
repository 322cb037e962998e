/** Whether VirtualBox can be used here, found out without changing anything. */
import type { CallOptions, ConnectionFacts } from '../driver';
import { StackboxError } from '../../contract/errors';
import { run } from '../../host/process';
import { knownFailure } from './known-failures';
import { splitWarnings } from './output';
import { parseVersion } from './version';

/** What VirtualBox says about the processor (`list hostinfo`). */
export interface HostAbilities {
  readonly hardware: boolean;
  readonly nested: boolean;
}

/** Reads `list hostinfo`. Without the kernel module everything is "no"; a line that is missing counts as "no" too. */
export function parseHostInfo(output: string): HostAbilities {
  const says = (label: string): boolean => new RegExp(`^Processor supports ${label}: yes$`, 'm').test(output);
  return { hardware: says('HW virtualization'), nested: says('nested HW virtualization') };
}

/** @param program path of VBoxManage, or `undefined` if it is nowhere */
export async function probeVirtualBox(program: string | undefined, options: CallOptions): Promise<ConnectionFacts> {
  if (program === undefined) return { usable: false, reason: 'VirtualBox is not installed.' };
  try {
    // Straight through `run`, because the warning in front of the output is what is looked for here.
    const told = splitWarnings((await run(program, ['--version'], options)).stdout);
    const version = parseVersion(told.output);
    const no = (reason: string): ConnectionFacts => ({ usable: false, reason, version: version.text });
    if (!version.supported) return no(`VirtualBox ${version.text} is too old: 6.1 is the oldest that Stackbox drives.`);
    const warning = told.warnings.map(knownFailure).find((known) => known !== undefined);
    if (warning) return no(warning.cause);
    const { hardware } = parseHostInfo((await run(program, ['list', 'hostinfo'], options)).stdout);
    if (!hardware) return no('VirtualBox finds no hardware virtualisation (VT-x or AMD-V) on this computer.');
    return {
      usable: true,
      reason: `VirtualBox ${version.text} is installed and its kernel module is loaded.`,
      version: version.text,
      acceleration: { kind: 'hardware', reason: 'VirtualBox uses the processor’s VT-x or AMD-V.' },
    };
  } catch (thrown) {
    options.signal?.throwIfAborted();
    const { message } = StackboxError.from(thrown);
    return { usable: false, reason: `VirtualBox does not work here: ${message}` };
  }
}
