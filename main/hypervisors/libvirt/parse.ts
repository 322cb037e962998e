/** What virsh prints, as data. Samples of the real output are in test/fixtures/libvirt. */
import type { DomainState } from '../driver';

const UUID_LINE = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}) (.+)$/;
const ONLY_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12} *$/;

/** Reads `list --all --uuid --name` followed by `list --with-managed-save --uuid`. */
export function parseDomainList(text: string): { domains: { uuid: string; name: string }[]; saved: Set<string> } {
  const domains: { uuid: string; name: string }[] = [];
  const saved = new Set<string>();
  for (const line of text.split('\n')) {
    const [, uuid, name] = UUID_LINE.exec(line) ?? [];
    // virsh 9.0 pads nothing, but a domain may be called " "; then only the UUID is left and it is not ours anyway.
    if (ONLY_UUID.test(line)) saved.add(line.trim());
    else if (uuid !== undefined && name !== undefined) domains.push({ uuid, name });
  }
  return { domains, saved };
}

/** `virDomainState` and, for paused, `virDomainPausedReason` (libvirt-domain.h). */
const STATES: Readonly<Record<string, DomainState>> = {
  0: 'unknown',
  1: 'running',
  // "blocked" waits for something and is as alive as running.
  2: 'running',
  3: 'paused',
  4: 'stopping',
  5: 'stopped',
  6: 'stopped',
  7: 'paused',
};
const PAUSED_STARTING_UP = '11';

/** Reads `domstats --state --raw`: the state of each domain by its name. */
export function parseDomainStats(text: string): Map<string, DomainState> {
  const states = new Map<string, DomainState>();
  let name: string | undefined;
  for (const line of text.split('\n')) {
    name = /^Domain: '(.*)'$/.exec(line)?.[1] ?? name;
    const [, field, value] = /^ {2}state\.(state|reason)=(\d+)$/.exec(line) ?? [];
    if (name === undefined || field === undefined || value === undefined) continue;
    if (field === 'state') states.set(name, STATES[value] ?? 'unknown');
    else if (value === PAUSED_STARTING_UP && states.get(name) === 'paused') states.set(name, 'starting');
  }
  return states;
}

/** Reads `domstate --reason`: "running (booted)". */
export function parseDomainState(text: string): DomainState {
  const [, state = '', reason = ''] = /^\s*([a-z ]+?)\s*(?:\((.*)\))?\s*$/.exec(text) ?? [];
  if (state === 'paused' && reason === 'starting up') return 'starting';
  if (state === 'shut off' && reason === 'saved') return 'saved';
  const words: Readonly<Record<string, DomainState>> = {
    running: 'running',
    idle: 'running',
    paused: 'paused',
    'in shutdown': 'stopping',
    'shut off': 'stopped',
    crashed: 'stopped',
    pmsuspended: 'paused',
  };
  return words[state] ?? 'unknown';
}

/** Name and path of each volume in the table of `vol-list`. */
export function parseVolumeList(text: string): Map<string, string> {
  const volumes = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, path] = /^ (\S.*?) {2,}(\/.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && path !== undefined) volumes.set(name, path);
  }
  return volumes;
}

/** "Name: value" lines of `net-info` and `pool-info`. */
export function parseInfo(text: string): Map<string, string> {
  const info = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^([A-Z][A-Za-z ]*):\s+(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) info.set(key, value);
  }
  return info;
}

/** A forward of user networking. */
export interface UserForward {
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly guestPort: number;
}

/** Reads QEMU's `info usernet`; only forwards are taken, not the connections that go through them. */
export function parseUsernet(text: string): UserForward[] {
  return text.split('\n').flatMap((line) => {
    const [, hostAddress, hostPort, guestPort] =
      /^\s*TCP\[HOST_FORWARD\]\s+\d+\s+(\S+)\s+(\d+)\s+\S+\s+(\d+)\s/.exec(line) ?? [];
    if (hostAddress === undefined) return [];
    return [{ hostAddress, hostPort: Number(hostPort), guestPort: Number(guestPort) }];
  });
}
