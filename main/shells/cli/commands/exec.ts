import type { Command } from 'commander';
import { EXEC_INPUT_MAX } from '../../../contract/limits';
import { command, withBackend, type Common } from '../command';
import { findCloud } from '../find-cloud';
import { readInput } from '../input-file';
import { json, type Context } from '../io';

interface ExecOptions extends Common {
  readonly input?: string;
}

/** `stackbox exec NAME -- cmd…`: one program in the machine; its exit code becomes ours. */
export function addExec(program: Command, context: Context): void {
  command(program, 'exec <cloud> <argv...>', 'run a program in the machine of a cloud: exec NAME -- PROGRAM ARGS')
    // Only on request, and not whatever comes: a loop that reads its list from standard input would lose it.
    .option('--input <file>', 'what the program reads; - hands standard input on')
    .passThroughOptions()
    .action((wanted: string, words: string[], { json: asJson, input: path }: ExecOptions) =>
      withBackend(context, async ({ api, io, backend }) => {
        const input = path === undefined ? undefined : await readInput(path, io, EXEC_INPUT_MAX);
        const { id: cloudId } = await findCloud(api, wanted);
        await backend.share();
        // What follows is handed on untouched, and that leaves the separator in front of it.
        const argv = words[0] === '--' ? words.slice(1) : words;
        const ended = await api.clouds.exec({
          cloudId,
          argv,
          ...(input && { input: input.toString('base64') }),
        });
        if (asJson) json(io, ended);
        else {
          io.stdout.write(ended.stdout);
          io.stderr.write(ended.stderr);
        }
        context.setExitCode(ended.exitCode);
      }),
    );
}
