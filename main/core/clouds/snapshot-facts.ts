/**
 * What Stackbox knows of an install goes back with the machine: it is kept with each snapshot when that is taken. In the journal,
 * because a snapshot in a hypervisor has no place for it.
 */
import { z } from 'zod';
import { planSchema } from '../../contract/plan';
import type { Snapshot } from '../../hypervisors/driver';
import { factSchemas, type LiveCloud } from './cloud';

const recordSchema = z.object({
  /** A record of a later version is as good as none: its snapshot is looked at. */
  version: z.literal(1),
  /** libvirt knows a snapshot by its name, which another may have by now. */
  takenAt: z.number(),
  ready: factSchemas.ready,
  installed: factSchemas.installed,
  down: factSchemas.down,
  jobs: factSchemas.jobs,
  /** Of the plan, which cures change; without the secret ones, and absent in records of earlier versions. */
  options: planSchema.shape.recipe.shape.options.unwrap().exactOptional(),
});
type SnapshotRecord = z.infer<typeof recordSchema>;

type Known = Pick<Snapshot, 'id' | 'takenAt'>;

/** Keeps what is true of the cloud now with a snapshot that was just taken. */
export async function keepWithSnapshot(cloud: LiveCloud, { id, takenAt }: Known): Promise<void> {
  const record: SnapshotRecord = {
    version: 1,
    takenAt,
    ready: cloud.fact('ready') ?? false,
    installed: cloud.installed,
    down: cloud.fact('down') ?? '',
    jobs: cloud.fact('jobs') ?? {},
    options: cloud.wish.plan.recipe.options,
  };
  await cloud.keepFact('snapshots', { ...cloud.fact('snapshots'), [id]: record });
}

export async function forgetSnapshot(cloud: LiveCloud, { id }: Pick<Known, 'id'>): Promise<void> {
  const { [id]: _gone, ...others } = cloud.fact('snapshots') ?? {};
  await cloud.keepFact('snapshots', others);
}

/** What was true of the cloud when the snapshot was taken; `undefined` for one that was not taken by Stackbox. */
export function keptWithSnapshot(cloud: LiveCloud, { id, takenAt }: Known): SnapshotRecord | undefined {
  const parsed = recordSchema.safeParse(cloud.fact('snapshots')?.[id]);
  return parsed.success && parsed.data.takenAt === takenAt ? parsed.data : undefined;
}

/** The machine has gone back to the snapshot, and with it what we know of the cloud. */
export async function goBackWith(cloud: LiveCloud, snapshot: Known): Promise<void> {
  const kept = keptWithSnapshot(cloud, snapshot);
  if (kept?.options) await cloud.setOptions(kept.options);
  await cloud.keepFact('installed', kept?.installed ?? cloud.installed);
  // Until somebody has looked, nothing is promised of a machine that nothing is known of.
  await cloud.keepFact('unchecked', kept === undefined);
  await cloud.keepFact('ready', kept?.ready ?? false);
  await cloud.keepFact('down', kept?.down ?? '');
  if (kept) await cloud.keepFact('jobs', kept.jobs);
}
