/** How a command ends, for scripts. */
import type { ErrorCode } from '../../contract/errors';

export const EXIT = { ok: 0, failed: 1, badInput: 2, notFound: 3, busy: 4, cancelled: 130 } as const;

/** The exit code that tells a script what kind of failure it was. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === 'bad-input') return EXIT.badInput;
  if (code === 'not-found') return EXIT.notFound;
  if (code === 'busy' || code === 'locked') return EXIT.busy;
  return EXIT.failed;
}
