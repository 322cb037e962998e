import type { Run } from '../../main/contract/models';
import { formatCommand } from './format';

/** An error as the core sends it, in an answer or inside a cloud, run, step or image. */
export type ShownError = NonNullable<Run['error']>;

/** All that is known about an error as plain text, for the clipboard. */
export function errorText(error: ShownError): string {
  const lines = [`${error.message} [${error.code}]`];
  if (error.hint !== undefined) lines.push(error.hint);
  if (error.command !== undefined) lines.push(`$ ${formatCommand(error.command)}`);
  if (error.exitCode !== undefined) lines.push(`exit code ${error.exitCode}`);
  if (error.output !== undefined) lines.push(error.output);
  return lines.join('\n');
}
