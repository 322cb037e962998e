/** Files for the person's own ssh, so that one short command reaches the machine with our key and our verified host key. */
import { mkdir } from 'node:fs/promises';
import { quote } from 'shell-quote';
import writeFileAtomic from 'write-file-atomic';
import { PRIVATE_FOLDER } from '../store/atomic-json';
import type { CloudFolder } from '../store/folders';
import type { CloudRecord, CloudSecrets } from './record';

const PRIVATE_FILE = { mode: 0o600 };

/** Writes key, known hosts and configuration; the same again changes nothing. */
export async function writeSshFiles(
  { wish, secrets, folder }: { wish: CloudRecord; secrets: CloudSecrets; folder: CloudFolder },
  place: { host: string; port: number },
): Promise<void> {
  const { key, knownHosts, config } = folder.ssh;
  await mkdir(folder.ssh.root, { recursive: true, mode: PRIVATE_FOLDER });
  const [kind = '', hostKey = ''] = secrets.host.publicKey.split(' ');
  await writeFileAtomic(key, secrets.login.privateKey, PRIVATE_FILE);
  // ssh looks for the bare host when the port is its own.
  const known = place.port === 22 ? place.host : `[${place.host}]:${place.port}`;
  await writeFileAtomic(knownHosts, `${known} ${kind} ${hostKey}\n`, PRIVATE_FILE);
  const settings = {
    HostName: place.host,
    Port: place.port,
    User: wish.user,
    IdentityFile: inQuotes(key),
    IdentitiesOnly: 'yes',
    UserKnownHostsFile: inQuotes(knownHosts),
    StrictHostKeyChecking: 'yes',
  };
  const lines = Object.entries(settings).map(([name, value]) => `  ${name} ${value}\n`);
  await writeFileAtomic(config, `Host ${wish.machine.hostname}\n${lines.join('')}`, PRIVATE_FILE);
}

/** The command to copy into a shell of the person's own. */
export function sshCommand(wish: CloudRecord, folder: CloudFolder): string {
  return quote(['ssh', '-F', folder.ssh.config, wish.machine.hostname]);
}

/** ssh_config takes paths with spaces in double quotes, and `%` as the beginning of a token. */
function inQuotes(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}
