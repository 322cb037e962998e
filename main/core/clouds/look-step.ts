/** Looking whether a cloud is there, after its machine went back to a snapshot that Stackbox knows nothing of. */
import { StackboxError } from '../../contract/errors';
import type { StepDefinition } from '../run/step';
import type { StepTools } from './step-tools';

/** Identifier of the step: the journal tells by it that a run looks. */
export const LOOK = 'look';

/**
 * Runs the steps; when one fails the cloud is marked as not there, and that is an answer and no failure.
 * @param steps that prove it, the last of which marks the cloud as ready
 */
export function lookStep({ cloud, recipe }: StepTools, steps: readonly StepDefinition[]): StepDefinition {
  return {
    id: LOOK,
    title: `Look whether ${recipe.data.title} is there`,
    group: 'Proof',
    expectedMs: steps.reduce((sum, { expectedMs }) => sum + expectedMs, 0),
    silenceMs: Math.max(...steps.map(({ silenceMs }) => silenceMs)),
    async run(context) {
      try {
        for (const step of steps) await step.run(context);
      } catch (error) {
        context.signal.throwIfAborted();
        if (!(error instanceof StackboxError)) throw error;
        context.line(error.message);
        await cloud.keepFact('down', `${recipe.data.title} does not answer in this snapshot`);
      }
      await cloud.keepFact('unchecked', false);
      return 'done';
    },
  };
}
