/** Which steps each kind of run has. Read `createSteps` to know what Stackbox does. */
import type { Acceleration, Run } from '../../contract/models';
import type { StepDefinition } from '../run/step';
import { contactSteps } from './contact-steps';
import { POWER_OFF, deleteSteps, stopSteps } from './lifecycle-steps';
import { machineSteps, startStep } from './machine-steps';
import { proofSteps, recipeSteps } from './recipe-steps';
import type { StepTools } from './step-tools';

/** From a plan to a cloud that has proved that it works. */
export function createSteps(tools: StepTools, acceleration: Acceleration | undefined): StepDefinition[] {
  const accelerated = acceleration?.kind !== 'emulated';
  const contact = contactSteps(tools, accelerated);
  return [...machineSteps(tools), ...contact, ...recipeSteps(tools, accelerated), ...proofSteps(tools)];
}

/** Steps that have to be done again when the machine was off in the middle of a run. */
export function bootSteps(tools: StepTools, accelerated: boolean): StepDefinition[] {
  return [startStep(tools), ...contactSteps(tools, accelerated)];
}

/**
 * The steps of a run that is under way or begins.
 * @param declared the steps in the journal, of one that goes on
 */
export function stepsOf(
  kind: Run['kind'],
  tools: StepTools,
  acceleration: Acceleration | undefined,
  declared?: Run['steps'],
): StepDefinition[] {
  const accelerated = acceleration?.kind !== 'emulated';
  switch (kind) {
    case 'create':
      return createSteps(tools, acceleration);
    case 'start':
      // A cloud whose install never came to its end has nothing to prove yet.
      return [...bootSteps(tools, accelerated), ...(tools.cloud.fact('ready') === true ? proofSteps(tools) : [])];
    case 'stop':
      return stopSteps(tools, declared?.some(({ id }) => id === POWER_OFF) ?? false);
    case 'delete':
      return deleteSteps(tools);
  }
}
