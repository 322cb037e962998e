import { ORPCError } from '@orpc/client';
import { ERROR_CODES, type ErrorRecord } from '../../main/contract/errors';

/** Whatever a call threw, as the core's plain error record. */
export function toRecord(thrown: unknown): ErrorRecord {
  if (thrown instanceof ORPCError) {
    if (thrown.code === 'STACKBOX' && isRecord(thrown.data)) return thrown.data;
    if (thrown.code === 'BAD_REQUEST') return { code: 'bad-input', message: firstIssue(thrown.data) ?? thrown.message };
    return { code: 'internal', message: thrown.message };
  }
  if (isAbort(thrown)) return { code: 'unreachable', message: 'The connection to the back end was lost.' };
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** Whether a call was cut short, by us or by the end of its connection. */
export function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}

function isRecord(data: unknown): data is ErrorRecord {
  return (
    typeof data === 'object' &&
    data !== null &&
    'code' in data &&
    'message' in data &&
    typeof data.message === 'string' &&
    ERROR_CODES.some((code) => code === data.code)
  );
}

/** The contract's own refusal of an input carries the schema's issues; the first one is what to fix first. */
function firstIssue(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) return undefined;
  const issues: readonly unknown[] = data.issues;
  const [issue] = issues;
  if (typeof issue !== 'object' || issue === null || !('message' in issue)) return undefined;
  return typeof issue.message === 'string' ? issue.message : undefined;
}
