/** Whether a plan can run on this computer now; found out without making anything. */
import { StackboxError, type ErrorCode } from '../../contract/errors';
import type { Host, PlanProblem } from '../../contract/models';
import type { Plan } from '../../contract/plan';
import type { Recipe } from '../../recipes/types';
import type { CoreParts } from '../parts';

type Parts = Pick<CoreParts, 'recipes' | 'images' | 'doctor'>;

/**
 * Everything that stands in the way, field by field.
 * @param names of the clouds that there are already
 */
export async function problemsOf(plan: Plan, parts: Parts, names: readonly string[] = []): Promise<PlanProblem[]> {
  const [host, imageProblem] = await Promise.all([parts.doctor.host(), imageProblems(plan, parts)]);
  const recipe = parts.recipes.find(({ data }) => data.id === plan.recipe.id);
  return [
    ...nameProblems(plan, names),
    ...(recipe ? recipeProblems(plan, recipe) : [problem('recipe.id', `There is no recipe "${plan.recipe.id}".`)]),
    ...imageProblem,
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

function recipeProblems(plan: Plan, recipe: Recipe): PlanProblem[] {
  const { data } = recipe;
  const problems: PlanProblem[] = [];
  const options = recipe.options.safeParse(plan.recipe.options);
  for (const issue of options.error?.issues ?? []) {
    problems.push(problem(['recipe.options', ...issue.path].join('.'), issue.message));
  }
  if (!data.images.includes(plan.image)) {
    const known = data.images.join(', ');
    problems.push(problem('image', `${data.title} does not run on ${plan.image}.`, `It runs on ${known}.`));
  }
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

async function imageProblems(plan: Plan, { images }: Parts): Promise<PlanProblem[]> {
  const known = (await images.list()).some(({ id }) => id === plan.image);
  return known ? [] : [problem('image', `There is no image "${plan.image}".`, 'See the list of images.')];
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
