/** Whether a plan can run on this computer now; found out without making anything. */
import type { z } from 'zod';
import { StackboxError, type ErrorCode } from '../../contract/errors';
import type { Host, Image, PlanProblem } from '../../contract/models';
import type { Plan } from '../../contract/plan';
import { fileProblems } from '../../recipes/config-file';
import type { Recipe, RecipeData } from '../../recipes/types';
import type { CoreParts } from '../parts';

type Parts = Pick<CoreParts, 'recipes' | 'images' | 'doctor'>;

/**
 * Everything that stands in the way, field by field.
 * @param names of the clouds that there are already
 */
export async function problemsOf(plan: Plan, parts: Parts, names: readonly string[] = []): Promise<PlanProblem[]> {
  const [host, images] = await Promise.all([parts.doctor.host(), parts.images.list()]);
  const recipe = parts.recipes.find(({ data }) => data.id === plan.recipe.id);
  return [
    ...nameProblems(plan, names),
    ...(recipe
      ? recipeProblems(
          plan,
          recipe,
          images.find(({ id }) => id === plan.image),
        )
      : [problem('recipe.id', `There is no recipe "${plan.recipe.id}".`)]),
    ...imageProblems(plan, images, parts),
    ...hostProblems(plan, host),
  ];
}

const CODES: Record<string, ErrorCode> = { name: 'conflict', connection: 'hypervisor', size: 'no-room' };

/** @throws StackboxError for the first problem; warnings pass. */
export function refuse(problems: readonly PlanProblem[]): void {
  const first = problems.find(({ severity }) => severity === 'problem');
  if (!first) return;
  throw new StackboxError(CODES[first.field.split('.')[0] ?? ''] ?? 'bad-input', first.message, {
    field: first.field,
    ...(first.hint !== undefined && { hint: first.hint }),
  });
}

function nameProblems(plan: Plan, names: readonly string[]): PlanProblem[] {
  const taken = names.some((name) => name.toLowerCase() === plan.name.toLowerCase());
  return taken ? [problem('name', `There is a cloud called ${plan.name} already.`, 'Choose another name.')] : [];
}

function recipeProblems(plan: Plan, recipe: Recipe, image: Image | undefined): PlanProblem[] {
  const { data } = recipe;
  const problems: PlanProblem[] = [];
  const options = recipe.options.safeParse(plan.recipe.options);
  for (const issue of options.error?.issues ?? []) problems.push(...optionProblems(issue, recipe));
  if (options.success && image)
    problems.push(...(recipe.check?.({ options: options.data, image, size: plan.size }) ?? []));
  if (options.success) problems.push(...fileProblems(recipe, { options: options.data, size: plan.size }));
  for (const [key, unit] of [
    ['cpus', 'processors'],
    ['memoryMiB', 'MiB of memory'],
    ['diskGiB', 'GiB of disk'],
  ] as const) {
    if (plan.size[key] >= data.least[key]) continue;
    problems.push(problem(`size.${key}`, `${data.title} needs at least ${data.least[key]} ${unit}.`));
  }
  return problems;
}

function optionProblems(issue: z.core.$ZodIssue, { data, fields }: Recipe): PlanProblem[] {
  if (issue.code !== 'unrecognized_keys') {
    return [problem(['recipe.options', ...issue.path].join('.'), issue.message)];
  }
  const known = fields.map(({ id }) => id).join(', ');
  const hint = known === '' ? 'It has no options.' : `It has: ${known}.`;
  return issue.keys.map((key) =>
    problem(`recipe.options.${key}`, `The recipe ${data.title} has no option "${key}".`, hint),
  );
}

function imageProblems(plan: Plan, all: readonly Image[], { recipes }: Parts): PlanProblem[] {
  const image = all.find(({ id }) => id === plan.image);
  if (!image) return [problem('image', `There is no image "${plan.image}".`, 'See the list of images.')];
  const data = recipes.find((recipe) => recipe.data.id === plan.recipe.id)?.data;
  if (!data || runsOn(data, image, all)) return [];
  const titles = all.filter(({ id }) => data.images.includes(id)).map(({ title }) => title);
  return [problem('image', `${data.title} does not run on ${image.title}.`, `It runs on ${titles.join(', ')}.`)];
}

/** By its identifier, or because it is the same release as one that is named: a lab's own build of Debian 12, say. */
export function runsOn(data: RecipeData, image: Image, all: readonly Image[]): boolean {
  const named = all.filter(({ id }) => data.images.includes(id));
  return named.some(({ id, os, release }) => id === image.id || (os === image.os && release === image.release));
}

function hostProblems(plan: Plan, host: Host): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const connection = host.connections.find(({ id }) => id === plan.connection);
  if (!connection?.usable) {
    const reason = connection?.reason ?? 'Stackbox does not know it here.';
    problems.push(problem('connection', `${connection?.title ?? plan.connection} cannot be used: ${reason}`));
  }
  const { size } = plan;
  if (size.cpus > host.cpus) problems.push(problem('size.cpus', `This computer has ${host.cpus} processors.`));
  if (size.memoryMiB > host.freeMemoryMiB) {
    problems.push(
      problem(
        'size.memoryMiB',
        `This computer can still give ${Math.floor(host.freeMemoryMiB)} MiB of memory.`,
        'Choose less, or stop another machine.',
      ),
    );
  }
  if (size.diskGiB > host.freeDiskGiB) {
    problems.push(
      problem(
        'size.diskGiB',
        `This computer has ${Math.floor(host.freeDiskGiB)} GiB of disk left.`,
        'Choose a smaller disk, or delete images that nobody uses.',
      ),
    );
  }
  return problems;
}

function problem(field: string, message: string, hint?: string): PlanProblem {
  return { field, message, severity: 'problem', ...(hint !== undefined && { hint }) };
}
