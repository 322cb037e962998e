/** The steps of an action of a recipe: its jobs in the guest, and what is true of the cloud afterwards. */
import { StackboxError } from '../../contract/errors';
import type { Run } from '../../contract/models';
import type { Recipe, RecipeAction } from '../../recipes/types';
import type { StepDefinition } from '../run/step';
import { forgetEarlierJobs, jobSteps, proofSteps } from './recipe-steps';
import { repairSteps } from './repair-steps';
import type { StepTools } from './step-tools';

const SECOND = 1000;

/** @throws StackboxError `not-found` */
export function findAction({ actions, data }: Recipe, id: string | undefined): RecipeAction {
  const action = actions.find((one) => one.id === id);
  if (action) return action;
  const known = actions.map((one) => one.id).join(', ');
  throw new StackboxError('not-found', `${data.title} has no action "${id ?? ''}".`, {
    hint: known === '' ? 'It has none at all.' : `It has: ${known}.`,
  });
}

/** What comes after the machine was reached. @throws StackboxError `not-found` when the recipe has it no more */
export function actionSteps(tools: StepTools, wish: Run['action'], accelerated: boolean): StepDefinition[] {
  const action = findAction(tools.recipe, wish?.id);
  const { down } = action;
  return [
    beginStep(tools, action),
    ...(action.repair ? repairSteps(tools, accelerated) : []),
    ...jobSteps(tools, action.steps, accelerated, action.title),
    ...(action.proof ? proofSteps(tools) : []),
    ...(down === undefined ? [] : [downStep(tools, action, down)]),
  ];
}

/** From here on the cloud is not ready, however the action ends; and nothing of an earlier run works beside it. */
function beginStep(tools: StepTools, { title, proof, down }: RecipeAction): StepDefinition {
  return {
    id: 'begin-action',
    title: 'End what earlier runs left at work',
    group: title,
    expectedMs: 1 * SECOND,
    silenceMs: 240 * SECOND,
    async run(context) {
      if (proof || down !== undefined) {
        await tools.cloud.keepFact('installed', true);
        await tools.cloud.keepFact('ready', false);
      }
      return (await forgetEarlierJobs(tools, context)) ? 'done' : 'skipped';
    },
  };
}

function downStep({ cloud }: StepTools, { title }: RecipeAction, down: string): StepDefinition {
  return {
    id: 'down',
    title: 'Mark the cloud as taken down',
    group: title,
    expectedMs: 1 * SECOND,
    silenceMs: 60 * SECOND,
    async run() {
      await cloud.keepFact('down', down);
      return 'done';
    },
  };
}
