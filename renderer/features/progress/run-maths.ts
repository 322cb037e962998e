import type { Run, Step } from '../../../main/contract/models';

/** Weight in ms of a step whose duration nobody knows. */
const UNKNOWN_MS = 5000;

const OVER = new Set<Step['state']>(['done', 'skipped']);

/** How many steps need nothing more. */
export function countOver(steps: readonly Step[]): number {
  return steps.filter((step) => OVER.has(step.state)).length;
}

/** How far a run is (0…1), each step weighed by how long it is expected to take. */
export function shareDone(run: Run, now: number): number {
  if (run.state === 'done') return 1;
  let done = 0;
  let all = 0;
  for (const step of run.steps) {
    const weight = step.expectedMs ?? UNKNOWN_MS;
    all += weight;
    if (OVER.has(step.state)) done += weight;
    else if (step.state === 'running') done += weight * stepShare(step, now);
  }
  return all === 0 ? 0 : done / all;
}

/** How far a running step is: what it says itself, else by time, which never pretends to be all. */
function stepShare(step: Step, now: number): number {
  if (step.progress !== undefined) return step.progress;
  if (step.startedAt === undefined || step.expectedMs === undefined || step.expectedMs === 0) return 0;
  return Math.min(0.95, Math.max(0, (now - step.startedAt) / step.expectedMs));
}

export interface StepGroup {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** Steps in their order, gathered while their group stays the same. */
export function groupSteps(steps: readonly Step[]): readonly StepGroup[] {
  const groups: { title: string; steps: Step[] }[] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last?.title === step.group) last.steps.push(step);
    else groups.push({ title: step.group, steps: [step] });
  }
  return groups;
}
