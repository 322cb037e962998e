/** Time left of a run, from the durations that its steps are expected to have. */
import type { Run, Step } from '../../contract/models';

/**
 * @param now milliseconds since 1970
 * @returns `undefined` once nothing is left to do
 */
export function timeLeft(steps: readonly Step[], now: number): Run['left'] {
  const open = steps.filter((step) => step.state === 'waiting' || step.state === 'running');
  if (open.length === 0) return undefined;
  const ms = open.reduce((sum, step) => sum + stepLeft(step, now), 0);
  return { ms, about: open.some((step) => step.expectedFrom !== 'history') };
}

/** Below this share done, the speed so far says less than the expectation. */
const TRUST_PROGRESS_FROM = 0.1;

function stepLeft(step: Step, now: number): number {
  const expected = step.expectedMs ?? 0;
  if (step.state === 'waiting' || step.startedAt === undefined) return expected;
  const elapsed = now - step.startedAt;
  const byExpectation = Math.max(0, expected - elapsed);
  if (step.progress === undefined || step.progress < TRUST_PROGRESS_FROM) return byExpectation;
  const byProgress = (elapsed * (1 - step.progress)) / step.progress;
  // The further the step is, the more its own speed counts.
  return byProgress * step.progress + byExpectation * (1 - step.progress);
}
