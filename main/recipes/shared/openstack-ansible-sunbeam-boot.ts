/** What a boot takes away is found and brought back as DevStack's is; only what was written down differs. */
import network from '../devstack/boot-network.sh?raw';
import services from '../devstack/boot-services.sh?raw';
import state from '../devstack/boot-state.sh?raw';
import { checkAndRepair as checkAndRepairWith } from './boot-repairs';

/** Links, addresses, routes and NAT: the lines `bridge`, `address`, `route`, `nat` and `sysctl`. */
export const networkScript: string = network;
/** The lines `unit`. */
export const servicesScript: string = services;

/**
 * One script for both: what a check looks for is what a repair brings back.
 * @param recipe whose `boot-record.sh` has written `/etc/stackbox/RECIPE-boot`
 */
export function checkAndRepair(recipe: string, name: string, script: string): Record<string, string> {
  return checkAndRepairWith(name, `BOOT_RECORD=/etc/stackbox/${recipe}-boot\n${state}${script}`);
}
