/** The branches of a git repository, from the repository itself. */
import { parse } from 'node:path';
import { StackboxError } from '../contract/errors';
import { run } from './process';

/** A server that has not answered by then (ms) does not keep a person waiting. */
const ANSWER_MS = 10_000;

/** No repository of OpenStack has nearly as many; garbage may. */
const MOST_BRANCHES = 2000;

/** The ways to a repository that git may take. `ext::` and its like run a program; ssh would ask for keys. */
const PROTOCOLS = ['https', 'http', 'git', 'file'];

const GIT_OPTIONS = [
  '-c',
  'protocol.allow=never',
  ...PROTOCOLS.flatMap((name) => ['-c', `protocol.${name}.allow=always`]),
  // Named once more, because a person's own settings may allow it by its name.
  '-c',
  'protocol.ext.allow=never',
  // Nobody is there to be asked, and no helper of the person's shall open a window.
  '-c',
  'credential.helper=',
];

export interface ListOptions {
  readonly signal?: AbortSignal | undefined;
  /** Instead of {@link ANSWER_MS}. */
  readonly answerMs?: number;
}

/**
 * Asks with `git ls-remote`. Runs in the file system's root, so that no repository's own settings count.
 * @param address of the repository: https, http, git or file
 * @returns names without `refs/heads/`, in the order of the repository
 * @throws StackboxError `bad-input`, `missing-tool`, `silent`, or `network` when it has no answer; the signal's reason
 */
export async function listBranches(address: string, options: ListOptions = {}): Promise<string[]> {
  if (!isAddress(address)) throw new StackboxError('bad-input', 'This is no address of a git repository.');
  const { signal, answerMs = ANSWER_MS } = options;
  const late = AbortSignal.timeout(answerMs);
  const seconds = Math.round(answerMs / 1000);
  const { password } = new URL(address);
  try {
    const { stdout } = await run('git', [...GIT_OPTIONS, 'ls-remote', '--heads', '--', address], {
      signal: signal ? AbortSignal.any([signal, late]) : late,
      silenceMs: answerMs * 2,
      secrets: password === '' ? [] : [password],
      cwd: parse(process.cwd()).root,
      env: { GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS: '' },
    });
    const branches = branchesIn(stdout);
    if (branches.length > 0) return branches;
  } catch (error) {
    signal?.throwIfAborted();
    if (late.aborted) throw new StackboxError('silent', `It did not answer within ${seconds} s.`, {}, { cause: error });
    if (!(error instanceof StackboxError) || error.code !== 'command-failed') throw error;
    throw new StackboxError('network', lastWords(error), { ...error.facts }, { cause: error });
  }
  throw new StackboxError('network', 'It answered, but named no branch.');
}

/** Nothing that git would take for an option, a program to run, or a path of its own. */
function isAddress(address: string): boolean {
  if (address.length > 2000 || !/^[\x21-\x7E]+$/.test(address) || !URL.canParse(address)) return false;
  const { protocol, host, pathname } = new URL(address);
  return PROTOCOLS.includes(protocol.slice(0, -1)) && (protocol === 'file:' ? pathname !== '/' : host !== '');
}

function branchesIn(output: string): string[] {
  return output
    .split('\n')
    .flatMap((line) => /^[0-9a-f]{40,64}\trefs\/heads\/([A-Za-z0-9](?:[\w./-]{0,98}\w)?)$/.exec(line)?.[1] ?? [])
    .slice(0, MOST_BRANCHES);
}

/** git's own words: the last "fatal:" line, without the address, which may hold a password. */
function lastWords({ facts }: StackboxError): string {
  const fatal = /^fatal: (.*)$/m.exec(facts.output ?? '')?.[1] ?? '';
  const plain = fatal.replaceAll(/'[^']*'|\b[a-z+]+:\/\/\S+/g, 'it').slice(0, 200);
  return plain === '' ? 'git could not ask it.' : `git says: ${plain}`;
}
