/** try: uses a cloud as a person would, says what came of it, and writes it down. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { StackboxError } from '../../../contract/errors';
import type { Cloud } from '../../../contract/models';
import { countChecks, type ReportFormat, type Trial, type TrialCheck } from '../../../contract/trial';
import type { ApiClient } from '../../api';
import { command, withBackend, type Common } from '../command';
import { EXIT, exitCodeOf } from '../exit-codes';
import { findCloud } from '../find-cloud';
import { followRun } from '../follow-run';
import { json, line, say, sayError, type Context, type Io } from '../io';
import { duration, plainLine } from '../words';

interface Options extends Common {
  readonly html?: string;
  readonly junit?: string;
}

export function addTry(program: Command, context: Context): void {
  command(
    program,
    'try <cloud>',
    'use a cloud as a person would, and remove what that made; ends with 1 when it does not work',
  )
    .option('--html <file>', 'write the report as a page')
    .option('--junit <file>', 'write the report for a build server')
    .action((wanted: string, options: Options) =>
      withBackend(context, async ({ api, io, backend }) => {
        const { id: cloudId } = await findCloud(api, wanted);
        await backend.share();
        const begun = await api.clouds.try({ cloudId });
        const failure = await follow(begun, api, io, options, context);
        const cloud = await api.clouds.get({ cloudId });
        const trial = cloud.tried?.runId === begun.run?.id ? cloud.tried : undefined;
        if (!trial) {
          // Cancelled, or it could not even begin: there is nothing to write down.
          if (failure) throw failure;
          return;
        }
        for (const format of ['html', 'junit'] as const) await write(api, cloudId, format, options[format]);
        if (options.json) json(io, trial);
        else show(io, cloud, trial);
        if (!failure) return;
        if (!options.json) sayError(io, failure, false);
        context.setExitCode(exitCodeOf(failure.code));
      }),
    );
}

/** @returns why it failed, if it did */
async function follow(
  begun: Cloud,
  api: ApiClient,
  io: Io,
  options: Options,
  context: Context,
): Promise<StackboxError | undefined> {
  try {
    const { state } = await followRun(begun, { api, io, cancelOnInterrupt: true, quiet: options.json === true });
    if (state === 'done') return undefined;
    say(io, `${begun.name}: ${state}.`);
    context.setExitCode(state === 'cancelled' ? EXIT.cancelled : EXIT.failed);
    return undefined;
  } catch (error) {
    if (error instanceof StackboxError) return error;
    throw error;
  }
}

async function write(api: ApiClient, cloudId: string, format: ReportFormat, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const { text } = await api.clouds.report({ cloudId, format });
  try {
    await writeFile(path, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StackboxError('storage', `The report could not be written: ${why}`, {}, { cause: error });
  }
}

const WORDS = { passed: 'passed ', failed: 'FAILED ', skipped: 'skipped' } as const satisfies Record<
  TrialCheck['state'],
  string
>;

function show(io: Io, { name }: Cloud, { checks }: Trial): void {
  for (const { state, title, note, ms } of checks) {
    const took = state === 'skipped' ? '' : ` (${duration(ms)})`;
    line(io, `${WORDS[state]}  ${title}${took}: ${plainLine(note)}`);
  }
  const { passed, failed, skipped } = countChecks(checks);
  line(io, `${name}: ${failed > 0 ? `${failed} failed, ` : ''}${passed} passed, ${skipped} skipped.`);
}
