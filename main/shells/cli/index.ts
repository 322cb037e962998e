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

process.exitCode = await runCommandLine(process.argv.slice(2), {
  io: process,
  ...folders,
  openBackend: () => openBackend(folders),
});
