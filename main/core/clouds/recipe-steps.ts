/** The recipe's part of a run: its jobs in the guest, then the proof that the cloud works. */
import { setTimeout as sleep } from 'node:timers/promises';
import { StackboxError } from '../../contract/errors';
import { EMULATION_FACTOR } from '../../contract/limits';
import type { Guest, GuestJob } from '../../guest/guest';
import { endpointsOf } from '../../recipes/endpoints';
import { createSecretFilter } from '../../host/secret-filter';
import { followOutput } from '../../recipes/progress';
import type { Recipe, RecipeContext, RecipeJobStep } from '../../recipes/types';
import { RunCancelled, type StepContext, type StepDefinition } from '../run/step';
import { InstallLog } from './install-log';
import { reachPort } from './guest-links';
import { secretTexts } from './record';
import { remedyOf } from './remedy';
import { callOptions, type StepTools } from './step-tools';

const SECOND = 1000;

/** The jobs of the install, in the recipe's order. */
export function recipeSteps(tools: StepTools, accelerated: boolean): StepDefinition[] {
  const { steps, title } = tools.recipe.data;
  return jobSteps(tools, steps, accelerated, title);
}

/**
 * Jobs in the guest as steps of a run.
 * @param group heading that they stand under
 * @param stepId how a step is called whose job is also that of another step
 */
export function jobSteps(
  tools: StepTools,
  jobs: readonly RecipeJobStep[],
  accelerated: boolean,
  group: string,
  stepId: (jobId: string) => string = (jobId) => jobId,
): StepDefinition[] {
  const factor = accelerated ? 1 : EMULATION_FACTOR;
  return jobs.map((job) => ({
    id: stepId(job.id),
    title: job.title,
    group,
    expectedMs: job.seconds * SECOND * factor,
    silenceMs: job.silence * SECOND,
    run: (context) => runJob(tools, { ...job, id: stepId(job.id) }, context, job.id),
  }));
}

/** One job in the guest, from its start, or from where an earlier life of the app left it, to its end. @param envId by which the recipe knows its values */
export async function runJob(
  tools: StepTools,
  step: RecipeJobStep,
  context: StepContext,
  envId = step.id,
): Promise<'done'> {
  const { recipe, cloud } = tools;
  const recipeContext = contextOf(tools, context);
  const { guest } = recipeContext;
  const job: GuestJob = {
    name: jobName(recipe, step.id),
    script: recipe.script(step.script),
    env: await recipe.env(recipeContext, envId),
  };
  const place = await beginJob(tools, step.id, job, guest, context);
  const log = await InstallLog.open(cloud.folder.installLog, place.copyStart);
  const output = followOutput(step, recipe.data.errors);
  // Installers print their passwords; the guest's own file is only read through here.
  const filter = createSecretFilter(secretTexts(cloud.secrets));
  const take = async (text: string): Promise<void> => {
    await log.append(text);
    const seen = output.push(text);
    if (seen.lastLine !== undefined) context.line(seen.lastLine);
    context.progress(seen.progress, seen.detail);
  };
  try {
    const end = await guest.followJob(job.name, place.logStart, (text) => take(filter.push(text)), context.signal);
    await take(filter.end());
    if (end.exitCode === 0) return 'done';
    const known = output.knownError();
    if (known) context.explain(remedyOf(known, recipe, cloud));
    throw new StackboxError('guest-failed', known?.line ?? howItEnded(step.title, end), {
      output: output.tail(),
      exitCode: end.exitCode,
      hint: 'Try again from this step, or open a terminal and look around.',
    });
  } catch (error) {
    // The job outlives us on purpose, except when a person wants it to end.
    if (context.signal.reason instanceof RunCancelled)
      await guest.forgetJob(job.name, AbortSignal.timeout(20 * SECOND));
    throw error;
  } finally {
    await log.close();
  }
}

/** Name of a step's job in the guest. */
export function jobName({ data }: Recipe, stepId: string): string {
  return `stackbox-${data.id}-${stepId}`;
}

/** Ends jobs of earlier runs that are still at work, as after a step that was silent for too long. @returns whether there were any */
export async function forgetEarlierJobs(tools: StepTools, context: StepContext): Promise<boolean> {
  const { cloud, recipe } = tools;
  const { guest } = contextOf(tools, context);
  let any = false;
  for (const [stepId, place] of Object.entries(cloud.fact('jobs') ?? {})) {
    const name = jobName(recipe, stepId);
    if (belongs(place, cloud) || (await guest.jobState(name, context.signal)).state !== 'running') continue;
    context.line(`Ending "${stepId}"`);
    await guest.forgetJob(name, context.signal);
    any = true;
  }
  return any;
}

/** Whether a job was started by the run that is under way. */
function belongs({ run: runId }: { run?: string }, { run }: StepTools['cloud']): boolean {
  return runId === undefined ? run?.kind === 'create' : runId === run?.id;
}

function howItEnded(title: string, { exitCode, result }: { exitCode: number; result: string }): string {
  if (result === 'interrupted') return `"${title}" was interrupted: the machine was restarted, or its job was stopped.`;
  return `"${title}" ended with exit code ${exitCode}.`;
}

/**
 * Starts the job, or finds the one that an earlier life of the app started. Its output is read from where this job began
 * and copied from there anew: the guest's file is the original, so a crash in the middle of copying costs nothing.
 */
async function beginJob(
  { cloud }: StepTools,
  stepId: string,
  job: GuestJob,
  guest: Guest,
  { signal }: StepContext,
): Promise<{ logStart: number; copyStart: number }> {
  const jobs = cloud.fact('jobs') ?? {};
  const known = jobs[stepId];
  const state = await guest.jobState(job.name, signal);
  const ours = known && belongs(known, cloud);
  if (ours && (state.state === 'running' || (state.state === 'ended' && state.exitCode === 0))) return known;

  // A job that failed is run again from its start; its old output stays in the guest's file, before the new.
  if (state.state !== 'absent') await guest.forgetJob(job.name, signal);
  const { size } = await guest.readFile(guest.jobLog(job.name), 0, 0, { root: true, signal });
  const run = cloud.run?.id;
  const copyStart = await InstallLog.size(cloud.folder.installLog);
  const place = { logStart: size, copyStart, ...(run !== undefined && { run }) };
  await cloud.keepFact('jobs', { ...jobs, [stepId]: place });
  await guest.startJob(job, signal);
  return place;
}

/** A service that is just coming up answers "unavailable" for a while: a proof may fail for this long (ms) before it counts. */
const PROOF_GRACE = 180 * SECOND;
const PROOF_PAUSE = 3 * SECOND;

/** The proof: a cloud is ready only when each check passed. */
export function proofSteps(tools: StepTools): StepDefinition[] {
  const { options } = tools.cloud.wish.plan.recipe;
  const wanted = tools.recipe.proof.filter((check) => check.when?.(options) ?? true);
  const checks = wanted.map((check): StepDefinition => ({
    id: `proof-${check.id}`,
    title: check.title,
    group: 'Proof',
    expectedMs: 10 * SECOND,
    silenceMs: PROOF_GRACE * 2,
    async run(context) {
      const recipeContext = contextOf(tools, context);
      const until = Date.now() + PROOF_GRACE;
      for (;;) {
        try {
          await check.run(recipeContext);
          return 'done';
        } catch (error) {
          context.signal.throwIfAborted();
          if (Date.now() > until) throw error;
          context.line(StackboxError.from(error).message);
          await sleep(PROOF_PAUSE, undefined, { signal: context.signal });
        }
      }
    },
  }));
  return [...checks, cardStep(tools)];
}

/** Opens the ways to the endpoints and marks the cloud as ready. */
function cardStep({ cloud, driver, recipe }: StepTools): StepDefinition {
  return {
    id: 'card',
    title: 'Open the endpoints',
    group: 'Proof',
    expectedMs: 1 * SECOND,
    silenceMs: 240 * SECOND,
    async run(context) {
      for (const { port } of endpointsOf(recipe, cloud.wish.plan.recipe.options)) {
        await reachPort(cloud, driver, port, callOptions(context));
      }
      await cloud.keepFact('down', '');
      await cloud.keepFact('installed', true);
      await cloud.keepFact('ready', true);
      return 'done';
    },
  };
}

/** What the recipe's code is given during a step. */
export function contextOf({ cloud, links, recipe }: StepTools, context: StepContext): RecipeContext {
  links.logTo(cloud, (entry) => context.command('guest', entry));
  return {
    guest: links.guest(cloud),
    attachment: cloud.attachment,
    hostname: cloud.wish.machine.hostname,
    options: recipe.options.parse(cloud.plan.recipe.options),
    size: cloud.plan.size,
    passwords: cloud.secrets.passwords,
    signal: context.signal,
  };
}
