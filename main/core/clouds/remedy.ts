/** What is offered for a failure, and whether a cure that is asked for is the one that was offered. */
import { isDeepStrictEqual } from 'node:util';
import { StackboxError } from '../../contract/errors';
import type { Remedy, Run } from '../../contract/models';
import type { KnownError } from '../../recipes/known-error';
import type { Recipe, RecipeCure } from '../../recipes/types';
import type { LiveCloud } from './cloud';

/** What the window is told about a known error: with a button, if there is a cure that still can change something. */
export function remedyOf({ cause, cure, apply }: KnownError, recipe: Recipe, cloud: LiveCloud): Remedy {
  const action = recipe.cures.find(({ id }) => id === apply);
  return { cause, cure, ...(action && changes(action, cloud) && { action: { id: action.id, title: action.title } }) };
}

function changes({ set, steps }: RecipeCure, { plan }: LiveCloud): boolean {
  const wanted = Object.entries(set);
  if (wanted.length === 0) return steps.length > 0;
  return wanted.some(([id, value]) => !isDeepStrictEqual(plan.recipe.options[id], value));
}

/** The cure that is offered for how the run failed. @throws StackboxError `conflict` for any other */
export function offeredCure(id: string, run: Run, recipe: Recipe): RecipeCure {
  const offered = run.remedy?.action;
  const cure = recipe.cures.find((one) => one.id === id);
  if (cure && offered?.id === id) return cure;
  throw new StackboxError('conflict', `"${id}" is no cure for how this run failed.`, {
    hint: offered ? `"${offered.id}" is: ${offered.title}.` : 'Try again without one.',
  });
}
