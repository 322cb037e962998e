/** Saved state, snapshots and linked clones: what VirtualBox can do beyond the interface that all drivers share. */
import { StackboxError } from '../../contract/errors';
import type { CallOptions, MachineSpec } from '../driver';
import { settingsHome } from './define';
import type { Machines } from './machines';
import { CLOUD_KEY, bareMac, groupOfCloud, macOfMachine, uuidOfMachine } from './ownership';
import { domainState, type MachineInfo } from './output';
import { shownText } from './spec';
import type { VBoxManage } from './vboxmanage';

export interface Snapshot {
  readonly id: string;
  readonly name: string;
  /** Whether the machine goes on from here. */
  readonly current: boolean;
}

/** All of them throw `not-found` for a machine or a snapshot that is not there. */
export interface Snapshots {
  /** Writes the memory of a running or paused machine to disk and ends it; `start` goes on where it was. */
  saveState(domain: string, options?: CallOptions): Promise<void>;
  list(domain: string, options?: CallOptions): Promise<readonly Snapshot[]>;
  /** Takes a snapshot, of the memory too if the machine runs. */
  take(domain: string, name: string, options?: CallOptions): Promise<Snapshot>;
  /** Puts a machine that does not run back to a snapshot; what it did since then is gone. */
  restore(domain: string, snapshotId: string, options?: CallOptions): Promise<void>;
  /** Removes a snapshot and merges its data into its child. */
  remove(domain: string, snapshotId: string, options?: CallOptions): Promise<void>;
  /** Makes a machine of ours that shares the disk of a snapshot. The source must outlive it. */
  cloneLinked(
    domain: string,
    snapshotId: string,
    target: Pick<MachineSpec, 'id' | 'cloudId' | 'domain' | 'folder'>,
    options?: CallOptions,
  ): Promise<void>;
}

/** A snapshot of a big machine that runs writes all its memory, without a word for as long as this (ms). */
const MEMORY_SILENCE_MS = 900_000;

export function openSnapshots(manage: VBoxManage, machines: Machines): Snapshots {
  async function act(domain: string, args: readonly string[], options: CallOptions): Promise<void> {
    const { uuid } = await machines.get(domain, options);
    await manage.changeUnlocked(['snapshot', uuid, ...args], { ...options, silenceMs: MEMORY_SILENCE_MS });
  }

  const list: Snapshots['list'] = async (domain, options = {}) =>
    snapshotsOf((await machines.get(domain, options)).info);

  return {
    list,
    async saveState(domain, options = {}) {
      const { uuid, info } = await machines.get(domain, options);
      if (!['running', 'paused'].includes(domainState(info.get('VMState') ?? ''))) return;
      await manage.change(['controlvm', uuid, 'savestate'], { ...options, silenceMs: MEMORY_SILENCE_MS });
    },
    async take(domain, name, options = {}) {
      const shown = shownText(name);
      if (shown === '') throw new StackboxError('bad-input', 'Give the snapshot a name.', { field: 'name' });
      await act(domain, ['take', shown], options);
      const taken = (await list(domain, options)).find(({ current }) => current);
      if (taken) return taken;
      throw new StackboxError('hypervisor', 'VirtualBox took the snapshot but does not show it.');
    },
    restore: (domain, snapshotId, options = {}) => act(domain, ['restore', snapshotId], options),
    remove: (domain, snapshotId, options = {}) => act(domain, ['delete', snapshotId], options),
    async cloneLinked(domain, snapshotId, target, options = {}) {
      const source = await machines.get(domain, options);
      const uuid = uuidOfMachine(target.id);
      await machines.assertNameFree(target.domain, uuid, options);
      const identity = ['--name', target.domain, '--uuid', uuid, '--basefolder', settingsHome(target), '--register'];
      await manage.change(
        ['clonevm', source.uuid, '--snapshot', snapshotId, '--options', 'Link', ...identity],
        options,
      );
      // `clonevm --groups` only chooses the folder (7.2.22); and the clone has the forwards of its source, and its guest the
      // host-only address, which two cannot have.
      const settings = [
        '--groups',
        groupOfCloud(target.cloudId),
        '--macaddress1',
        bareMac(macOfMachine(target.id)),
        '--nic2',
        'none',
      ];
      const forwards = [...source.info]
        .filter(([key]) => key.startsWith('Forwarding('))
        .flatMap(([, rule]) => ['--natpf1', 'delete', rule.split(',')[0] ?? '']);
      await manage.changeUnlocked(['modifyvm', uuid, ...settings, ...forwards], options);
      await manage.change(['setextradata', uuid, CLOUD_KEY, target.cloudId], options);
    },
  };
}

/** Snapshots are lines `SnapshotName-1-2`/`SnapshotUUID-1-2`, the tail being the way from the first to each. */
function snapshotsOf(info: MachineInfo): Snapshot[] {
  const current = info.get('CurrentSnapshotUUID');
  return [...info].flatMap(([key, id]) => {
    const way = /^SnapshotUUID(.*)$/.exec(key)?.[1];
    if (way === undefined) return [];
    return [{ id, name: info.get(`SnapshotName${way}`) ?? '', current: id === current }];
  });
}
