import type { Recipe, RecipeJobStep } from '../../main/recipes/types';

/** Every job of a recipe by its identifier: of the install, of actions and cures, and repairs as the core calls them. */
export function jobsOf({ data, actions, cures }: Recipe): readonly RecipeJobStep[] {
  const repairs = data.repairs.flatMap((repair) => [
    { ...repair, id: `repair-${repair.id}` },
    { ...repair, id: `check-${repair.id}`, script: repair.check },
  ]);
  return [...data.steps, ...repairs, ...[...actions, ...cures].flatMap(({ steps }) => steps)];
}

/**
 * The recipe with every job as a step, for `scriptMachine`, in which `repair-ID` and `check-ID` are those of a repair.
 * @param folders of the machine beside those that `scriptMachine` knows: `/var/log/kolla`
 */
export function wholeRecipe(recipe: Recipe, folders: readonly string[] = []): Recipe {
  const script = (file: string): string =>
    folders.reduce((text, folder) => text.replaceAll(folder, `"$ROOT"${folder}`), recipe.script(file));
  return { ...recipe, script, data: { ...recipe.data, steps: [...jobsOf(recipe)] } };
}
