/** "Try it" as a run: each check a step, then everything that they made is removed, whatever happened. */
import { StackboxError } from '../../contract/errors';
import { EMULATION_FACTOR } from '../../contract/limits';
import { hideSecrets } from '../../host/hide-secrets';
import { trialChecks } from '../../recipes/trial';
import { removeFolders } from '../../recipes/trial/folder';
import { createOpenStack } from '../../recipes/trial/openstack';
import { KINDS, sweep, type Kind } from '../../recipes/trial/things';
import { PREFIX, type Pace, type TrialCheck, type TrialContext } from '../../recipes/trial/trial';
import type { StepContext, StepDefinition, StepOutcome } from '../run/step';
import { CHECK_STEP, noProgress, recordOf, type TrialProgress } from '../trial/record';
import type { LiveCloud } from './cloud';
import { contextOf } from './recipe-steps';
import { secretTexts } from './record';
import { callOptions, type StepTools } from './step-tools';

const SECOND = 1000;
const group = 'Try it';

/** On real acceleration. A server in a machine without nested virtualisation is emulated: it boots for minutes. */
export const PACE: Pace = { pauseMs: 2 * SECOND, silenceMs: 300 * SECOND, ruleMs: 60 * SECOND };

/** What a step may be silent beyond its own patience: one start of the command line in a busy machine. */
const MARGIN = 400 * SECOND;

/**
 * @throws StackboxError `not-found` for a recipe without OpenStack; `conflict` for a cloud that is not ready or not running
 */
export async function beginTrial({ cloud, recipe, driver }: StepTools): Promise<void> {
  const { name, machine } = cloud.wish;
  if (recipe.accounts.length === 0) {
    throw new StackboxError('not-found', `${recipe.data.title} has no OpenStack to try.`);
  }
  if (cloud.fact('ready') !== true) {
    throw new StackboxError('conflict', `${name} is not ready: there is nothing to try yet.`, {
      hint: 'Let its install come to its end first.',
    });
  }
  if ((await driver.state(machine.domain)) !== 'running') {
    throw new StackboxError('conflict', `${name} is not running.`, { hint: 'Start it first.' });
  }
}

/** All steps of the run. @param pace how long it waits on real acceleration */
export function trialSteps(tools: StepTools, accelerated: boolean, pace: Pace = PACE): StepDefinition[] {
  const factor = accelerated ? 1 : EMULATION_FACTOR;
  const patience: Pace = { ...pace, silenceMs: pace.silenceMs * factor, ruleMs: pace.ruleMs * factor };
  const silenceMs = patience.silenceMs + MARGIN;
  const checks = trialChecks(tools.recipe, (types) => update(tools.cloud, { types }));
  return [
    ...checks.map((check): StepDefinition => ({
      id: CHECK_STEP + check.id,
      title: check.title,
      group,
      expectedMs: check.seconds * SECOND * factor,
      silenceMs,
      // A machine that is gone answers none of the other checks; anything else is no reason not to ask them.
      tolerates: (error) => check.essential !== true && error?.code !== 'unreachable',
      run: (context) => runCheck(tools, check, context, patience),
    })),
    {
      id: `${CHECK_STEP}clean-up`,
      title: 'Remove everything that was made',
      group,
      expectedMs: 20 * SECOND * factor,
      silenceMs,
      tolerates: () => true,
      always: true,
      run: (context) => cleanUp(tools, context, patience),
    },
    {
      id: 'keep-result',
      title: 'Write the report',
      group,
      expectedMs: SECOND,
      silenceMs: 60 * SECOND,
      always: true,
      async run() {
        const { run } = tools.cloud;
        // One that was cancelled says nothing about the cloud: the last result stays.
        if (!run || run.steps.some(({ state }) => state === 'cancelled')) return 'skipped';
        await tools.cloud.keepFact(
          'tried',
          recordOf(run, progressOf(tools.cloud), tools.cloud.commands.list(), Date.now()),
        );
        return 'done';
      },
    },
  ];
}

async function runCheck(tools: StepTools, check: TrialCheck, context: StepContext, pace: Pace): Promise<StepOutcome> {
  const { cloud } = tools;
  return withTrial<StepOutcome>(tools, context, pace, async (trial) => {
    const { begun } = progressOf(cloud);
    const makes = check.makes ?? [];
    // An earlier life of the app was stopped in the middle of this very check.
    const again = makes.filter((kind) => begun.includes(kind));
    if (again.length > 0) await sweep(trial, again);
    await update(cloud, { begun: [...new Set([...begun, ...makes])] });
    const outcome = await check.run(trial);
    const passed = 'passed' in outcome;
    const note = hide(cloud, passed ? outcome.passed : outcome.skipped);
    const left = passed && check.tidiesUp !== true;
    await update(cloud, {
      begun: left ? progressOf(cloud).begun : progressOf(cloud).begun.filter((kind) => !made(makes, kind)),
      notes: { ...progressOf(cloud).notes, [check.id]: note },
    });
    context.progress(undefined, note);
    return passed ? 'done' : 'skipped';
  });
}

async function cleanUp(tools: StepTools, context: StepContext, pace: Pace): Promise<StepOutcome> {
  const { cloud } = tools;
  const { begun, found, notes } = progressOf(cloud);
  if (begun.length === 0 && found['folder'] === undefined) return 'skipped';
  return withTrial<StepOutcome>(tools, context, pace, async (trial) => {
    const removed = await sweep(
      trial,
      KINDS.filter((kind) => begun.includes(kind)),
    );
    await removeFolders(trial);
    const note = removed.length === 0 ? 'Nothing was left.' : `${removed.length} things were removed.`;
    await update(cloud, { begun: [], found: {}, notes: { ...notes, 'clean-up': note } });
    return 'done';
  });
}

function made(kinds: readonly Kind[], kind: string): boolean {
  return kinds.some((one) => one === kind);
}

/** Does something with the cloud as its administrator. */
async function withTrial<T>(
  tools: StepTools,
  context: StepContext,
  pace: Pace,
  work: (trial: TrialContext) => Promise<T>,
): Promise<T> {
  const { cloud, recipe, driver } = tools;
  const [account] = recipe.accounts;
  if (!account) throw new StackboxError('internal', `${recipe.data.title} has no OpenStack to try.`);
  if ((await driver.state(cloud.wish.machine.domain, callOptions(context))) !== 'running') {
    throw new StackboxError('unreachable', `${cloud.wish.name} is not running any more.`, {
      hint: 'Start it, and try it again: what is left of this try is removed first.',
    });
  }
  const recipeContext = contextOf(tools, context);
  const trial: TrialContext = {
    recipe: recipeContext,
    name: `${PREFIX}${cloud.run?.id ?? ''}`,
    pace,
    cloud: createOpenStack({
      guest: recipeContext.guest,
      openrc: account.file,
      signal: context.signal,
      secrets: secretTexts(cloud.secrets),
    }),
    has: (types) => progressOf(cloud).types.some((type) => types.includes(type)),
    found: (what) => progressOf(cloud).found[what],
    keep: (what, value) => update(cloud, { found: { ...progressOf(cloud).found, [what]: value } }),
    line: (text) => context.line(hide(cloud, text)),
  };
  return work(trial);
}

/** What this run's trial has come to so far; that of an earlier run is none of its business. */
function progressOf(cloud: LiveCloud): TrialProgress {
  const runId = cloud.run?.id ?? '';
  const known = cloud.fact('trial');
  return known?.runId === runId ? known : noProgress(runId);
}

async function update(cloud: LiveCloud, change: Partial<TrialProgress>): Promise<void> {
  await cloud.keepFact('trial', { ...progressOf(cloud), ...change });
}

function hide(cloud: LiveCloud, text: string): string {
  return hideSecrets(text, secretTexts(cloud.secrets));
}
