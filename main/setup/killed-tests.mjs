/** Machines that a killed test left running take the processors from every test after it. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, say, which } from './programs.mjs';

const VIRSH = ['virsh', '-c', 'qemu:///system'];

/**
 * Removes the domains of tests that were killed, with their disks. A test's domain is known by its serial log, which lies in
 * a temporary folder `stackbox-…`; a person's cloud lies elsewhere and is not touched.
 */
export function removeDomainsOfKilledTests() {
  if (which('virsh') === undefined) return;
  const names = ask([...VIRSH, 'list', '--all', '--name'])
    ?.split('\n')
    .filter((name) => name.startsWith('stackbox-'));
  for (const name of names ?? []) {
    if (ask([...VIRSH, 'dumpxml', name])?.includes(`'${join(tmpdir(), 'stackbox-')}`) !== true) continue;
    say(`Removing ${name}, which a killed test left`);
    // Refused when it does not run, and then not needed.
    ask([...VIRSH, 'destroy', name]);
    ask([...VIRSH, 'undefine', name, '--managed-save', '--snapshots-metadata', '--remove-all-storage']);
  }
}
