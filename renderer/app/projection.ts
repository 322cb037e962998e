import type { Cloud, CommandRecord, CoreEvent, Finding, Image } from '../../main/contract/models';

type Snapshot = Extract<CoreEvent, { type: 'snapshot' }>;

/** What the core last said: nothing but the sum of its events. */
export interface Projection {
  /** False until the first snapshot has come. */
  readonly synced: boolean;
  /** Oldest first, so that a cloud keeps its place in the rail. */
  readonly clouds: readonly Cloud[];
  readonly images: readonly Image[];
  readonly findings: readonly Finding[];
  readonly notices: Snapshot['notices'];
  /** Commands of the newest run of each cloud, by cloud; older runs are dropped. */
  readonly commands: Readonly<Record<string, RunCommands>>;
}

export interface RunCommands {
  readonly runId: string;
  readonly list: readonly CommandRecord[];
}

export const emptyProjection: Projection = {
  synced: false,
  clouds: [],
  images: [],
  findings: [],
  notices: [],
  commands: {},
};

/** The projection after one more event. A snapshot replaces everything; the rest changes one thing. */
export function project(state: Projection, event: CoreEvent): Projection {
  switch (event.type) {
    case 'snapshot':
      return {
        synced: true,
        clouds: inOrder(event.clouds),
        images: event.images,
        findings: event.findings,
        notices: event.notices,
        commands: {},
      };
    case 'cloud':
      return { ...state, clouds: inOrder(upsert(state.clouds, event.cloud)) };
    case 'cloud-deleted': {
      const { [event.cloudId]: _gone, ...commands } = state.commands;
      return { ...state, clouds: state.clouds.filter((cloud) => cloud.id !== event.cloudId), commands };
    }
    case 'image':
      return { ...state, images: upsert(state.images, event.image) };
    case 'image-deleted':
      return { ...state, images: state.images.filter((image) => image.id !== event.imageId) };
    case 'findings':
      return { ...state, findings: event.findings };
    case 'command':
      return addCommands(state, event.cloudId, event.runId, [event.command]);
  }
}

/** Adds commands that were asked for or announced; one that is known already is replaced by its newer record. */
export function addCommands(
  state: Projection,
  cloudId: string,
  runId: string,
  records: readonly CommandRecord[],
): Projection {
  const known = state.commands[cloudId];
  const bySeq = new Map<number, CommandRecord>();
  if (known?.runId === runId) for (const record of known.list) bySeq.set(record.seq, record);
  for (const record of records) bySeq.set(record.seq, newer(bySeq.get(record.seq), record));
  const list = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  return { ...state, commands: { ...state.commands, [cloudId]: { runId, list } } };
}

/** An answer that was asked for before an event may arrive after it: the record that knows the end wins. */
function newer(known: CommandRecord | undefined, record: CommandRecord): CommandRecord {
  return known?.durationMs !== undefined && record.durationMs === undefined ? known : record;
}

function upsert<T extends { readonly id: string }>(list: readonly T[], item: T): readonly T[] {
  return list.some((other) => other.id === item.id)
    ? list.map((other) => (other.id === item.id ? item : other))
    : [...list, item];
}

function inOrder(clouds: readonly Cloud[]): readonly Cloud[] {
  return [...clouds].sort((a, b) => a.createdAt - b.createdAt || a.id.localeCompare(b.id));
}
