/** All recipes, in the order in which the window shows them. A new recipe is one folder here and one line below. */
import { devstack } from './devstack';
import { keystonePackages } from './keystone-packages';
import { plainMachine } from './plain-machine';
import type { Recipe } from './types';

export const recipes: readonly Recipe[] = [keystonePackages, devstack, plainMachine];

/** @returns the recipe of that identifier, or `undefined` if Stackbox does not know it (any more) */
export function findRecipe(id: string): Recipe | undefined {
  return recipes.find(({ data }) => data.id === id);
}
