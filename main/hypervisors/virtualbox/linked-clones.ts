/** Machines that share the disk of another one's snapshot: VirtualBox's linked clones. */
import type { Attachment, CallOptions, MachineSpec } from '../driver';
import { attachSeed, consoleOptions, settingsHome } from './define';
import type { Machines } from './machines';
import { adapterOptions } from './network';
import { CLOUD_KEY, groupOfCloud, uuidOfMachine } from './ownership';
import type { VBoxManage } from './vboxmanage';

export interface LinkedClones {
  /**
   * Makes a machine of ours on a snapshot of another; that one must outlive it. Like every machine it needs a network and
   * a seed first (`makeNetwork`, `makeSeed`): with the source's seed its guest would take the source's name and address.
   */
  make(
    domain: string,
    snapshotId: string,
    target: Pick<MachineSpec, 'id' | 'cloudId' | 'domain' | 'folder'>,
    attachment: Attachment,
    options?: CallOptions,
  ): Promise<void>;
}

export function openLinkedClones(manage: VBoxManage, machines: Machines): LinkedClones {
  return {
    async make(domain, snapshotId, target, attachment, options = {}) {
      const source = await machines.get(domain, options);
      const uuid = uuidOfMachine(target.id);
      await machines.assertNameFree(target.domain, uuid, options);
      const identity = ['--name', target.domain, '--uuid', uuid, '--basefolder', settingsHome(target), '--register'];
      await manage.change(
        ['clonevm', source.uuid, '--snapshot', snapshotId, '--options', 'Link', ...identity],
        options,
      );
      // `clonevm --groups` only chooses the folder (7.2.22); and the clone has the forwards and the adapters of its source.
      const { info } = await machines.get(target.domain, options);
      const forwards = [...info]
        .filter(([key]) => key.startsWith('Forwarding('))
        .flatMap(([, rule]) => ['--natpf1', 'delete', rule.split(',')[0] ?? '']);
      const settings = [
        '--groups',
        groupOfCloud(target.cloudId),
        ...adapterOptions(attachment),
        ...consoleOptions(target),
      ];
      await manage.changeUnlocked(['modifyvm', uuid, ...settings, ...forwards], options);
      await manage.change(['setextradata', uuid, CLOUD_KEY, target.cloudId], options);
      await attachSeed(manage, uuid, target, options);
    },
  };
}
