/** The `openstack` command line in the guest, as the administrator, with answers that are checked. */
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import type { Guest, GuestResult } from '../../guest/guest';

export interface OpenStackOptions {
  readonly guest: Pick<Guest, 'exec'>;
  /** File in the guest that signs in the administrator. */
  readonly openrc: string;
  readonly signal: AbortSignal;
  /** Texts that no log may show. */
  readonly secrets: readonly string[];
}

export interface OpenStack {
  /** Runs a command that answers with JSON. @throws StackboxError `guest-failed` */
  ask<T>(words: readonly string[], schema: z.ZodType<T>, options?: { quiet?: boolean }): Promise<T>;
  /** Runs a command that does something. @returns what it said. @throws StackboxError `guest-failed` */
  tell(words: readonly string[]): Promise<string>;
  /** Runs another program as the login user. A failure is an answer; `quiet` as in {@link Guest.exec}. */
  run(argv: readonly string[], options?: { quiet?: boolean }): Promise<{ exitCode: number; output: string }>;
}

/** An identifier or a name of ours: nothing that the command line could take for an option. */
export const idSchema = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^[A-Za-z0-9][\w.:-]{0,127}$/, 'is no identifier'));

/** Python takes a while to start; in an emulated machine that has other work to do, a long while (ms). */
const SILENCE = 300_000;

const SIGN_IN = 'set -a; . "$1"; shift; exec openstack "$@"';

/** A command of a trial as a person would type it: without what signs it in. */
export function asTyped(argv: readonly string[]): readonly string[] {
  const [shell, option, script, , , ...words] = argv;
  return shell === 'sh' && option === '-c' && script === SIGN_IN ? ['openstack', ...words] : argv;
}

export function createOpenStack({ guest, openrc, signal, secrets }: OpenStackOptions): OpenStack {
  const call = (argv: readonly string[], quiet: boolean): Promise<GuestResult> =>
    guest.exec(argv, { signal, secrets, quiet, silenceMs: SILENCE });
  const openstack = async (words: readonly string[], quiet: boolean): Promise<string> => {
    const result = await call(['sh', '-c', SIGN_IN, 'sh', openrc, ...words], quiet);
    if (result.exitCode === 0) return result.stdout;
    const output = lastWords(result.stderr.trim() === '' ? result.stdout : result.stderr);
    const reason = output.split('\n').at(-1) ?? '';
    throw new StackboxError('guest-failed', `${nameOf(words)} failed: ${reason || `exit code ${result.exitCode}`}`, {
      output,
      exitCode: result.exitCode,
    });
  };
  return {
    async ask(words, schema, { quiet = false } = {}) {
      const text = await openstack([...words, '-f', 'json'], quiet);
      return understand(text, schema, words);
    },
    tell: (words) => openstack(words, false),
    async run(argv, { quiet = false } = {}) {
      const { exitCode, stdout, stderr } = await call(argv, quiet);
      return { exitCode, output: lastWords(`${stdout}${stderr}`) };
    },
  };
}

function understand<T>(text: string, schema: z.ZodType<T>, words: readonly string[]): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const facts = { output: lastWords(text) };
    throw new StackboxError('guest-failed', `${nameOf(words)} printed no JSON.`, facts, { cause: error });
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  throw new StackboxError('guest-failed', `${nameOf(words)} answered something else than expected.`, {
    output: lastWords(`${z.prettifyError(checked.error)}\n\n${text}`),
  });
}

/** `openstack server create`: the verb, without what it is about. */
function nameOf(words: readonly string[]): string {
  const end = words.findIndex((word) => word.startsWith('-'));
  return `"openstack ${words.slice(0, end < 0 ? 3 : Math.min(end, 3)).join(' ')}"`;
}

/** Characters of an output that are kept with an error. */
const KEPT = 4000;

/** The end of an output as plain text: without colours, moves of the cursor and what no document may hold. */
export function lastWords(text: string): string {
  return (
    stripVTControlCharacters(text.slice(-2 * KEPT))
      // oxlint-disable-next-line no-control-regex -- control characters are what must go
      .replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\uFFFE\uFFFF]/g, '')
      .replace(/\p{Surrogate}/gu, '')
      .trim()
      .slice(-KEPT)
  );
}
