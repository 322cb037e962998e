/** save, and snapshot: take, list, restore and delete states of a cloud. */
import { Argument, type Command } from 'commander';
import { StackboxError } from '../../../contract/errors';
import type { Cloud, Snapshot } from '../../../contract/models';
import { snapshotNameSchema } from '../../../contract/snapshot-name';
import type { ApiClient } from '../../api';
import { command, withBackend, type Common } from '../command';
import { confirm } from '../confirm';
import { findCloud } from '../find-cloud';
import { json, say, table, type Context, type Io } from '../io';
import { carryOut } from './lifecycle';

interface Options extends Common {
  readonly wait: boolean;
  readonly yes?: boolean;
}

const ACTIONS = ['take', 'list', 'restore', 'delete'] as const;
type Action = (typeof ACTIONS)[number];

export function addSnapshot(program: Command, context: Context): void {
  command(program, 'save <cloud>', 'keep the memory of a cloud on disk and end it; start goes on where it was')
    .option('--no-wait', 'do not wait for the end')
    .action((wanted: string, options: Options) =>
      withBackend(context, async (tools) => {
        const { id: cloudId } = await findCloud(tools.api, wanted);
        const begin = (): Promise<Cloud> => tools.api.clouds.save({ cloudId });
        await carryOut({ context, tools, options, done: 'is saved', begin });
      }),
    );

  command(program, 'snapshot <cloud>', 'take, list, restore or delete snapshots of a cloud')
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .argument('[name]', 'name of the snapshot')
    .option('--no-wait', 'do not wait for the end')
    .option('-y, --yes', 'do not ask')
    .action((wanted: string, action: Action, name: string | undefined, options: Options) =>
      withBackend(context, async (tools) => {
        const cloud = await findCloud(tools.api, wanted);
        if (action === 'list') {
          list(tools.io, await tools.api.clouds.snapshots.list({ cloudId: cloud.id }), options);
          return;
        }
        if (name === undefined) {
          throw new StackboxError('bad-input', 'Which snapshot?', {
            hint: `Write its name: stackbox snapshot ${cloud.name} ${action} NAME`,
          });
        }
        const { begin, done, question } = await prepare(tools.api, cloud, action, name);
        if (question !== undefined && options.yes !== true) await confirm(context, question.gone, question.text);
        await carryOut({ context, tools, options, done, begin });
      }),
    );
}

interface Prepared {
  readonly begin: () => Promise<Cloud>;
  readonly done: string;
  /** What to ask first, for what cannot be undone. */
  readonly question?: { readonly gone: string; readonly text: string };
}

async function prepare(
  api: ApiClient,
  { id: cloudId, name: cloud }: Cloud,
  action: Exclude<Action, 'list'>,
  name: string,
): Promise<Prepared> {
  if (action === 'take') {
    const parsed = snapshotNameSchema.safeParse(name);
    if (!parsed.success) {
      throw new StackboxError('bad-input', `A snapshot cannot be called "${name}".`, {
        hint: 'Begin with a letter; then letters, digits, spaces and . _ ( ) + , : - may follow, 60 characters in all.',
      });
    }
    return { begin: () => api.clouds.snapshots.take({ cloudId, name: parsed.data }), done: `has the snapshot ${name}` };
  }
  const known = await api.clouds.snapshots.list({ cloudId });
  const snapshot = known.find((one) => one.name === name);
  if (!snapshot) {
    throw new StackboxError('not-found', `${cloud} has no snapshot "${name}".`, {
      hint: known.length === 0 ? 'It has none at all.' : `There are: ${known.map((one) => one.name).join(', ')}.`,
    });
  }
  const place = { cloudId, snapshotId: snapshot.id };
  return action === 'restore'
    ? {
        begin: () => api.clouds.snapshots.restore(place),
        done: `is back at the snapshot ${name}`,
        question: { gone: `What ${cloud} has done since ${name} will be gone.`, text: `Go back to ${name}?` },
      }
    : {
        begin: () => api.clouds.snapshots.delete(place),
        done: `no longer has the snapshot ${name}`,
        question: { gone: `You can no longer go back to ${name}.`, text: `Delete the snapshot ${name} of ${cloud}?` },
      };
}

function list(io: Io, snapshots: readonly Snapshot[], { json: asJson }: Common): void {
  if (asJson) json(io, snapshots);
  else if (snapshots.length === 0) say(io, 'There are no snapshots yet.');
  else
    table(
      io,
      ['NAME', 'TAKEN', 'MEMORY', ''],
      snapshots.map(({ name, takenAt, withMemory, current }) => [
        name,
        new Date(takenAt).toISOString(),
        withMemory ? 'yes' : 'no',
        current ? 'goes on from here' : '',
      ]),
    );
}
