import type { Command } from 'commander';
import { command, withBackend, type Common } from '../command';
import { findCloud } from '../find-cloud';
import { json, type Context } from '../io';

/** `stackbox exec NAME -- cmd…`: one program in the machine; its exit code becomes ours. */
export function addExec(program: Command, context: Context): void {
  command(program, 'exec <cloud> <argv...>', 'run a program in the machine of a cloud: exec NAME -- PROGRAM ARGS')
    .passThroughOptions()
    .action((wanted: string, words: string[], { json: asJson }: Common) =>
      withBackend(context, async ({ api, io, backend }) => {
        const { id: cloudId } = await findCloud(api, wanted);
        await backend.share();
        // What follows is handed on untouched, and that leaves the separator in front of it.
        const argv = words[0] === '--' ? words.slice(1) : words;
        const ended = await api.clouds.exec({ cloudId, argv });
        if (asJson) json(io, ended);
        else {
          io.stdout.write(ended.stdout);
          io.stderr.write(ended.stderr);
        }
        context.setExitCode(ended.exitCode);
      }),
    );
}
