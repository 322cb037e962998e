import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Recipe } from '../../main/recipes/types';
import { tempFolder } from './temp';

/** Folders of a machine that scripts write to; here they are below the machine's own root. */
const FOLDERS = /(?<![\w.}])\/(etc|root|opt|openstack|var\/tmp|home|usr\/local)(?=\/|\s|$|['"])/gm;

export interface ScriptMachine {
  readonly root: string;
  /** Runs a step's script as the job does, with the machine's folders in place of the real ones. */
  run(step: string, env?: Readonly<Record<string, string>>): { readonly code: number; readonly output: string };
  write(path: string, content: string, mode?: number): Promise<void>;
  read(path: string): string;
  /** What a shim of that name was called with, one line a call. */
  calls(name: string): string[];
  /** Puts a program in front of the real ones; it writes down its words first. */
  shim(name: string, body?: string): Promise<void>;
}

/** A folder that looks like a machine to a recipe's scripts; programs that would change this computer are shims. */
export async function scriptMachine(recipe: Recipe, shims: Readonly<Record<string, string>>): Promise<ScriptMachine> {
  const root = await tempFolder();
  const folder = join(root, 'shims');
  const machine: ScriptMachine = {
    root,
    run(step, env = {}) {
      const file = recipe.data.steps.find(({ id }) => id === step)?.script ?? '';
      const script = recipe.script(file).replaceAll(FOLDERS, `${root}/$1`);
      // Node's pipes are sockets, and bash takes a socket for a remote shell's, for which it would read ~/.bashrc.
      const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', `set -euo pipefail\n${script}`], {
        env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: root, ROOT: root, FREE_MIB: '1', ...env },
        encoding: 'utf8',
        timeout: 60_000,
      });
      return { code: status ?? -1, output: stdout + stderr };
    },
    async write(path, content, mode = 0o644) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
      await chmod(join(root, path), mode);
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    calls: (name) => {
      try {
        return machine.read(`shims/${name}.log`).trimEnd().split('\n');
      } catch {
        // Nobody called it.
        return [];
      }
    },
    shim: (name, body = ':') =>
      machine.write(`shims/${name}`, `#!/bin/bash\necho "$*" >>"$ROOT/shims/${name}.log"\n${body}\n`, 0o755),
  };
  for (const [name, body] of Object.entries(shims)) await machine.shim(name, body);
  return machine;
}

/** In place of PyYAML, which these computers may not have: JSON is YAML. For `PYTHONPATH`. */
export const JSON_AS_YAML = `import json
def safe_load(source):
    text = source if isinstance(source, str) else source.read()
    return json.loads(text) if text.strip() else None
def safe_dump(data, file, **_):
    json.dump(data, file)
`;
