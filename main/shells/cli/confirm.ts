/** Asks before something is gone. */
import { createInterface } from 'node:readline/promises';
import { StackboxError } from '../../contract/errors';
import type { Context } from './io';

/** @throws StackboxError `bad-input` unless the person says yes, or where there is nobody to ask */
export async function confirm({ io }: Context, question: string): Promise<void> {
  if (io.stdin.isTTY !== true) throw new StackboxError('bad-input', question, { hint: 'Add --yes to do it.' });
  const asker = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answer = await asker.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new StackboxError('bad-input', 'Nothing was done.');
  } finally {
    asker.close();
  }
}
