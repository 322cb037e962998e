/** Calls of `virsh` on one connection, and what its error texts mean. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StackboxError, type ErrorCode } from '../../contract/errors';
import { run, type ProcessResult } from '../../host/process';
import type { CallOptions } from '../driver';

/** virsh says nothing while a machine's memory is written to disk or read from it, for as long as this (ms) if it is big. */
export const MEMORY_SILENCE_MS = 900_000;

export interface VirshOptions extends CallOptions {
  /** Accepts failure as an answer; the result then carries exit code and error text. */
  readonly mayFail?: boolean;
  /** See `run`. Default 120 s: where KVM is broken a define takes 88 s. */
  readonly silenceMs?: number;
}

export interface Virsh {
  readonly uri: string;
  /**
   * Runs virsh with these arguments. One argument may hold several commands with `;` between them; that is virsh's
   * own syntax (no shell) and only for words that are ours, such as UUIDs.
   * @throws StackboxError with the code that the error text stands for
   */
  call(args: readonly string[], options?: VirshOptions): Promise<ProcessResult>;
  /** The same for commands that read a file: `args` gets the path of a private file with that content. */
  callWith(
    content: string | Uint8Array,
    args: (path: string) => readonly string[],
    options?: VirshOptions,
  ): Promise<ProcessResult>;
}

/**
 * @param uri always given to virsh: its default differs between distributions
 * @param workFolder folder of ours for the files that virsh reads; made when needed
 */
export function createVirsh(uri: string, workFolder: string): Virsh {
  const call = async (args: readonly string[], options: VirshOptions = {}): Promise<ProcessResult> => {
    const { mayFail = false, ...rest } = options;
    try {
      return await run('virsh', ['-c', uri, ...args], { ...rest, ...(mayFail ? { okCodes: [1] } : {}) });
    } catch (error) {
      throw translate(error);
    }
  };
  return {
    uri,
    call,
    async callWith(content, args, options) {
      options?.signal?.throwIfAborted();
      await mkdir(workFolder, { recursive: true, mode: 0o700 });
      const folder = await mkdtemp(join(workFolder, 'virsh-'));
      try {
        const path = join(folder, 'input');
        await writeFile(path, content, { mode: 0o600 });
        return await call(args(path), options);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** virsh's messages are not translated: `run` sets the C locale. Seen with 9.0.0. */
const MEANINGS: readonly { match: RegExp; code: ErrorCode; hint?: string }[] = [
  { match: /failed to get domain|domain not found/i, code: 'not-found' },
  {
    match:
      /authentication (unavailable|failed|cancelled)|access denied|polkit|system bus|failed to connect.*permission denied/i,
    code: 'denied',
    hint: 'Members of the group "libvirt" may use the system connection; a new membership counts after the next login.',
  },
  { match: /no space left|disk quota exceeded/i, code: 'no-room', hint: 'Free some disk space and try again.' },
  {
    match: /cannot allocate memory|cannot set up guest memory/i,
    code: 'no-room',
    hint: 'Give the machine less memory.',
  },
  { match: /already exists|already in use by|already defined/i, code: 'conflict' },
  {
    match: /failed to connect socket|connection refused|cannot recv data|end of file while reading|disconnected/i,
    code: 'hypervisor',
    hint: 'Check that libvirt runs: "systemctl status libvirtd", or on newer systems "virtqemud".',
  },
];

/** Turns "virsh failed" into what happened. Other errors (cancelled, silent, not installed) stay as they are. */
function translate(error: unknown): unknown {
  if (!(error instanceof StackboxError) || error.code !== 'command-failed') return error;
  const { output = '' } = error.facts;
  const meaning = MEANINGS.find(({ match }) => match.test(output));
  const hint = meaning?.hint;
  return new StackboxError(
    meaning?.code ?? 'hypervisor',
    `libvirt: ${errorText(output) || error.message}`,
    { ...error.facts, ...(hint === undefined ? {} : { hint }) },
    { cause: error },
  );
}

/** The lines after "error:", the most exact one: virsh first says what it wanted, then why that failed. */
export function errorText(output: string): string {
  const lines = output.split('\n').filter((line) => line.startsWith('error:'));
  return (lines.at(-1) ?? '').replace(/^error:\s*/, '').trim();
}
