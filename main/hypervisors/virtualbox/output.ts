/**
 * Reading what VBoxManage prints. Samples of the real output lie in `test/fixtures/virtualbox`, named after the version.
 * Output in a form that is not known is an error and never an empty answer.
 */
import { StackboxError } from '../../contract/errors';
import type { DomainState } from '../driver';

/**
 * Since the Linux packages start VBoxManage through a script, a missing kernel module puts a block in front of the output
 * of every command: a line `WARNING: …`, then indented and empty lines.
 */
const WARNING_BLOCK = /^WARNING: [^\n]*\n(?:[ \t][^\n]*\n|[ \t]*\n)*/;

/** Parts the warning blocks in front of the output from the output. */
export function splitWarnings(text: string): { warnings: string[]; output: string } {
  const warnings: string[] = [];
  let output = text.replaceAll('\r\n', '\n');
  for (;;) {
    const block = WARNING_BLOCK.exec(output)?.[0];
    if (block === undefined) return { warnings, output };
    warnings.push(block.trim());
    output = output.slice(block.length);
  }
}

/** One line of `list vms`: `"name" {uuid}`. A name may hold quotes and even line breaks. */
export interface ListedMachine {
  readonly name: string;
  readonly uuid: string;
}

/** Reads `list vms` and `list runningvms`, which no translation touches. */
export function parseList(text: string): ListedMachine[] {
  const line = /"([\s\S]*?)" \{([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}(?:\n|$)/y;
  const machines: ListedMachine[] = [];
  while (line.lastIndex < text.length) {
    const from = line.lastIndex;
    const [, name, uuid] = line.exec(text) ?? [];
    if (name === undefined || uuid === undefined) throw unknownForm('list of machines', text.slice(from));
    machines.push({ name, uuid });
  }
  return machines;
}

/** One machine of `list --long vms`. */
export interface LongMachine extends ListedMachine {
  readonly groups: string;
  readonly settingsFile: string;
  readonly state: DomainState;
  /** False when VirtualBox cannot read the machine's settings: then it knows no name, no group and no state. */
  readonly accessible: boolean;
}

/**
 * The head of a machine in the long list. All its lines must stand together: the text of a description comes last and could
 * hold any one of them. 7.0 added `Encryption`, 7.1 `Platform Architecture`.
 */
const LONG_HEAD =
  /^Name: {2,}([^\n]*(?:\n(?!\w[\w ]*:)[^\n]*)*)\n(?:Encryption: [^\n]*\n)?Groups: {2,}([^\n]*)\n(?:Platform Architecture: [^\n]*\n)?Guest OS: [^\n]*\nUUID: {2,}([0-9a-f-]{36})\nConfig file: {2,}([^\n]*)\n/gm;

/** The head of a machine whose settings VirtualBox cannot read. */
const LOST_HEAD = /^Name: {2,}<inaccessible!?>!?\nUUID: {2,}([0-9a-f-]{36})\nConfig file: {2,}([^\n]*)\n/gm;

/** Reads `list --long vms`: every machine with its state, by one call. */
export function parseLongList(text: string): LongMachine[] {
  const lost = [...text.matchAll(LOST_HEAD)];
  const heads = [...text.matchAll(LONG_HEAD), ...lost].toSorted((a, b) => a.index - b.index);
  if (text.trim() !== '' && heads[0]?.index !== 0) throw unknownForm('list of machines', text);
  return heads.map((head, position) => {
    if (lost.includes(head)) {
      const [, uuid = '', settingsFile = ''] = head;
      return { name: '', groups: '', uuid, settingsFile, state: 'unknown', accessible: false };
    }
    const [whole, name = '', groups = '', uuid = '', settingsFile = ''] = head;
    const body = text.slice(head.index + whole.length, heads[position + 1]?.index);
    const state = /^State: {2,}([a-z -]+?)(?: \(since [^\n]*)?$/m.exec(body)?.[1];
    if (state === undefined) throw unknownForm('state of a machine', whole + body.slice(-300));
    return { name, groups, uuid, settingsFile, state: domainState(state), accessible: true };
  });
}

/** What `showvminfo --machinereadable` says: keys as they are printed, values without quotes. */
export type MachineInfo = ReadonlyMap<string, string>;

/**
 * Reads `--machinereadable` output, which no translation touches. Quotes and backslashes are escaped by a backslash, though
 * not in the names of snapshots (7.2.22); descriptions and names may go over several lines.
 */
export function parseMachineInfo(text: string): MachineInfo {
  const entry = /^(?:"([^"\n]+)"|([^="\s][^="\n]*))=(.*)$/;
  const info = new Map<string, string>();
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const [, quotedKey, bareKey, first] = entry.exec(lines[at] ?? '') ?? [];
    const key = quotedKey ?? bareKey;
    if (key === undefined || first === undefined) continue;
    let value = first;
    while (/^"(?:[^"]|"(?!$))*$/.test(value) && at + 1 < lines.length && !entry.test(lines[at + 1] ?? '')) {
      value += `\n${lines[++at]}`;
    }
    if (!info.has(key)) info.set(key, unescape(value.replace(/^"([\s\S]*)"$/, '$1')));
  }
  if (!info.has('UUID') || !info.has('VMState')) throw unknownForm('settings of a machine', text);
  return info;
}

/** One block of `list --long hdds`, `list dvds`, `list hostonlyifs` …: labels as printed. */
export type Block = ReadonlyMap<string, string>;

/**
 * Reads lists whose blocks are `Label:   value` lines. A block begins with the label `first` (7.2 leaves no empty line
 * between some of them).
 */
export function parseBlocks(text: string, first: string): Block[] {
  const blocks: Map<string, string>[] = [];
  for (const line of text.split('\n')) {
    const [, label, value] = /^(\w[\w .-]*):[ \t]*(.*)$/.exec(line) ?? [];
    if (label === undefined || value === undefined) continue;
    if (label === first) blocks.push(new Map());
    const block = blocks.at(-1);
    if (!block) throw unknownForm(`list that begins with "${first}"`, text);
    if (!block.has(label)) block.set(label, value.trim());
  }
  if (text.trim() !== '' && blocks.length === 0) throw unknownForm(`list that begins with "${first}"`, text);
  return blocks;
}

/** A rule of the NAT adapter that hands a port of this computer to the guest. */
export interface ForwardRule {
  readonly name: string;
  readonly hostPort: number;
  readonly guestPort: number;
}

/** The forwards that `Forwarding(0)="name,tcp,127.0.0.1,2222,,22"` lines tell of. */
export function forwardRules(info: MachineInfo): ForwardRule[] {
  const rules: ForwardRule[] = [];
  for (const [key, value] of info) {
    if (!key.startsWith('Forwarding(')) continue;
    const [, name, hostPort, guestPort] = /^(.*),(?:tcp|udp),[^,]*,(\d+),[^,]*,(\d+)$/.exec(value) ?? [];
    if (name === undefined) throw unknownForm('port forward', value);
    rules.push({ name, hostPort: Number(hostPort), guestPort: Number(guestPort) });
  }
  return rules;
}

/**
 * States in the words of `--machinereadable` and of the long list (`powered off`); `machineStateToName` has them all in
 * VBoxManage's sources (6.1 and 7.1, which added `aborted-saved`). While a snapshot with its memory is taken of a machine
 * (`online`), or the disks of one are merged under it (`live`), the machine is as much there as before and after.
 */
const STATES: Readonly<Record<string, DomainState>> = {
  poweroff: 'stopped',
  'powered off': 'stopped',
  aborted: 'stopped',
  teleported: 'stopped',
  saved: 'saved',
  'aborted-saved': 'saved',
  running: 'running',
  livesnapshotting: 'running',
  'live snapshotting': 'running',
  onlinesnapshotting: 'running',
  'online snapshotting': 'running',
  deletingsnapshotlive: 'running',
  'deleting snapshot live': 'running',
  teleporting: 'running',
  paused: 'paused',
  teleportingpausedvm: 'paused',
  'teleporting paused vm': 'paused',
  deletingsnapshotlivepaused: 'paused',
  'deleting snapshot live paused': 'paused',
  // Of a machine that is off.
  snapshotting: 'stopped',
  'offline snapshotting': 'stopped',
  deletingsnapshot: 'stopped',
  'deleting snapshot': 'stopped',
  starting: 'starting',
  restoring: 'starting',
  stopping: 'stopping',
  saving: 'stopping',
};

/** A state that we do not know (a guru meditation, a snapshot being restored, which may end as either) is `unknown`, not an error. */
export function domainState(word: string): DomainState {
  return STATES[word] ?? 'unknown';
}

function unescape(text: string): string {
  return text.replace(/\\(["\\])/g, '$1');
}

function unknownForm(what: string, text: string): StackboxError {
  return new StackboxError('hypervisor', `VBoxManage gave the ${what} in a form that Stackbox does not know.`, {
    hint: 'If VirtualBox speaks another language than English, run "VBoxManage setproperty language C" and try again.',
    output: text.slice(0, 500),
  });
}
