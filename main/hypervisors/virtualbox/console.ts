/**
 * The serial console of a machine in VirtualBox: a file that VirtualBox writes, and, while somebody types, a socket (a pipe on
 * Windows) that the app reads.
 *
 * A port of VirtualBox is the one or the other. As a socket for good it would say nothing to nobody while the app is closed: an
 * install that goes on, or a kernel that panics at night, would leave no trace, and VirtualBox takes nothing from the guest
 * while nobody is connected (DrvNamedPipe, 7.1), so that each line costs the guest a time-out. As a file for good nobody
 * could type. But `controlvm … changeuartmode1` changes it while the machine runs (7.0 and 7.1 by their sources, 7.2.22 by its
 * help). So it is a file, except from the moment a console is opened to the moment it is closed; then the app itself writes
 * what it reads to the log.
 * Lost is only what a machine says after the app was killed with a console open, until the app is there again.
 *
 * VirtualBox begins its file anew each time that it opens it (DrvRawFile), hence the parts of the log: see `logPart`.
 */
import { createWriteStream, existsSync, mkdtempSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { StackboxError } from '../../contract/errors';
import { logOfPart, logPart } from '../../host/log-parts';
import type { CallOptions, HypervisorDriver, MachineNames, SerialLine } from '../driver';
import { connectLine, consoleBusy } from '../serial-line';
import { consolePath, settingsHomeOf } from './define';
import type { FoundMachine, Machines } from './machines';
import { domainState } from './output';
import type { VBoxManage } from './vboxmanage';

type Names = Omit<MachineNames, 'id'>;

/** File in the machine's folder that says that its console is a socket now. */
const LENT = 'console.lent';

/** The longest path of a Unix socket on macOS has 103 bytes; on Linux it has four more. */
const SOCKET_PATH_BYTES = 103;

/** How long (ms) VirtualBox may take to listen, after VBoxManage has said that it does. */
const LISTEN_MS = 5000;

export function openConsoles(
  manage: VBoxManage,
  machines: Machines,
): Required<Pick<HypervisorDriver, 'openConsole' | 'mendConsole'>> {
  /** Domains whose console is open: VirtualBox would take it from the one who has it. */
  const held = new Set<string>();
  return {
    async openConsole(names, options = {}) {
      const { uuid, info } = await machines.get(names.domain, options);
      if (!isOn(info.get('VMState'))) {
        throw new StackboxError('unreachable', 'The machine is not running: it has no serial console now.', {
          hint: 'Start it first.',
        });
      }
      if (held.has(names.domain)) throw consoleBusy();
      held.add(names.domain);
      const socket = socketPath(names);
      const giveBack = async (): Promise<void> => {
        try {
          await fileAgain(manage, machines, names);
          await removeSocket(socket, names);
        } finally {
          held.delete(names.domain);
        }
      };
      try {
        await writeFile(lentPath(names), '', { mode: 0o600 });
        await manage.change(['controlvm', uuid, 'changeuartmode1', 'server', socket], options);
        return recorded(await connectLine(socket, LISTEN_MS, options.signal), names, giveBack);
      } catch (error) {
        // What went wrong first is what the person is told; a port that stays a socket is mended later.
        await giveBack().catch(() => undefined);
        throw error;
      }
    },
    async mendConsole(names, options = {}) {
      if (existsSync(lentPath(names))) await fileAgain(manage, machines, names, options);
    },
  };
}

/** Before a start: the log begins anew, and the port is a file, also after an app that was killed with a console open. */
export async function restoreConsole(
  manage: VBoxManage,
  { uuid, info }: FoundMachine,
  options: CallOptions,
): Promise<void> {
  const folder = folderOf(info.get('CfgFile'));
  // A machine that a person has moved elsewhere keeps what it has.
  if (folder === undefined) return;
  const log = consolePath({ folder });
  const saved = domainState(info.get('VMState') ?? '') === 'saved';
  const mode = `file,${log}`;
  // The settings of a saved machine cannot be changed; it goes on where it wrote, and what was before stays.
  if (saved && info.get('uartmode1') !== mode) return;
  for (const part of await furtherParts(log)) await rm(part, { force: true });
  if (saved) return;
  await rm(lentPath({ folder }), { force: true });
  if (info.get('uartmode1') !== mode)
    await manage.changeUnlocked(['modifyvm', uuid, '--uartmode1', 'file', log], options);
}

/**
 * After a start: a machine that was saved while its console was a socket, to which nobody listens now, writes its log again. So
 * does one that went back to a snapshot of such a time.
 */
export async function recordConsole(
  manage: VBoxManage,
  { uuid, info }: FoundMachine,
  options: CallOptions,
): Promise<void> {
  const folder = folderOf(info.get('CfgFile'));
  if (folder === undefined || domainState(info.get('VMState') ?? '') !== 'saved') return;
  const isFile = (info.get('uartmode1') ?? '').startsWith('file,');
  if (!isFile || existsSync(lentPath({ folder }))) await toFile(manage, uuid, { folder }, options);
}

/** Removes the console's log with all its parts. */
export async function removeConsole(log: string): Promise<void> {
  for (const part of await furtherParts(log)) await rm(part, { force: true });
  for (const name of [LENT, SOCKET]) await rm(join(dirname(log), name), { force: true });
  await rm(log, { force: true });
}

/** A machine that has ended meanwhile begins its log anew at its next start. */
async function fileAgain(
  manage: VBoxManage,
  machines: Machines,
  names: Names,
  options: CallOptions = {},
): Promise<void> {
  const found = await machines.find(names.domain, options);
  if (!found || domainState(found.info.get('VMState') ?? '') === 'stopped') {
    await rm(lentPath(names), { force: true });
    return;
  }
  // One that is saved is seen to when it goes on.
  if (isOn(found.info.get('VMState'))) await toFile(manage, found.uuid, names, options);
}

async function toFile(
  manage: VBoxManage,
  uuid: string,
  names: Pick<Names, 'folder'>,
  options: CallOptions,
): Promise<void> {
  const log = consolePath(names);
  const next = logPart(log, (await furtherParts(log)).length + 1);
  await manage.change(['controlvm', uuid, 'changeuartmode1', 'file', next], options);
  await rm(lentPath(names), { force: true });
}

/** What comes is added to the log, whoever listens. */
function recorded(line: SerialLine, names: Names, giveBack: () => Promise<void>): SerialLine {
  const log = consolePath(names);
  let closing: Promise<void> | undefined;
  const record = furtherParts(log).then((parts) => createWriteStream(parts.at(-1) ?? log, { flags: 'a', mode: 0o600 }));
  // A log that cannot be written (a full disk) must not keep anybody from typing; the Logs page says what is wrong with it.
  record.then((stream) => stream.on('error', () => undefined)).catch(() => undefined);
  line.onData((bytes) => void record.then((stream) => stream.write(bytes)).catch(() => undefined));
  return {
    ...line,
    close() {
      closing ??= (async () => {
        await line.close();
        const stream = await record.catch(() => undefined);
        await new Promise<void>((resolve) => {
          if (stream) stream.end(resolve);
          else resolve();
        });
        await giveBack();
      })();
      return closing;
    },
  };
}

/** The files after the first that a log has, in their order. */
async function furtherParts(log: string): Promise<string[]> {
  const names = await readdir(dirname(log)).catch(() => []);
  const count = names.filter((name) => name !== basename(log) && logOfPart(name) === basename(log)).length;
  return Array.from({ length: count }, (_, index) => logPart(log, index + 1));
}

const SOCKET = 'console.sock';

/** A name that is free and short enough. */
function socketPath({ folder }: Names): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\stackbox-${randomUUID()}`;
  const beside = join(folder, SOCKET);
  if (Buffer.byteLength(beside) <= SOCKET_PATH_BYTES) return beside;
  return join(mkdtempSync(join(tmpdir(), 'stackbox-')), SOCKET);
}

async function removeSocket(socket: string, { folder }: Names): Promise<void> {
  if (process.platform === 'win32') return;
  await rm(socket, { force: true });
  if (dirname(socket) !== folder) await rm(dirname(socket), { recursive: true, force: true });
}

function lentPath({ folder }: Pick<Names, 'folder'>): string {
  return join(folder, LENT);
}

function folderOf(settingsFile: string | undefined): string | undefined {
  const home = settingsHomeOf(settingsFile);
  return home === undefined ? undefined : dirname(home);
}

function isOn(state: string | undefined): boolean {
  return ['running', 'paused'].includes(domainState(state ?? ''));
}
