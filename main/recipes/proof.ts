/** What the proofs of recipes share: a program in the guest that has to succeed. */
import { StackboxError } from '../contract/errors';
import type { GuestResult } from '../guest/guest';
import type { RecipeContext } from './types';

/** @throws StackboxError `guest-failed` with the program's last words when it did not succeed */
export function expectSuccess(what: string, { exitCode, stdout, stderr }: GuestResult): string {
  if (exitCode === 0) return stdout;
  const output = (stderr.trim() || stdout.trim()).slice(-4000);
  const reason = output.split('\n').at(-1) ?? '';
  throw new StackboxError('guest-failed', `${what} does not work: ${reason || `exit code ${exitCode}`}`, {
    output,
    exitCode,
  });
}

/**
 * Runs `openstack` in the guest as the administrator and reads its JSON.
 * @param openrc file in the guest with the administrator's environment; its password never is an argument
 */
export async function openstack(openrc: string, words: readonly string[], context: RecipeContext): Promise<unknown> {
  const script = 'set -a; . "$1"; shift; exec openstack "$@" -f json';
  const result = await context.guest.exec(['sh', '-c', script, 'sh', openrc, ...words], {
    signal: context.signal,
    // A token printed by "token issue" opens the cloud as the password does.
    secrets: Object.values(context.passwords),
  });
  const text = expectSuccess(`openstack ${words.join(' ')}`, result);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StackboxError(
      'guest-failed',
      `openstack ${words.join(' ')} printed no JSON.`,
      { output: text },
      { cause: error },
    );
  }
}
