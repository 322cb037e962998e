/** A run as lines of text: one for every step that begins or ends, and on a terminal a last line that lives. */
import type { Run, Step } from '../../contract/models';
import type { Io } from './io';
import { duration, plainLine } from './words';

export interface ProgressView {
  show(run: Run): void;
  /** Takes the living line away. */
  end(): void;
}

/** Chooses by the stream: a terminal gets the living line, a pipe only whole lines. */
export function createProgress(io: Io): ProgressView {
  const lines = createLines();
  if (io.stderr.isTTY !== true) {
    return { show: (run) => lines(run).forEach((text) => io.stderr.write(`${text}\n`)), end: () => undefined };
  }
  // Back to the start of the line, and the line emptied.
  const clear = '\r\u001B[K';
  return {
    show(run) {
      const width = (io.stderr.columns ?? 80) - 1;
      const done = lines(run).map((text) => `${text}\n`);
      io.stderr.write(clear + done.join('') + Array.from(livingLine(run, Date.now())).slice(0, width).join(''));
    },
    end: () => void io.stderr.write(clear),
  };
}

/** @returns a function that gives the lines that are new since its last call */
export function createLines(): (run: Run) => string[] {
  const told = new Map<string, Step['state']>();
  return (run) =>
    run.steps.flatMap((step, index) => {
      if (told.get(step.id) === step.state) return [];
      told.set(step.id, step.state);
      const text = lineOf(step);
      return text === undefined ? [] : [`[${index + 1}/${run.steps.length}] ${step.title}${text}`];
    });
}

function lineOf(step: Step): string | undefined {
  const took = step.startedAt !== undefined && step.endedAt !== undefined ? step.endedAt - step.startedAt : undefined;
  switch (step.state) {
    case 'waiting':
      return undefined;
    case 'running':
      return ' …';
    case 'done':
      return took === undefined ? ': done' : `: done in ${duration(took)}`;
    case 'failed':
      return `: failed${step.error ? `: ${plainLine(step.error.message)}` : ''}`;
    case 'skipped':
    case 'cancelled':
      return `: ${step.state}`;
  }
}

/** What the running step is at: how far, the last words, the time left. */
export function livingLine(run: Run, now: number): string {
  const step = run.steps.find(({ state }) => state === 'running');
  if (!step) return '';
  const parts = [
    step.progress === undefined ? undefined : `${Math.round(step.progress * 100)} %`,
    step.startedAt === undefined ? undefined : duration(Math.max(0, now - step.startedAt)),
    run.left && `${run.left.about ? 'about ' : ''}${duration(run.left.ms)} left`,
    step.detail ?? step.lastLine,
  ];
  return `  ${parts.flatMap((part) => (part ? [plainLine(part)] : [])).join(' · ')}`;
}
