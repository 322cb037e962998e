/** What the commands share: a core to talk to, `--json`, and an exit code. */
import type { Command } from 'commander';
import type { ApiClient } from '../api';
import type { Backend } from './backend';
import type { Context, Io } from './io';

/** Options that every command knows. */
export interface Common {
  readonly json?: boolean;
}

export interface Tools {
  readonly api: ApiClient;
  readonly io: Io;
  readonly backend: Backend;
}

/** Adds a command with `--json`. @param isDefault whether it is meant when nothing follows the name of `program` */
export function command(program: Command, usage: string, description: string, isDefault = false): Command {
  return program.command(usage, { isDefault }).description(description).option('--json', 'print JSON for a script');
}

/** Opens the core, does the work, and closes it again whatever happened. @returns what the work returned */
export async function withBackend<T>({ io, openBackend }: Context, work: (tools: Tools) => Promise<T>): Promise<T> {
  const backend = await openBackend();
  try {
    return await work({ api: backend.api, io, backend });
  } finally {
    await backend.close();
  }
}
