/** What a reboot of the machine takes away and the recipe brings back: looked for first, then repaired, then looked for again. */
import { StackboxError } from '../../contract/errors';
import { EMULATION_FACTOR } from '../../contract/limits';
import { scriptOf } from '../../guest/jobs';
import type { GuestResult } from '../../guest/guest';
import type { RecipeRepair } from '../../recipes/types';
import type { StepContext, StepDefinition, StepOutcome } from '../run/step';
import { contextOf, jobName, runJob } from './recipe-steps';
import { secretTexts } from './record';
import type { StepTools } from './step-tools';

const SECOND = 1000;

/** The recipe's repairs, in its order; each is skipped when its check finds all well. */
export function repairSteps(tools: StepTools, accelerated: boolean): StepDefinition[] {
  const factor = accelerated ? 1 : EMULATION_FACTOR;
  return tools.recipe.data.repairs.map((repair) => ({
    id: stepId(repair),
    title: repair.title,
    group: 'After the boot',
    expectedMs: repair.seconds * SECOND * factor,
    silenceMs: repair.silence * SECOND,
    run: (context) => carryOut(tools, repair, context),
  }));
}

/** Steps of the install have names of their own, which a repair may share. */
function stepId({ id }: RecipeRepair): string {
  return `repair-${id}`;
}

async function carryOut(tools: StepTools, repair: RecipeRepair, context: StepContext): Promise<StepOutcome> {
  const before = await look(tools, repair, context);
  if (before.exitCode === 0) return 'skipped';
  context.line(lastLine(before));
  const { guest } = contextOf(tools, context);
  const name = jobName(tools.recipe, stepId(repair));
  // One that ended did not help, or helped before the machine was rebooted once more; one that runs is followed.
  if ((await guest.jobState(name, context.signal)).state === 'ended') await guest.forgetJob(name, context.signal);
  await runJob(tools, { ...repair, id: stepId(repair) }, context);
  const after = await look(tools, repair, context);
  if (after.exitCode === 0) return 'done';
  throw new StackboxError('guest-failed', `"${repair.title}" did not help: ${lastLine(after)}`, {
    output: `${after.stdout}${after.stderr}`,
    exitCode: after.exitCode,
    hint: 'Look at the log, or open a terminal and look around.',
  });
}

/** Runs the check as root. Its text and values travel by standard input: arguments can be seen by everybody. */
async function look(tools: StepTools, repair: RecipeRepair, context: StepContext): Promise<GuestResult> {
  const recipeContext = contextOf(tools, context);
  const env = await tools.recipe.env(recipeContext, stepId(repair));
  return recipeContext.guest.exec(['bash', '-c', 'eval "$(cat)"'], {
    input: scriptOf({ script: tools.recipe.script(repair.check), env }),
    root: true,
    silenceMs: repair.silence * SECOND,
    secrets: secretTexts(tools.cloud.secrets),
    signal: context.signal,
  });
}

function lastLine({ stdout, stderr, exitCode }: GuestResult): string {
  const lines = `${stderr}\n${stdout}`.split('\n').filter((line) => line.trim() !== '');
  return lines.at(-1) ?? `exit code ${exitCode}`;
}
