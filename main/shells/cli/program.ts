/** The command line: parses, runs one command, and turns its end into an exit code. */
import { Command, CommanderError } from 'commander';
import { fromApi } from '../errors';
import { addServe } from './commands/serve';
import { EXIT, exitCodeOf } from './exit-codes';
import { sayError, type Context } from './io';

const VERSION = '0.1.0';

/**
 * Runs one command.
 * @param args without the program's name
 * @returns the exit code
 */
export async function runCommandLine(args: readonly string[], context: Context): Promise<number> {
  const { io } = context;
  let exitCode: number = EXIT.ok;
  const program = new Command('stackbox')
    .description('A development OpenStack cloud on your own computer.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    });
  addServe(program, context);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.badInput;
    const error = fromApi(thrown);
    sayError(io, error, args.includes('--json'));
    exitCode = exitCodeOf(error.code);
  }
  return exitCode;
}
