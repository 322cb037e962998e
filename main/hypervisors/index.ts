/** All hypervisors that Stackbox can use. A new driver is one folder here and one line in {@link createDrivers}. */
import type { HypervisorDriver } from './driver';
import { createLibvirtDriver } from './libvirt/driver';
import { createVirtualBoxDriver } from './virtualbox';

/**
 * Makes the drivers of this computer, the preferred first. That costs nothing: whether one is usable says its `probe`.
 * @param paths `dataFolder`: the app's data folder, private to the person
 */
export function createDrivers(paths: { readonly dataFolder: string }): HypervisorDriver[] {
  return [
    createLibvirtDriver({ connection: 'libvirt-system', ...paths }),
    createLibvirtDriver({ connection: 'libvirt-session', ...paths }),
    createVirtualBoxDriver(paths),
  ];
}
