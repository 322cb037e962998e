/** A cloud that is a file, and the programs that a person would use it with. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Guest, GuestResult } from '../../../main/guest/guest';
import { asTyped } from '../../../main/recipes/trial/openstack';

/** What a stand-in says instead of what it should; bytes in base64. */
interface Misbehaviour {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  /** It never ends, before (`hang`) or after (`after`) it has done its work. */
  readonly hang?: boolean;
  readonly after?: boolean;
}

export interface Behaviour {
  readonly server?: 'ERROR' | 'stuck' | 'silent' | 'dies';
  readonly firewall?: 'open';
  readonly volume?: string;
  readonly image?: 'damaged';
  readonly object?: string;
  readonly ssh?: 'refused';
  readonly ping?: number;
  readonly horizon?: string;
  /** By the first words of a command line: "openstack server create". */
  readonly at?: Readonly<Record<string, Misbehaviour>>;
}

type Thing = { id: string; name: string } & Record<string, unknown>;

interface State {
  services: readonly string[];
  behave: Behaviour;
  things: Record<string, Thing[]>;
  /** Every program that was called, with its words. */
  calls: string[][];
}

export const ALL_SERVICES = ['identity', 'image', 'compute', 'placement', 'network', 'block-storage', 'object-store'];
const PROGRAMS = ['openstack', 'ping', 'ssh', 'ssh-keygen', 'curl'];

/** What a person has in their cloud already; nothing of it may be touched. */
const OWN: Record<string, Thing[]> = {
  project: [{ id: 'p-admin', name: 'admin' }],
  user: [{ id: 'u-admin', name: 'admin' }],
  network: [{ id: 'n-public', name: 'public', external: true, subnets: [] }],
  server: [{ id: 's-own', name: 'web', status: 'ACTIVE' }],
  image: [{ id: 'i-cirros', name: 'cirros-0.6.3-x86_64-disk', status: 'active' }],
};

export class OpenStackCloud {
  /** Environment that makes the programs the guest's own. */
  readonly env: Readonly<Record<string, string>>;
  /** File that signs in. */
  readonly openrc: string;
  private readonly file: string;
  private port = 0;

  private constructor(root: string) {
    this.file = join(root, 'cloud.json');
    this.openrc = join(root, 'admin-openrc');
    this.env = {
      OPENSTACK_STATE: this.file,
      PATH: `${join(root, 'programs')}:${process.env['PATH'] ?? ''}`,
      TMPDIR: join(root, 'tmp'),
    };
  }

  /** @param root an empty folder that is removed after the test */
  static async make(
    root: string,
    {
      services = ALL_SERVICES,
      behave = {},
      password = 'OpenSesame42',
    }: { services?: readonly string[]; behave?: Behaviour; password?: string } = {},
  ): Promise<OpenStackCloud> {
    const cloud = new OpenStackCloud(root);
    await mkdir(join(root, 'programs'), { recursive: true });
    await mkdir(join(root, 'tmp'), { recursive: true });
    await cloud.write({ services, behave, things: structuredClone(OWN), calls: [] });
    cloud.port = await startPrograms(cloud.file);
    for (const name of PROGRAMS) {
      const path = join(root, 'programs', name);
      await writeFile(path, CALL.replace('PORT', String(cloud.port)).replace('NAME', name));
      await chmod(path, 0o755);
    }
    await writeFile(cloud.openrc, `export OS_AUTH_URL=http://10.0.2.15:5000/v3\nexport OS_PASSWORD=${password}\n`);
    return cloud;
  }

  /**
   * A guest without a connection, for what does not depend on one: a command takes a millisecond and not a tenth of a second.
   * Programs that are not the cloud's run on this computer.
   */
  guest(): Pick<Guest, 'exec' | 'writeFile'> {
    return {
      exec: (argv, { signal } = {}) => {
        const [program = '', ...words] = asTyped(argv);
        if (PROGRAMS.includes(program)) return this.ask(program, words, signal);
        const { status, stdout, stderr } = spawnSync(program, words, {
          encoding: 'utf8',
          env: { ...process.env, ...this.env },
        });
        return Promise.resolve({ exitCode: status ?? 255, stdout, stderr });
      },
      writeFile: (path, content) => writeFile(path, content),
    };
  }

  private async ask(program: string, words: readonly string[], signal: AbortSignal | undefined): Promise<GuestResult> {
    const socket = connect(this.port, '127.0.0.1');
    const said = [String(words.length), 'yes', program, ...words].map((word) => `${word}\0`).join('');
    socket.write(said);
    const end = (): void => void socket.destroy(signal?.reason as Error);
    signal?.addEventListener('abort', end);
    try {
      const bytes = await buffer(socket);
      const line = bytes.indexOf('\n');
      const exitCode = Number(bytes.subarray(0, line).toString());
      const text = bytes.subarray(line + 1).toString();
      return exitCode === 0 ? { exitCode, stdout: text, stderr: '' } : { exitCode, stdout: '', stderr: text };
    } finally {
      signal?.removeEventListener('abort', end);
    }
  }

  async read(): Promise<State> {
    return JSON.parse(await readFile(this.file, 'utf8')) as State;
  }

  async behave(behave: Behaviour): Promise<void> {
    await this.write({ ...(await this.read()), behave });
  }

  /** Puts something into the cloud. */
  async put(kind: string, thing: Thing): Promise<void> {
    const state = await this.read();
    await this.write({ ...state, things: { ...state.things, [kind]: [...(state.things[kind] ?? []), thing] } });
  }

  /** Takes all of a kind out of it. */
  async drop(kind: string): Promise<void> {
    const state = await this.read();
    await this.write({ ...state, things: { ...state.things, [kind]: [] } });
  }

  /** Names of all that is there besides what the person had. */
  async left(): Promise<string[]> {
    const { things } = await this.read();
    return Object.entries(things).flatMap(([kind, list]) =>
      list.filter(({ id }) => !OWN[kind]?.some((own) => own.id === id)).map(({ name }) => `${kind} ${name}`),
    );
  }

  /** Whether everything is there that the person had. */
  async ownIsThere(): Promise<boolean> {
    const { things } = await this.read();
    return Object.entries(OWN).every(([kind, own]) =>
      own.every(({ id }) => things[kind]?.some((one) => one.id === id)),
    );
  }

  /** Command lines so far that begin so. */
  async called(start: string): Promise<string[]> {
    const { calls } = await this.read();
    return calls.map((words) => words.join(' ')).filter((line) => line.startsWith(start));
  }

  private async write(state: State): Promise<void> {
    await writeFile(this.file, JSON.stringify(state));
  }
}

/** What a program of the guest is: it asks the cloud, and says what that says. */
const CALL = `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/PORT
printf '%s\\0' "$#" "\${OS_AUTH_URL:+\${OS_PASSWORD:+yes}}" NAME "$@" >&3
read -r code <&3 || exit 255
if [ "$code" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$code"
`;

async function startPrograms(file: string): Promise<number> {
  const script = join(import.meta.dirname, 'programs.mjs');
  const child = spawn(process.execPath, [script, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(port.toString());
}
