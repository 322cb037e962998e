#!/usr/bin/env node
/** Entry of the command line, in plain Node. */
import { resolve } from 'node:path';
import { defaultDataFolder } from '../../host/paths';
import { openBackend } from './backend';
import { runCommandLine } from './program';

const folders = { dataFolder: defaultDataFolder(), windowFolder: resolve(import.meta.dirname, '../renderer') };

// `stackbox logs | head`: whoever reads may stop reading, and that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const exitCode = await runCommandLine(process.argv.slice(2), {
  io: process,
  ...folders,
  openBackend: () => openBackend(folders),
});

// Not left to the end of the event loop: a question to a hypervisor that hangs would keep the process for minutes after
// its answer lost its use. What was written has to be out first; pipes are not waited for on Windows.
for (const stream of [process.stdout, process.stderr]) await new Promise((written) => stream.write('', written));
process.exit(exitCode);
