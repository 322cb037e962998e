/**
 * Carries out a run: declared steps, one after the other, each journalled before and after. Knows nothing of clouds,
 * hypervisors or OpenStack.
 */
import { StackboxError } from '../../contract/errors';
import type { Remedy, Run, Step } from '../../contract/models';
import type { CommandEntry } from '../../host/process';
import type { Durations } from './durations';
import { timeLeft } from './estimate';
import type { JournalRecord } from './records';
import { AppClosing, type StepContext, type StepDefinition } from './step';

/** What the engine needs of the cloud whose run it is. */
export interface RunHost {
  /** Writes to the journal and takes the records into the run's state. */
  record(...records: readonly JournalRecord[]): Promise<void>;
  /** The run's state changed and is worth showing. */
  changed(): void;
  command(runId: string, stepId: string, where: 'host' | 'guest', entry: CommandEntry): void;
}

export interface RunOptions {
  readonly host: RunHost;
  readonly durations: Durations;
  /** Runs of the same series take about the same time: recipe, image and acceleration. */
  readonly series: string;
  readonly signal: AbortSignal;
  /** Ends also the steps that run in any case; the same as `signal` by default. */
  readonly leave?: AbortSignal;
}

/**
 * Runs every step that is not over yet and returns when the run has ended, one way or another; it never throws for a
 * failed step. When the app closes in the middle nothing is written, so that the next start finds the run unfinished.
 * @param run the state in the journal; its steps are those of `definitions`
 */
export async function carryOut(run: Run, definitions: readonly StepDefinition[], options: RunOptions): Promise<void> {
  const { host } = options;
  const now = (): number => Date.now();
  expect(run, definitions, options);
  let remedy: Remedy | undefined;
  for (;;) {
    const next = nextStep(run.steps, definitions);
    if (!next) break;
    const { step, definition } = next;
    const end = await runStep(run, step, definition, options);
    if (end.state === 'interrupted') return;
    const ended = { at: now(), type: 'step', runId: run.id, stepId: step.id, state: end.state } as const;
    if (end.state === 'done' || end.state === 'skipped') {
      await host.record(ended);
      if (end.state === 'done') remember(step, options);
      refresh(run);
      host.changed();
      continue;
    }
    remedy ??= end.remedy;
    const record = { ...ended, ...(end.error && { error: end.error.toRecord() }) };
    const then = run.steps.map((one) => (one === step ? { ...one, ...record } : one));
    const isLast = !nextStep(then, definitions);
    // In one write with the end of the run, where this is it: no crash may come between the two.
    await host.record(record, ...(isLast ? [endOf(run.id, then, remedy)] : []));
    refresh(run);
    host.changed();
    if (isLast) return;
  }
  const end = endOf(run.id, run.steps, remedy);
  await host.record(end);
  if (end.state === 'done') await options.durations.save();
  refresh(run);
  host.changed();
}

/** The step that comes next; after a failure or a cancel only those that run in any case. */
function nextStep(
  steps: readonly Step[],
  definitions: readonly StepDefinition[],
): { step: Step; definition: StepDefinition } | undefined {
  const stops = (step: Step): boolean =>
    step.state === 'cancelled' ||
    (step.state === 'failed' && definitions.find(({ id }) => id === step.id)?.tolerates?.(step.error) !== true);
  const stopped = steps.some(stops);
  for (const definition of definitions) {
    const step = steps.find(({ id }) => id === definition.id);
    if (!step || (step.state !== 'waiting' && step.state !== 'running')) continue;
    if (!stopped || definition.always === true) return { step, definition };
  }
  return undefined;
}

/** How a run with these steps ends: cancelled, or failed as its first failed step did, or done. */
function endOf(
  runId: string,
  steps: readonly Step[],
  remedy: Remedy | undefined,
): Extract<JournalRecord, { type: 'run-ended' }> {
  const end = { at: Date.now(), type: 'run-ended', runId } as const;
  if (steps.some(({ state }) => state === 'cancelled')) return { ...end, state: 'cancelled' };
  const failed = steps.find(({ state }) => state === 'failed');
  if (!failed) return { ...end, state: 'done' };
  return { ...end, state: 'failed', ...(failed.error && { error: failed.error }), ...(remedy && { remedy }) };
}

/** How a step ended. `interrupted`: the app closes, nothing is written. */
type StepEnd =
  | { state: 'done' | 'skipped' | 'interrupted'; error?: undefined; remedy?: undefined }
  | { state: 'failed'; error: StackboxError; remedy: Remedy | undefined }
  | { state: 'cancelled'; error?: undefined; remedy?: undefined };

async function runStep(run: Run, step: Step, definition: StepDefinition, options: RunOptions): Promise<StepEnd> {
  const { host } = options;
  await host.record({ at: Date.now(), type: 'step', runId: run.id, stepId: step.id, state: 'running' });
  refresh(run);
  host.changed();

  const silence = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), definition.silenceMs);
    refresh(run);
    host.changed();
  };
  alive();
  let remedy: Remedy | undefined;
  const asked = definition.always === true ? (options.leave ?? options.signal) : options.signal;
  const signal = AbortSignal.any([asked, silence.signal]);
  const context: StepContext = {
    signal,
    progress(fraction, detail) {
      if (fraction === undefined) delete step.progress;
      else step.progress = Math.min(1, Math.max(0, fraction));
      if (detail !== undefined) step.detail = detail;
      alive();
    },
    line(text) {
      step.lastLine = text.slice(0, LINE_KEPT);
      step.lastLineAt = Date.now();
      alive();
    },
    command(where, entry) {
      host.command(run.id, step.id, where, entry);
      alive();
    },
    claim: (resources) => host.record({ at: Date.now(), type: 'claimed', stepId: step.id, resources: [...resources] }),
    fact: (key, value) => host.record({ at: Date.now(), type: 'fact', key, value }),
    explain(known) {
      remedy = known;
    },
  };
  try {
    asked.throwIfAborted();
    return { state: await definition.run(context) };
  } catch (thrown) {
    if (asked.aborted) return { state: asked.reason instanceof AppClosing ? 'interrupted' : 'cancelled' };
    const error = silence.signal.aborted ? silent(definition, step) : StackboxError.from(thrown);
    return { state: 'failed', error, remedy };
  } finally {
    clearTimeout(timer);
  }
}

/** Characters of the last line that are shown; a progress bar drawn by a program can be thousands long. */
const LINE_KEPT = 500;

function silent(definition: StepDefinition, step: Step): StackboxError {
  const seconds = Math.round(definition.silenceMs / 1000);
  return new StackboxError('silent', `"${definition.title}" gave no sign of life for ${seconds} s.`, {
    hint: definition.hint ?? 'Try again; if it happens twice, look at the logs.',
    ...(step.lastLine !== undefined && { output: step.lastLine }),
  });
}

function expect(run: Run, definitions: readonly StepDefinition[], { durations, series }: RunOptions): void {
  for (const definition of definitions) {
    const step = run.steps.find((candidate) => candidate.id === definition.id);
    if (!step) continue;
    const learned = durations.expected(series, definition.id);
    step.expectedMs = learned ?? definition.expectedMs;
    step.expectedFrom = learned === undefined ? 'recipe' : 'history';
  }
  refresh(run);
}

function remember(step: Step, { durations, series }: RunOptions): void {
  if (step.startedAt === undefined || step.endedAt === undefined) return;
  durations.remember(series, step.id, step.endedAt - step.startedAt);
}

function refresh(run: Run): void {
  const left = run.state === 'running' ? timeLeft(run.steps, Date.now()) : undefined;
  if (left === undefined) delete run.left;
  else run.left = left;
}
