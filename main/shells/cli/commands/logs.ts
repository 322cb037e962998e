import { Option, type Command } from 'commander';
import { logSourceSchema, type LogSource } from '../../../contract/api';
import { command, withBackend, type Common } from '../command';
import { findCloud } from '../find-cloud';
import { json, type Context } from '../io';

/** How long (ms) one question for more waits in the core before it is asked again. */
const WAIT_MS = 20_000;

interface LogOptions extends Common {
  readonly source: LogSource;
  readonly follow?: boolean;
}

/** `stackbox logs`: the whole log, and with `-f` what comes until Ctrl-C. */
export function addLogs(program: Command, context: Context): void {
  command(program, 'logs <cloud>', 'print a log of a cloud')
    .option('-f, --follow', 'wait for more, until Ctrl-C')
    .addOption(new Option('--source <name>', 'which log').choices(logSourceSchema.options).default('install'))
    .action((wanted: string, { source, follow, json: asJson }: LogOptions) =>
      withBackend(context, async ({ api, io, backend }) => {
        const { id: cloudId } = await findCloud(api, wanted);
        if (follow) await backend.share();
        const stop = new AbortController();
        const onInterrupt = (): void => stop.abort();
        process.once('SIGINT', onInterrupt);
        try {
          for (let offset = 0; ;) {
            const waitMs = follow ? WAIT_MS : 0;
            const chunk = await api.logs.read({ cloudId, source, offset, waitMs }, { signal: stop.signal });
            if (chunk.text !== '' && asJson) json(io, chunk);
            // The reader sets the pace: nothing more is asked for before this is written.
            else if (chunk.text !== '') await new Promise<void>((done) => io.stdout.write(chunk.text, () => done()));
            if (!follow && (chunk.next >= chunk.size || chunk.next === offset)) return;
            offset = chunk.next;
          }
        } catch (error) {
          // Ctrl-C is how following ends.
          if (!stop.signal.aborted) throw error;
        } finally {
          process.off('SIGINT', onInterrupt);
        }
      }),
    );
}
