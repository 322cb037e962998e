/** Scripts that write down what a boot may take away, look for it after the next one, and bring it back. */
import lost from './boot-lost.sh?raw';
import network from './boot-network.sh?raw';
import record from './boot-record.sh?raw';
import services from './boot-services.sh?raw';
import state from './boot-state.sh?raw';

/** Repair of links, addresses, routes, rules and switches of the kernel, for {@link recordedRepair}. */
export const bootNetwork: string = network;
/** Repair of services that gave up, for {@link recordedRepair}. */
export const bootServices: string = services;

/**
 * A step at the end of the install.
 * @param script writes lines `KIND WHAT …` to `$new` and ends with `keep_record`; helpers are in `boot-record.sh` here
 */
export function bootRecord(recipe: string, script: string): string {
  return fileOf(recipe) + record + script;
}

/**
 * A repair of what {@link bootRecord} has written down: the script reads `$file`. Nothing is missed where there is none.
 * @returns `NAME-check.sh` and `NAME.sh`, for a recipe's `scripts`
 */
export function recordedRepair(recipe: string, name: string, script: string): Record<string, string> {
  return checkAndRepair(name, fileOf(recipe) + state + script);
}

/**
 * One script for both: what a check looks for is what a repair brings back.
 * @returns `NAME-check.sh` and `NAME.sh`, for a recipe's `scripts`
 */
export function checkAndRepair(name: string, script: string): Record<string, string> {
  return { [`${name}-check.sh`]: `fix=\n${lost}${script}`, [`${name}.sh`]: `fix=yes\n${lost}${script}` };
}

function fileOf(recipe: string): string {
  return `file=/etc/stackbox/${recipe}-boot\n`;
}
