/** Configuration files of a plan, as their editor shows them. */
import type { Configuration } from '../../contract/configuration';
import type { Plan } from '../../contract/plan';
import { fileAsEdited } from '../../recipes/config-file';
import type { CoreParts } from '../parts';
import { recipeOf } from './recipe-of';

/** @throws StackboxError `not-found` for an unknown recipe or file, `bad-input` while other options are wrong */
export function configurationOf(
  { recipe: wanted, size }: Pick<Plan, 'recipe' | 'size'>,
  option: string,
  parts: Pick<CoreParts, 'recipes'>,
  text?: string,
): Configuration {
  const { recipe, options } = recipeOf(wanted, parts);
  return fileAsEdited(recipe, option, { options, size }, text);
}
