/** What the journal of a cloud keeps of "Try it": the trial that is under way, and the last one that came to its end. */
import { z } from 'zod';
import type { CommandRecord, Run, Step } from '../../contract/models';
import { trialCheckSchema, trialSchema, type Trial, type TrialCheck } from '../../contract/trial';
import { asTyped } from '../../recipes/trial/openstack';

const commandSchema = z.object({ argv: z.array(z.string()), ms: z.number(), exitCode: z.int().exactOptional() });

export const trialProgressSchema = z.object({
  /** The run that it belongs to. */
  runId: z.string(),
  /** Types of services that the catalogue names. */
  types: z.array(z.string()),
  /** Kinds of things that may have been made and not been removed. */
  begun: z.array(z.string()),
  /** What checks have found, for those after them. */
  found: z.record(z.string(), z.string()),
  /** By check: what was seen, or why it was skipped. */
  notes: z.record(z.string(), z.string()),
});
export type TrialProgress = z.infer<typeof trialProgressSchema>;

export function noProgress(runId: string): TrialProgress {
  return { runId, types: [], begun: [], found: {}, notes: {} };
}

export const trialRecordSchema = trialSchema.extend({
  checks: z.array(
    trialCheckSchema.extend({
      /** The last words of what failed. */
      output: z.string().exactOptional(),
      hint: z.string().exactOptional(),
      commands: z.array(commandSchema),
    }),
  ),
});
export type TrialRecord = z.infer<typeof trialRecordSchema>;
type RecordedCheck = TrialRecord['checks'][number];

/** Steps of a trial's run that check something are called so; the others only serve the run. */
export const CHECK_STEP = 'try-';

/** Checks that are only worth a line when they did something. */
const HOUSEKEEPING: ReadonlySet<string> = new Set(['left-overs', 'clean-up']);

/** What came of a run, from its steps and from what its checks have noted. */
export function recordOf(
  run: Run,
  { notes }: TrialProgress,
  commands: readonly CommandRecord[],
  now: number,
): TrialRecord {
  const steps = run.steps.filter(({ id }) => id.startsWith(CHECK_STEP));
  const stopped = steps.find(({ state }) => state === 'failed')?.title ?? '';
  const checks = steps.flatMap((step): RecordedCheck[] => {
    const id = step.id.slice(CHECK_STEP.length);
    const check = checkOf(step, id, notes[id] ?? '', stopped);
    if (check.state === 'skipped' && HOUSEKEEPING.has(id)) return [];
    const { output, hint } = step.error ?? {};
    return [
      {
        ...check,
        ...(output !== undefined && output !== '' && { output }),
        ...(hint !== undefined && { hint }),
        commands: commands
          .filter(({ stepId, startedAt }) => stepId === step.id && startedAt >= run.startedAt)
          .map(shown),
      },
    ];
  });
  const state = checks.some((check) => check.state === 'failed') ? 'failed' : 'passed';
  return { runId: run.id, startedAt: run.startedAt, endedAt: now, state, checks };
}

/** @param stopped the step after whose failure nothing more was tried */
function checkOf(step: Step, id: string, note: string, stopped: string): TrialCheck {
  const { title, state, startedAt = 0, endedAt = startedAt, error } = step;
  const ms = Math.max(0, endedAt - startedAt);
  switch (state) {
    case 'done':
      return { id, title, state: 'passed', ms, note };
    case 'failed':
      return { id, title, state: 'failed', ms, note: error?.message ?? '' };
    case 'skipped':
      return { id, title, state: 'skipped', ms: 0, note };
    case 'waiting':
    case 'running':
    case 'cancelled':
      return { id, title, state: 'skipped', ms: 0, note: `It was not tried, because “${stopped}” failed before.` };
  }
}

/** What the window is shown all the time: without the commands and outputs, which are for the report. */
export function shownTrial({ checks, ...trial }: TrialRecord): Trial {
  return { ...trial, checks: checks.map(({ id, title, state, ms, note }) => ({ id, title, state, ms, note })) };
}

function shown({ argv, durationMs = 0, exitCode }: CommandRecord): TrialRecord['checks'][number]['commands'][number] {
  return { argv: [...asTyped(argv)], ms: durationMs, ...(exitCode !== undefined && { exitCode }) };
}
