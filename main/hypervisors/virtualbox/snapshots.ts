/** Saved state and snapshots of VirtualBox. */
import { readFile } from 'node:fs/promises';
import { StackboxError } from '../../contract/errors';
import type { CallOptions, Snapshot, Snapshots } from '../driver';
import { checkSnapshotName } from '../snapshot-name';
import type { FoundMachine, Machines } from './machines';
import { domainState } from './output';
import { flatten, parseSnapshotTree, type SnapshotNode } from './snapshot-tree';
import type { VBoxManage } from './vboxmanage';

/** A big machine that runs writes all its memory, without a word for as long as this (ms). */
const MEMORY_SILENCE_MS = 900_000;

/** See `saveState` of the driver. */
export async function saveState(
  manage: VBoxManage,
  machines: Machines,
  domain: string,
  options: CallOptions,
): Promise<void> {
  const { uuid, info } = await machines.get(domain, options);
  if (!['running', 'paused'].includes(domainState(info.get('VMState') ?? ''))) return;
  await manage.change(['controlvm', uuid, 'savestate'], { ...options, silenceMs: MEMORY_SILENCE_MS });
}

export function openSnapshots(manage: VBoxManage, machines: Machines): Snapshots {
  async function act({ uuid }: FoundMachine, args: readonly string[], options: CallOptions): Promise<void> {
    await manage.changeUnlocked(['snapshot', uuid, ...args], { ...options, silenceMs: MEMORY_SILENCE_MS });
  }

  return {
    async list(domain, options = {}) {
      return (await nodesOf(await machines.get(domain, options), options)).map(withoutChildren);
    },
    async take(domain, name, options = {}) {
      const wanted = checkSnapshotName(name);
      const machine = await machines.get(domain, options);
      const named = async (): Promise<SnapshotNode | undefined> =>
        (await nodesOf(machine, options)).find((one) => one.name === wanted);
      if (!(await named())) await act(machine, ['take', wanted], options);
      const taken = await named();
      if (taken) return withoutChildren(taken);
      throw new StackboxError('hypervisor', 'VirtualBox took the snapshot but does not show it.');
    },
    async restore(domain, snapshotId, options = {}) {
      const machine = await machines.get(domain, options);
      if (!(await nodesOf(machine, options)).some(({ id }) => id === snapshotId)) throw noSnapshot();
      await act(machine, ['restore', snapshotId], options);
    },
    async remove(domain, snapshotId, options = {}) {
      const machine = await machines.get(domain, options);
      const found = (await nodesOf(machine, options)).find(({ id }) => id === snapshotId);
      if (!found) return;
      // VirtualBox merges a snapshot into the one that rests on it, and so into one at most.
      if (found.children.length > 1) throw branches(found);
      await act(machine, ['delete', snapshotId], options);
    },
  };
}

/** Oldest first. */
async function nodesOf({ info }: FoundMachine, { signal }: CallOptions): Promise<SnapshotNode[]> {
  const settings = info.get('CfgFile');
  if (settings === undefined) {
    throw new StackboxError('hypervisor', 'VirtualBox does not say where it keeps the machine’s settings.');
  }
  const text = await readFile(settings, { encoding: 'utf8', ...(signal && { signal }) });
  return flatten(parseSnapshotTree(text)).toSorted((a, b) => a.takenAt - b.takenAt);
}

function withoutChildren({ id, name, takenAt, withMemory, current }: SnapshotNode): Snapshot {
  return { id, name, takenAt, withMemory, current };
}

function noSnapshot(): StackboxError {
  return new StackboxError('not-found', 'There is no such snapshot (any more).');
}

function branches({ name, children }: SnapshotNode): StackboxError {
  const names = children.map((child) => `"${child.name}"`);
  return new StackboxError('conflict', `"${name}" cannot be deleted: ${names.join(' and ')} rest on it.`, {
    hint: `Delete ${names.slice(1).join(' and ')} first.`,
  });
}
