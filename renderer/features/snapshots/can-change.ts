import type { Cloud } from '../../../main/contract/models';

/** Whether the core would take a change of the cloud's snapshots now: nothing runs, and its install is done. */
export function canChange({ run, state }: Cloud): boolean {
  if (state === 'gone' || run?.state === 'running') return false;
  return run?.kind !== 'create' || run.state === 'done';
}
