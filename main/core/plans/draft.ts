/** The plan that the create page starts from: every default chosen for this computer, so that "Create cloud" works at once. */
import { StackboxError } from '../../contract/errors';
import type { Draft, Host, Image, RecipeSummary } from '../../contract/models';
import { planSchema, type ConnectionId, type MachineSize } from '../../contract/plan';
import { defaultOptions } from '../../contract/option-values';
import type { Recipe } from '../../recipes/types';
import type { CoreParts } from '../parts';
import { runsOn } from './check';

type Parts = Pick<CoreParts, 'recipes' | 'images' | 'doctor'>;

/**
 * @param wanted identifier of the recipe, or `undefined` for the recommended one
 * @param names of the clouds that there are already
 * @throws StackboxError `not-found` for an unknown recipe
 */
export async function draftPlan(wanted: string | undefined, parts: Parts, names: readonly string[]): Promise<Draft> {
  const recipe = chooseRecipe(wanted, parts.recipes);
  const [host, findings, images] = await Promise.all([
    parts.doctor.host(),
    parts.doctor.findings(),
    parts.images.list(),
  ]);
  const plan = planSchema.parse({
    version: 1,
    name: freeName(names),
    recipe: { id: recipe.data.id, options: defaultOptions(recipe.fields) },
    connection: chooseConnection(host),
    image: chooseImage(recipe, images),
    size: chooseSize(recipe, host),
  });
  return { plan, host, findings, recipes: parts.recipes.map((each) => summarize(each, host, images)) };
}

/** A recipe as the create page shows it, with the presets that fit what this computer has left. */
export function summarize(recipe: Recipe, host: Host, all: readonly Image[]): RecipeSummary {
  const { data } = recipe;
  const { id, title, summary, services, minutes, recommended, more, least } = data;
  const images = imagesOf(recipe, all).map((image) => image.id);
  const presets = data.presets.map(({ id, title, size }) => {
    const reason = misfit(size, host);
    return { id, title, size, fits: reason === undefined, ...(reason !== undefined && { reason }) };
  });
  return {
    id,
    title,
    summary,
    services,
    images,
    minutes,
    recommended,
    more,
    least,
    presets,
    options: [...recipe.fields],
  };
}

function misfit(size: MachineSize, host: Host): string | undefined {
  if (size.cpus > host.cpus) return `Needs ${size.cpus} processors, this computer has ${host.cpus}.`;
  if (size.memoryMiB > host.freeMemoryMiB) {
    return `Needs ${size.memoryMiB} MiB of memory, ${Math.floor(host.freeMemoryMiB)} MiB are left.`;
  }
  if (size.diskGiB > host.freeDiskGiB) {
    return `Needs ${size.diskGiB} GiB of disk, ${Math.floor(host.freeDiskGiB)} GiB are left.`;
  }
  return undefined;
}

function chooseRecipe(wanted: string | undefined, recipes: readonly Recipe[]): Recipe {
  const chosen =
    wanted === undefined
      ? (recipes.find(({ data }) => data.recommended) ?? recipes[0])
      : recipes.find(({ data }) => data.id === wanted);
  if (chosen) return chosen;
  throw new StackboxError('not-found', `There is no recipe "${wanted ?? ''}".`, {
    hint: `There are: ${recipes.map(({ data }) => data.id).join(', ')}.`,
    field: 'recipe.id',
  });
}

function chooseConnection(host: Host): ConnectionId {
  const chosen =
    host.connections.find(({ recommended }) => recommended) ?? host.connections.find(({ usable }) => usable);
  // Without any usable hypervisor the page still opens: the doctor's findings say what to install.
  return chosen?.id ?? 'libvirt-session';
}

/** What is in the cache costs no download; then the recipe's own order counts. */
function chooseImage(recipe: Recipe, images: readonly Image[]): string {
  const usable = imagesOf(recipe, images);
  const fitting = usable.filter((image) => fitsDefaults(recipe, image));
  const chosen = fitting.find(({ state }) => state === 'cached') ?? fitting[0] ?? usable[0];
  if (chosen) return chosen.id;
  throw new StackboxError('internal', `No image of the catalogue suits the recipe ${recipe.data.id}.`);
}

/** Whether the recipe's defaults go with an image: a branch may be too old or too new for it. */
function fitsDefaults(recipe: Recipe, image: Image): boolean {
  const options = recipe.options.safeParse({});
  // A secret that only the person can give has nothing to do with the image.
  if (!options.success) return true;
  const problems = recipe.check?.({ options: options.data, image, size: recipe.data.least }) ?? [];
  return !problems.some(({ severity }) => severity === 'problem');
}

/** The images that a recipe runs on: those it names, in its order, then others of the same releases. */
function imagesOf({ data }: Recipe, images: readonly Image[]): Image[] {
  const rank = ({ id }: Image): number => (data.images.includes(id) ? data.images.indexOf(id) : data.images.length);
  return images.filter((image) => runsOn(data, image, images)).sort((a, b) => rank(a) - rank(b));
}

/** The recommended preset is the second (standard) where it fits, else the largest that does, else the least. */
function chooseSize({ data }: Recipe, host: Host): MachineSize {
  const fitting = data.presets.filter(({ size }) => misfit(size, host) === undefined);
  const standard = data.presets[1];
  if (standard && fitting.includes(standard)) return standard.size;
  return fitting.at(-1)?.size ?? data.least;
}

function freeName(names: readonly string[]): string {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  for (let number = 1; ; number++) {
    const name = `cloud-${number}`;
    if (!taken.has(name)) return name;
  }
}
