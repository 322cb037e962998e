/** All recipes, in the order in which the window shows them. A new recipe is one folder here and one line below. */
import { devstack } from './devstack';
import { keystonePackages } from './keystone-packages';
import { kollaAnsible } from './kolla-ansible';
import { openstackAnsible } from './openstack-ansible';
import { plainMachine } from './plain-machine';
import { rdo } from './rdo';
import { sunbeam } from './sunbeam';
import type { Recipe } from './types';

export const recipes: readonly Recipe[] = [
  keystonePackages,
  devstack,
  rdo,
  kollaAnsible,
  openstackAnsible,
  sunbeam,
  plainMachine,
];

/** @returns the recipe of that identifier, or `undefined` if Stackbox does not know it (any more) */
export function findRecipe(id: string): Recipe | undefined {
  return recipes.find(({ data }) => data.id === id);
}
