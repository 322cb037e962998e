/** Asks before something is gone. */
import { createInterface } from 'node:readline/promises';
import { StackboxError } from '../../contract/errors';
import { say, type Context } from './io';

/** @param gone what will be gone. @throws StackboxError `bad-input` unless the person says yes, or where nobody can be asked */
export async function confirm({ io }: Context, gone: string, question: string): Promise<void> {
  if (io.stdin.isTTY !== true) throw new StackboxError('bad-input', gone, { hint: 'Add --yes to do it.' });
  say(io, gone);
  const asker = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answer = await asker.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new StackboxError('bad-input', 'Nothing was done.');
  } finally {
    asker.close();
  }
}
