/** Which steps each kind of run has. Read `createSteps` to know what Stackbox does. */
import type { Acceleration, Run } from '../../contract/models';
import type { StepDefinition } from '../run/step';
import { actionSteps } from './action-steps';
import { contactSteps } from './contact-steps';
import { POWER_OFF, deleteSteps, stopSteps } from './lifecycle-steps';
import { LOOK, lookStep } from './look-step';
import { machineSteps, startStep } from './machine-steps';
import { proofSteps, recipeSteps } from './recipe-steps';
import { repairSteps } from './repair-steps';
import { saveSteps, snapshotSteps } from './snapshot-steps';
import type { StepTools } from './step-tools';
import { trialSteps } from './trial-steps';

/** What a run is to do. */
export type RunWish = Pick<Run, 'kind' | 'action'>;

/** From a plan to a cloud that has proved that it works. */
export function createSteps(tools: StepTools, acceleration: Acceleration | undefined): StepDefinition[] {
  const accelerated = acceleration?.kind !== 'emulated';
  const contact = contactSteps(tools, accelerated);
  return [...machineSteps(tools), ...contact, ...recipeSteps(tools, accelerated), ...proofSteps(tools)];
}

/** Identifiers of the steps that have to be done again when the machine was off in the middle of a run. */
export function stepsOfBoot(tools: StepTools): string[] {
  return [...bootSteps(tools, true), ...repairSteps(tools, true)].map(({ id }) => id);
}

function bootSteps(tools: StepTools, accelerated: boolean): StepDefinition[] {
  return [startStep(tools), ...contactSteps(tools, accelerated)];
}

/** From a machine that was booted to a cloud that has proved again that it works. */
function readySteps(tools: StepTools, accelerated: boolean): StepDefinition[] {
  return [...repairSteps(tools, accelerated), ...proofSteps(tools)];
}

/**
 * A cloud whose install never came to its end has nothing to prove yet.
 * @param declared steps of a run that goes on: looking has changed what is known
 */
function stepsAfterBoot(tools: StepTools, accelerated: boolean, declared?: Run['steps']): StepDefinition[] {
  const steps = readySteps(tools, accelerated);
  const ready = tools.cloud.fact('ready') === true;
  const looks = declared?.some(({ id }) => id === LOOK) ?? (!ready && tools.cloud.fact('unchecked') === true);
  if (looks) return [lookStep(tools, steps)];
  return ready ? steps : [];
}

/**
 * The steps of a run that is under way or begins.
 * @param run what it is; with the steps in the journal if it goes on
 */
export function stepsOf(
  run: RunWish & Partial<Pick<Run, 'steps'>>,
  tools: StepTools,
  acceleration: Acceleration | undefined,
): StepDefinition[] {
  const accelerated = acceleration?.kind !== 'emulated';
  switch (run.kind) {
    case 'create':
      return createSteps(tools, acceleration);
    case 'start':
      return [...bootSteps(tools, accelerated), ...stepsAfterBoot(tools, accelerated, run.steps)];
    case 'stop':
      return stopSteps(tools, run.steps?.some(({ id }) => id === POWER_OFF) ?? false);
    case 'delete':
      return deleteSteps(tools);
    case 'action':
      return [...bootSteps(tools, accelerated), ...actionSteps(tools, run.action, accelerated)];
    case 'try':
      return trialSteps(tools, accelerated);
    case 'save':
      return saveSteps(tools);
    case 'take-snapshot':
    case 'restore-snapshot':
    case 'delete-snapshot':
      return snapshotSteps(run.kind, tools, accelerated);
  }
}
