/** Bounds, factors and the naming rule of a plan as plain values, so that the window can use them without its own copy of the schemas. */

/** The longest name of a cloud. One label of a host name may have 63 (RFC 1123); three are left for a suffix. */
export const NAME_MAX = 60;

/** A cloud's name is also its machine's host name, hence the rule of host names. */
export const NAME_RULE = /^[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;

/** Smallest and largest sizes the schema takes at all; what fits this computer is checked later, against the host. */
export const LIMITS = {
  cpus: { min: 1, max: 64 },
  memoryMiB: { min: 512, max: 1024 * 1024 },
  diskGiB: { min: 2, max: 16 * 1024 },
} as const;

/** Characters of a configuration file; what is generated has some thousand. */
export const CONFIGURATION_MAX = 100_000;

/** Bytes that a program in a machine is given to read at once. More is for scp, with the configuration of the cloud's ssh command. */
export const EXEC_INPUT_MAX = 4 * 1024 * 1024;

/**
 * How much longer a recipe's shipped durations are without hardware acceleration, until this computer has its own: the
 * packages of Keystone take about 13 minutes emulated and about 2 with KVM (facts of the build machines).
 */
export const EMULATION_FACTOR = 6;

/**
 * A valid name near what was typed, for the hint of an error: `My cloud!` → `My-cloud`.
 * @returns the suggestion, or `undefined` if nothing usable is left.
 */
export function suggestName(typed: string): string | undefined {
  const name = typed
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, NAME_MAX)
    .replace(/-+$/, '');
  return NAME_RULE.test(name) ? name : undefined;
}
