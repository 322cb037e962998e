/** The command line: parses, runs one command, and turns its end into an exit code. */
import { Command, CommanderError } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { fromApi } from '../errors';
import type { Backend } from './backend';
import { addClients } from './commands/clients';
import { addConfig } from './commands/config';
import { addCreate } from './commands/create';
import { addExec } from './commands/exec';
import { addImages } from './commands/images';
import { addLifecycle } from './commands/lifecycle';
import { addLogs } from './commands/logs';
import { addLook } from './commands/look';
import { addServe } from './commands/serve';
import { addServices } from './commands/services';
import { addConsole, addShell } from './commands/shell';
import { addSnapshot } from './commands/snapshot';
import { addTry } from './commands/try';
import { EXIT, exitCodeOf } from './exit-codes';
import { sayError, type Context, type Io } from './io';

export interface Surroundings {
  readonly io: Io;
  readonly dataFolder: string;
  readonly windowFolder: string;
  readonly openBackend: () => Promise<Backend>;
}

/**
 * Runs one command.
 * @param args without the program's name
 * @returns the exit code
 */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { io } = surroundings;
  let exitCode: number = EXIT.ok;
  const context: Context = {
    ...surroundings,
    setExitCode: (code) => {
      exitCode = code;
    },
  };
  const program = new Command('stackbox')
    .description('A development OpenStack cloud on your own computer.')
    .version(packageJson.version)
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    });
  const adders = [
    ...[addCreate, addConfig, addLook, addLifecycle, addTry, addSnapshot, addServices],
    ...[addClients, addLogs, addShell, addConsole, addExec, addImages, addServe],
  ];
  for (const add of adders) add(program, context);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.badInput;
    const error = fromApi(thrown);
    sayError(io, error, optionsOf(args).includes('--json'));
    return exitCodeOf(error.code);
  }
  return exitCode;
}

/** What stands before `--`: the rest belongs to a program in the guest. */
function optionsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end < 0 ? args : args.slice(0, end);
}
