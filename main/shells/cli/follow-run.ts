/** Stays with a run until it has ended, however that is. */
import { StackboxError } from '../../contract/errors';
import type { Cloud, CoreEvent, Run } from '../../contract/models';
import type { ApiClient } from '../api';
import { say, type Io } from './io';
import { createProgress } from './progress';

export interface FollowOptions {
  readonly api: ApiClient;
  readonly io: Io;
  /** First Ctrl-C cancels the run; without it Ctrl-C only ends this command. */
  readonly cancelOnInterrupt: boolean;
  /** No progress, for `--json`. */
  readonly quiet: boolean;
}

/** How a run ended; `cloud` is absent after a delete. */
export interface Ended {
  readonly state: Run['state'];
  readonly cloud: Cloud | undefined;
}

/**
 * Follows the run that a call just began. A cloud that is gone counts as done: it was deleted.
 * @param begun the call's answer
 * @throws StackboxError the run's own error when it failed
 */
export async function followRun(begun: Cloud, options: FollowOptions): Promise<Ended> {
  const { api, io, quiet } = options;
  const { id: cloudId, run: { id: runId } = {} } = begun;
  const progress = createProgress(io);
  const over = new AbortController();
  const interrupts = options.cancelOnInterrupt ? onInterrupt(() => cancel(cloudId, options)) : () => undefined;
  try {
    for await (const event of await api.events(undefined, { signal: over.signal })) {
      const seen = seenIn(event, cloudId);
      if (seen === undefined) continue;
      if (seen === 'gone') return { state: 'done', cloud: undefined };
      // Somebody else began another run: ours is over, and how it ended is no longer known.
      if (seen.run?.id !== runId || seen.run === undefined) return { state: 'interrupted', cloud: seen };
      if (!quiet) progress.show(seen.run);
      if (seen.run.state === 'running') continue;
      progress.end();
      if (seen.run.state === 'failed' && seen.run.error) throw failureOf(seen, seen.run, seen.run.error);
      return { state: seen.run.state, cloud: seen };
    }
  } finally {
    interrupts();
    progress.end();
    over.abort();
  }
  throw new StackboxError('unreachable', 'The running Stackbox ended. The run goes on when it is started again.');
}

function seenIn(event: CoreEvent, cloudId: string): Cloud | 'gone' | undefined {
  if (event.type === 'snapshot') return event.clouds.find(({ id }) => id === cloudId) ?? 'gone';
  if (event.type === 'cloud-deleted' && event.cloudId === cloudId) return 'gone';
  return event.type === 'cloud' && event.cloud.id === cloudId ? event.cloud : undefined;
}

function failureOf({ name }: Cloud, { remedy }: Run, error: NonNullable<Run['error']>): StackboxError {
  const { code, message, hint, output } = error;
  const offer = remedy?.action && `${remedy.action.title}: stackbox retry ${name} --cure ${remedy.action.id}`;
  const help = remedy ? [`${remedy.cause} ${remedy.cure}`, ...(offer ? [offer] : [])].join('\n') : hint;
  return new StackboxError(code, message, {
    ...(help !== undefined && { hint: help }),
    ...(output !== undefined && { output }),
  });
}

function onInterrupt(first: () => void): () => void {
  const handler = (): void => first();
  // After the first one the system's own answer is back: a second Ctrl-C ends the process at once.
  process.once('SIGINT', handler);
  return () => process.off('SIGINT', handler);
}

function cancel(cloudId: string, { api, io }: FollowOptions): void {
  say(io, '\nCancelling. Press Ctrl-C again to leave at once.');
  api.clouds.cancel({ cloudId }).catch((error: unknown) => {
    say(io, `It could not be cancelled: ${error instanceof Error ? error.message : String(error)}`);
  });
}
