#!/usr/bin/env node
/** Entry of the command line, in plain Node. */
import { resolve } from 'node:path';
import { defaultDataFolder } from '../../host/paths';
import { runCommandLine } from './program';

process.exitCode = await runCommandLine(process.argv.slice(2), {
  io: process,
  dataFolder: defaultDataFolder(),
  windowFolder: resolve(import.meta.dirname, '../renderer'),
});
