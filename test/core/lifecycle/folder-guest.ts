/**
 * A guest in a folder: the product's own scripts run in this computer's shells, with the guest's paths in the folder, behind a
 * real SSH server that has the keys of the machine's seed. systemd, cloud-init and sudo are played by small scripts.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { startSshServer, type TestSshServer } from '../../support/ssh-server';
import { tempFolder } from '../../support/temp';
import type { Gates } from './gates';

const seedSchema = z.object({
  users: z.tuple([z.object({ ssh_authorized_keys: z.tuple([z.string()]) })]),
  ssh_keys: z.object({ ed25519_private: z.string(), ed25519_public: z.string() }),
});
type Seed = z.infer<typeof seedSchema>;

/** By step: a word of the command in the guest at which that step can be held. */
const COMMANDS: Readonly<Record<string, RegExp>> = {
  login: / true$/,
  'cloud-init': /\/run\/cloud-init\/result\.json/,
  sudo: /getent ahosts/,
  install: /SERVICE_RESULT/,
  'proof-answers': / uptime$/,
};

const GUEST_PATHS =
  /\/etc\/(?:admin-openrc|lab\/)|\/var\/(?:lib|log)\/stackbox|\/var\/log\/cloud-init|\/run\/cloud-init|\/proc\/sys\/kernel\/random/g;

const BOOT_ID = 'proc/sys/kernel/random/boot_id';

const FOLDERS = [
  'bin',
  'etc',
  'tmp',
  'units',
  'run/cloud-init',
  'var/log',
  'var/lib/stackbox/jobs',
  'var/log/stackbox',
  dirname(BOOT_ID),
];

const PROGRAMS: Readonly<Record<string, string>> = {
  sudo: 'shift 2; exec "$@"',
  getent: 'exit 0',
  chown: 'exit 0',
  'cloud-init': 'cat "$GUEST/cloud-init.json"',
  systemctl: `case $1 in
  show) for unit; do :; done; [ -e "$GUEST/units/\${unit%.service}" ] && echo active || echo inactive ;;
  stop) unit=$GUEST/units/\${2%.service}; [ ! -e "$unit" ] || { kill -KILL -- "-$(cat "$unit")"; rm -f "$unit"; } ;;
esac`,
  'systemd-run': `for word; do
  case $word in
    --unit=*) unit=$GUEST/units/\${word#*=} ;;
    --property=ExecStopPost=*) post=\${word#--property=ExecStopPost=} ;;
    --property=StandardOutput=append:*) log=\${word##*append:} ;;
  esac
  script=$word
done
echo "$(basename "$unit")" >>"$GUEST/started"
: >"$unit"
export unit post log script
setsid sh -c 'echo $$ >"$unit"; code=0; bash "$script" >>"$log" 2>&1 || code=$?
[ $code = 0 ] && export SERVICE_RESULT=success || export SERVICE_RESULT=exit-code
EXIT_STATUS=$code $post; rm -f "$unit"' </dev/null >/dev/null 2>&1 &`,
};

export class FolderGuest {
  readonly root: string;
  private readonly seed: Seed;
  private readonly gates: Gates;
  private server: TestSshServer | undefined;
  private silent: Server | undefined;

  private constructor(root: string, seed: Seed, gates: Gates) {
    this.root = root;
    this.seed = seed;
    this.gates = gates;
  }

  /** @param iso the seed disk that the machine boots with */
  static async make(iso: Uint8Array, gates: Gates): Promise<FolderGuest> {
    const root = await tempFolder();
    for (const folder of FOLDERS) {
      await mkdir(join(root, folder), { recursive: true });
    }
    for (const [name, script] of Object.entries(PROGRAMS)) {
      await writeFile(join(root, 'bin', name), `#!/bin/sh\n${script}\n`);
      await chmod(join(root, 'bin', name), 0o755);
    }
    const guest = new FolderGuest(root, readSeed(iso), gates);
    onTestFinished(() => guest.powerOff());
    await guest.cloudInitSays({ status: 'done' });
    await writeFile(join(root, 'var/log/cloud-init-output.log'), 'cloud-init was here\n');
    return guest;
  }

  /** Where its SSH server is. */
  get place(): { host: string; port: number } {
    if (this.silent && this.gates.isShut('ssh')) {
      return { host: '127.0.0.1', port: (this.silent.address() as AddressInfo).port };
    }
    if (!this.server) throw new Error('The guest is off.');
    return this.server.place;
  }

  /** Jobs that systemd was told to start, oldest first. */
  async started(): Promise<string[]> {
    const text = await readFile(join(this.root, 'started'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  cloudInitSays(status: { status: string; errors?: string[] }): Promise<void> {
    return writeFile(join(this.root, 'cloud-init.json'), JSON.stringify(status));
  }

  /** How often somebody has logged in since it was powered on. */
  get logins(): number {
    return this.server?.seen.logins ?? 0;
  }

  /** Ends every connection, as a lost network would. */
  cut(): void {
    this.server?.cut();
  }

  async powerOn(): Promise<void> {
    if (this.server) return;
    await writeFile(join(this.root, 'run/cloud-init/result.json'), '{}');
    await writeFile(join(this.root, BOOT_ID), `${randomUUID()}\n`);
    this.silent = createServer((socket) => {
      this.gates.arrive('ssh');
      socket.on('error', () => undefined).resume();
    }).listen(0, '127.0.0.1');
    await once(this.silent, 'listening');
    const { ed25519_private: privateKey, ed25519_public: publicKey } = this.seed.ssh_keys;
    this.server = await startSshServer(undefined, {
      hostKey: { privateKey, publicKey },
      authorizedKey: this.seed.users[0].ssh_authorized_keys[0],
      env: {
        GUEST: this.root,
        TMPDIR: join(this.root, 'tmp'),
        PATH: `${join(this.root, 'bin')}:${process.env['PATH'] ?? ''}`,
      },
      translate: async (command) => {
        for (const [step, words] of Object.entries(COMMANDS)) if (words.test(command)) await this.gates.pass(step);
        return command.replaceAll(GUEST_PATHS, `${this.root}$&`);
      },
    });
  }

  async powerOff(): Promise<void> {
    this.server?.close();
    this.silent?.close();
    this.server = undefined;
    for (const unit of await readdir(join(this.root, 'units'))) {
      const group = Number(await readFile(join(this.root, 'units', unit), 'utf8'));
      if (group > 1) killGroup(group);
      await rm(join(this.root, 'units', unit), { force: true });
    }
  }
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // The job has ended by itself meanwhile.
  }
}

/** The user-data of a seed disk: text that begins with its mark and is filled up with zeros. */
function readSeed(iso: Uint8Array): Seed {
  const text = Buffer.from(iso).toString('latin1');
  const start = text.indexOf('#cloud-config');
  return seedSchema.parse(parse(text.slice(start, text.indexOf('\0', start))));
}
