import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Recipe } from '../../main/recipes/types';
import { tempFolder } from './temp';

/** A machine whose programs are those of a test, and whose files stand in a folder: for any script of a recipe. */
export interface RecipeMachine {
  readonly root: string;
  /** Runs a script as a job does, with `paths` of the machine in that folder. */
  run(file: string, env?: Readonly<Record<string, string>>): { readonly code: number; readonly output: string };
  /** Lines of a file of the test's own, in which programs keep what is set: `$STATE/NAME`. */
  set(name: string, ...lines: string[]): Promise<void>;
  get(name: string): Promise<string[]>;
  write(path: string, text: string, mode?: number): Promise<void>;
  read(path: string): Promise<string>;
}

/**
 * @param paths beginnings of paths that scripts read or write: `/etc/`
 * @param programs bodies in bash, by name, in front of the real ones
 */
export async function recipeMachine(
  recipe: Recipe,
  paths: readonly string[],
  programs: Readonly<Record<string, string>>,
): Promise<RecipeMachine> {
  const root = await tempFolder();
  const state = join(root, 'state');
  await mkdir(state);
  const machine: RecipeMachine = {
    root,
    run(file, env = {}) {
      let script = recipe.script(file);
      for (const path of paths) script = script.replaceAll(new RegExp(`(?<![\\w.}*])${path}`, 'g'), `${root}${path}`);
      const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', `set -euo pipefail\n${script}`], {
        env: {
          PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`,
          HOME: root,
          ROOT: root,
          STATE: state,
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        encoding: 'utf8',
        timeout: 60_000,
      });
      return { code: status ?? -1, output: stdout + stderr };
    },
    set: (name, ...lines) => writeFile(join(state, name), lines.map((line) => `${line}\n`).join('')),
    get: async (name) => (await readFile(join(state, name), 'utf8')).split('\n').filter((line) => line !== ''),
    async write(path, text, mode = 0o644) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
      await chmod(join(root, path), mode);
    },
    read: (path) => readFile(join(root, path), 'utf8'),
  };
  for (const [name, body] of Object.entries(programs))
    await machine.write(`bin/${name}`, `#!/bin/bash\n${body}\n`, 0o755);
  return machine;
}
