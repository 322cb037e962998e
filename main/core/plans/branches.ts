/** The branches that a plan can have: what the git server has now, else the list that Stackbox came with. */
import { StackboxError } from '../../contract/errors';
import type { Branches } from '../../contract/configuration';
import type { Plan } from '../../contract/plan';
import { listBranches } from '../../host/git-branches';
import type { RecipeBranches, RecipeWish } from '../../recipes/types';
import type { CoreParts } from '../parts';
import { recipeOf } from './recipe-of';

interface AskOptions {
  /** Asks even if the server has answered in this session. */
  readonly again: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface BranchLists {
  /** @throws StackboxError `not-found` for an unknown recipe or option, `bad-input` while other options are wrong */
  branches(plan: Pick<Plan, 'recipe' | 'image'>, option: string, asking: AskOptions): Promise<Branches>;
}

/** @param ask how a repository is asked; tests have no network */
export function createBranchLists(
  parts: Pick<CoreParts, 'recipes' | 'images'>,
  ask: typeof listBranches = listBranches,
): BranchLists {
  /** Answers of this session by address; a failure is asked for again. */
  const known = new Map<string, readonly string[]>();

  async function namesAt(address: string, { again, signal }: AskOptions): Promise<readonly string[]> {
    const before = again ? undefined : known.get(address);
    if (before) return before;
    const names = await ask(address, { signal });
    known.set(address, names);
    return names;
  }

  return {
    async branches(plan, option, asking) {
      const { recipe, options } = recipeOf(plan.recipe, parts);
      const field = recipe.fields.find(({ id }) => id === option);
      const source = Object.hasOwn(recipe.branches, option) ? recipe.branches[option] : undefined;
      if (field?.type !== 'branch' || !source) {
        throw new StackboxError(
          'not-found',
          `The recipe ${recipe.data.title} has no option "${option}" with branches.`,
        );
      }
      const image = (await parts.images.list()).find(({ id }) => id === plan.image);
      const repository = source.repository(options);
      const address = withoutUser(repository);
      try {
        const names = await namesAt(repository, asking);
        const branches = newestFirst(names).flatMap((name) => source.describe(name, image) ?? []);
        if (branches.length > 0) return { from: 'live', address, branches };
        return { ...shipped(field.choices, source, image), address, reason: 'It has none of OpenStack’s branches.' };
      } catch (error) {
        asking.signal?.throwIfAborted();
        const { message } = StackboxError.from(error);
        return { ...shipped(field.choices, source, image), address, reason: message };
      }
    },
  };
}

function shipped(
  choices: readonly { readonly value: string; readonly label: string }[],
  source: RecipeBranches,
  image: RecipeWish['image'] | undefined,
): Pick<Branches, 'from' | 'branches'> {
  const branches = choices.map(
    ({ value, label }) => source.describe(value, image) ?? { value, label, fits: 'unknown' as const },
  );
  return { from: 'shipped', branches };
}

/** `stable/2026.1` before `stable/2025.2`, what is maintained before what is not, and the development branch last. */
function newestFirst(names: readonly string[]): string[] {
  const rank = (name: string): number => (name.startsWith('stable/') ? 0 : name.startsWith('unmaintained/') ? 1 : 2);
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b) || b.localeCompare(a, 'en', { numeric: true }));
}

/** An address may have a name and a password of the person's before its @. */
function withoutUser(address: string): string {
  return address.replace(/^([a-z+]+:\/\/)[^/@]*@/, '$1');
}
