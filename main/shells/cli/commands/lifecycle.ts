/** start, stop, delete, run, cancel, retry: one call, then its run to the end. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { StackboxError } from '../../../contract/errors';
import type { Cloud } from '../../../contract/models';
import type { ApiClient } from '../../api';
import { command, withBackend, type Common, type Tools } from '../command';
import { EXIT } from '../exit-codes';
import { findCloud } from '../find-cloud';
import { followRun } from '../follow-run';
import { json, line, say, type Context, type Io } from '../io';

interface Options extends Common {
  readonly wait: boolean;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly cure?: string;
}

type Call = (api: ApiClient, cloudId: string, options: Options) => Promise<Cloud>;

export function addLifecycle(program: Command, context: Context): void {
  const add = (name: string, description: string, done: string, call: Call): Command =>
    command(program, `${name} <cloud>`, description)
      .option('--no-wait', 'do not wait for the end')
      .action((wanted: string, options: Options) =>
        withBackend(context, async (tools) => {
          const cloud = await findCloud(tools.api, wanted);
          if (name === 'delete' && options.yes !== true) {
            await confirm(context, `Deleting ${cloud.name} removes its disks.`, `Delete ${cloud.name} and its disks?`);
          }
          await carryOut({ context, tools, options, done, begin: () => call(tools.api, cloud.id, options) });
        }),
      );
  add('start', 'start a cloud', 'runs', (api, cloudId) => api.clouds.start({ cloudId }));
  add('stop', 'stop a cloud', 'is stopped', (api, cloudId, { force = false }) =>
    api.clouds.stop({ cloudId, force }),
  ).option('--force', 'power off at once');
  add('delete', 'delete a cloud and its disks', 'is deleted', (api, cloudId) => api.clouds.delete({ cloudId })).option(
    '-y, --yes',
    'do not ask',
  );
  add('retry', 'go on with a run from where it failed', 'is done', (api, cloudId, { cure }) =>
    api.clouds.retry({ cloudId, ...(cure !== undefined && { cure }) }),
  ).option('--cure <id>', 'first carry out the cure that the failure offers');
  addRun(program, context);
  command(program, 'cancel <cloud>', 'cancel what a cloud is busy with').action((wanted: string, options: Common) =>
    withBackend(context, async ({ api, io }) => {
      const { id: cloudId } = await findCloud(api, wanted);
      const cloud = await api.clouds.cancel({ cloudId });
      if (options.json) json(io, cloud);
      else say(io, `${cloud.name}: cancelled.`);
    }),
  );
}

/** `stackbox run`: an action of the cloud's recipe, or the list of them. */
function addRun(program: Command, context: Context): void {
  command(program, 'run <cloud> [action]', 'do something with what is installed; without an action, list what there is')
    .option('-y, --yes', 'do not ask')
    .option('--no-wait', 'do not wait for the end')
    .action((wanted: string, actionId: string | undefined, options: Options) =>
      withBackend(context, async (tools) => {
        const { api, io } = tools;
        const cloud = await findCloud(api, wanted);
        if (actionId === undefined) {
          listActions(io, cloud, options.json === true);
          return;
        }
        const action = cloud.actions.find(({ id }) => id === actionId);
        // One that the list does not have is for the core to refuse: it knows why.
        if (action?.confirm !== undefined && options.yes !== true) {
          await confirm(
            context,
            `${action.title}: gone will be: ${action.confirm}`,
            `${action.title} on ${cloud.name}?`,
          );
        }
        const begin = (): Promise<Cloud> => api.clouds.act({ cloudId: cloud.id, actionId });
        await carryOut({ context, tools, options, done: `is done with "${action?.title ?? actionId}"`, begin });
      }),
    );
}

function listActions(io: Io, { name, actions }: Cloud, asJson: boolean): void {
  if (asJson) json(io, actions);
  else if (actions.length === 0) say(io, `There is nothing more to do with ${name} now.`);
  for (const { id, title, help, confirm: gone } of asJson ? [] : actions) {
    line(io, `${id}: ${title}. ${help}`);
    if (gone !== undefined) line(io, `  gone: ${gone}`);
  }
}

interface CarryOut {
  readonly context: Context;
  readonly tools: Tools;
  readonly options: Common & { readonly wait: boolean };
  /** What is true of the cloud afterwards: "runs". */
  readonly done: string;
  readonly begin: () => Promise<Cloud>;
  readonly cancelOnInterrupt?: boolean;
}

/**
 * Begins a run and stays with it, unless told not to.
 * @throws StackboxError the run's own; `bad-input` for `--no-wait` when no other process would carry the run out
 */
export async function carryOut(work: CarryOut): Promise<void> {
  const { context, tools, options, cancelOnInterrupt = false } = work;
  const { api, io, backend } = tools;
  if (!options.wait && backend.ownCore) {
    throw new StackboxError('bad-input', 'No Stackbox is running that would carry this out after the command ends.', {
      hint: 'Start one with `stackbox serve`, or leave out --no-wait.',
    });
  }
  await backend.share();
  const begun = await work.begin();
  if (!options.wait) {
    if (options.json) json(io, begun);
    else say(io, `${begun.name}: ${begun.status}`);
    return;
  }
  const { state, cloud } = await followRun(begun, { api, io, cancelOnInterrupt, quiet: options.json === true });
  if (options.json) json(io, cloud ?? { id: begun.id, name: begun.name, deleted: true });
  else say(io, state === 'done' ? `${begun.name} ${work.done}.` : `${begun.name}: ${state}.`);
  if (state === 'cancelled') context.setExitCode(EXIT.cancelled);
  else if (state !== 'done') context.setExitCode(EXIT.failed);
}

/** @throws StackboxError `bad-input` when nobody says yes, or nobody can be asked */
async function confirm({ io }: Context, gone: string, question: string): Promise<void> {
  if (io.stdin.isTTY !== true) throw new StackboxError('bad-input', gone, { hint: 'Add --yes to do it.' });
  say(io, gone);
  const asker = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answer = await asker.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new StackboxError('bad-input', 'Nothing was done.');
  } finally {
    asker.close();
  }
}
