/**
 * Snapshots inside a machine's qcow2 disk, with its memory when it runs. They go with the disk; what libvirt knows of
 * them goes with the domain. The seed is read-only and is left out by libvirt itself.
 */
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import type { CallOptions, Snapshot, Snapshots } from '../driver';
import { checkSnapshotName } from '../snapshot-name';
import type { Domains } from './domains';
import { MEMORY_SILENCE_MS, type Virsh } from './virsh';
import { readXml } from './xml';

const snapshotDocument = z.object({
  domainsnapshot: z.object({
    name: z.string(),
    // Seconds since 1970.
    creationTime: z.coerce.number(),
    memory: z.object({ '@snapshot': z.string() }).optional(),
  }),
});

/** Reads `snapshot-dumpxml`. @throws StackboxError `hypervisor` */
export function parseSnapshot(xml: string, current: string | undefined): Snapshot {
  const { name, creationTime, memory } = readXml(xml, snapshotDocument).domainsnapshot;
  return {
    // Within a domain libvirt knows a snapshot by its name alone.
    id: name,
    name,
    takenAt: creationTime * 1000,
    withMemory: memory !== undefined && memory['@snapshot'] !== 'no',
    current: name === current,
  };
}

export function createSnapshots(virsh: Virsh, domains: Pick<Domains, 'uuidOf'>): Snapshots {
  async function names(uuid: string, options: CallOptions): Promise<string[]> {
    const { stdout } = await virsh.call(['snapshot-list', uuid, '--name', '--topological'], options);
    return stdout.split('\n').filter((line) => line !== '');
  }

  async function current(uuid: string, options: CallOptions): Promise<string | undefined> {
    const { exitCode, stdout } = await virsh.call(['snapshot-current', uuid, '--name'], { ...options, mayFail: true });
    // It fails when there is none; what else could be wrong, the next call says.
    return exitCode === 0 ? stdout.trim() : undefined;
  }

  async function list(uuid: string, options: CallOptions): Promise<Snapshot[]> {
    const known = await names(uuid, options);
    if (known.length === 0) return [];
    const now = await current(uuid, options);
    const found: Snapshot[] = [];
    // One call each: names that a person gave elsewhere cannot be put into a line of virsh commands.
    for (const name of known) {
      const { stdout } = await virsh.call(['snapshot-dumpxml', uuid, `--snapshotname=${name}`], options);
      found.push(parseSnapshot(stdout, now));
    }
    return found.toSorted((a, b) => a.takenAt - b.takenAt);
  }

  return {
    list: async (domain, options = {}) => list(await domains.uuidOf(domain, options), options),
    async take(domain, name, options = {}) {
      const wanted = checkSnapshotName(name);
      const uuid = await domains.uuidOf(domain, options);
      if (!(await names(uuid, options)).includes(wanted)) {
        const memory = { ...options, silenceMs: MEMORY_SILENCE_MS };
        await virsh.call(['snapshot-create-as', uuid, `--name=${wanted}`], memory);
      }
      const taken = (await list(uuid, options)).find((one) => one.name === wanted);
      if (taken) return taken;
      throw new StackboxError('hypervisor', 'libvirt took the snapshot but does not show it.');
    },
    async restore(domain, snapshotId, options = {}) {
      const uuid = await domains.uuidOf(domain, options);
      if (!(await names(uuid, options)).includes(snapshotId)) {
        throw new StackboxError('not-found', 'There is no such snapshot (any more).');
      }
      // Saved memory on an older disk would damage it: libvirt refuses that too.
      await virsh.call(['managedsave-remove', uuid], options);
      const memory = { ...options, silenceMs: MEMORY_SILENCE_MS };
      await virsh.call(['snapshot-revert', uuid, `--snapshotname=${snapshotId}`], memory);
    },
    async remove(domain, snapshotId, options = {}) {
      const uuid = await domains.uuidOf(domain, options);
      if (!(await names(uuid, options)).includes(snapshotId)) return;
      const merge = { ...options, silenceMs: MEMORY_SILENCE_MS };
      await virsh.call(['snapshot-delete', uuid, `--snapshotname=${snapshotId}`], merge);
    },
  };
}
