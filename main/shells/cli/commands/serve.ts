import type { Command } from 'commander';
import { findRunning } from '../backend';
import { openServer } from '../../server/open-server';
import { json, line, say, type Context } from '../io';
import { portNumber } from '../options';

/** `stackbox serve`: the window for a browser on this computer, until Ctrl-C; or where it is open already. */
export function addServe(program: Command, context: Context): void {
  program
    .command('serve')
    .description('serve the window to a browser on this computer')
    .option('--port <number>', 'port on 127.0.0.1 (default: any free one)', portNumber)
    .option('--json', 'print the address as JSON')
    .action(async ({ port, json: asJson }: { port?: number; json?: boolean }) => {
      const { io, dataFolder, windowFolder } = context;
      const running = await findRunning(dataFolder);
      if (running) {
        await running.backend.close();
        if (asJson) json(io, { url: running.windowUrl });
        else line(io, `Stackbox is open already, at ${running.windowUrl}`);
        return;
      }
      const server = await openServer({ dataFolder, windowFolder, ...(port !== undefined && { port }) });
      const stop = untilToldToStop();
      if (asJson) json(io, { url: server.serving.url, pid: process.pid });
      else line(io, `Stackbox is at ${server.serving.url}`);
      await stop;
      say(io, 'Closing. Installs go on in their machines.');
      await server.close();
    });
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    // `once`: a second Ctrl-C ends the process at once, as nothing may hang for ever.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
