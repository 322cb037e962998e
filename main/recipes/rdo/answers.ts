/** packstack's answer file: what Stackbox answers, and the mistakes that a person can make in it. */
import { StackboxError } from '../../contract/errors';
import type { ConfigFinding } from '../../contract/configuration';
import { nearest } from '../shared/nearest';
import keysText from './answer-keys.txt?raw';
import type { Preset } from './options';

/** A key that packstack does not know is passed over without a word, which is how a slip costs an hour. */
const KNOWN_KEYS: ReadonlySet<string> = new Set(keysText.split('\n').filter((line) => /^[A-Z]/.test(line)));

/** The place of everything in the one machine, and the passwords that the card shows. */
const RESERVED =
  /^\s*(CONFIG_(?:DEFAULT_PASSWORD|KEYSTONE_(?:ADMIN|DEMO)_PW|MARIADB_PW|SSH_KEY|CONTROLLER_HOST|COMPUTE_HOSTS|NETWORK_HOSTS|STORAGE_HOST|AMQP_HOST|MARIADB_HOST|REDIS_HOST|DEBUG_MODE))\s*=/;

/** What each preset switches on; everything else is off. */
const INSTALLED: Readonly<Record<Preset, readonly string[]>> = {
  compute: [],
  standard: ['CINDER', 'HORIZON'],
  full: ['CINDER', 'HORIZON', 'SWIFT', 'HEAT'],
};
const OPTIONAL = ['CINDER', 'HORIZON', 'SWIFT', 'HEAT', 'CEILOMETER', 'AODH', 'MANILA', 'MAGNUM', 'TROVE', 'IRONIC'];

export interface AnswersInput {
  readonly preset: Preset;
  readonly demo: boolean;
  readonly diskGiB: number;
}

/** What each placeholder of the file stands for. */
export const PLACEHOLDERS = {
  ADMIN_PASSWORD: 'The administrator’s password, made for each cloud and shown on its card.',
  DEMO_PASSWORD: 'The password of the user demo, made for each cloud.',
  DATABASE_PASSWORD: 'A password made for each cloud.',
  SERVICE_PASSWORD: 'A password made for each cloud, for whatever has none of its own.',
  ADDRESS: 'The machine’s address in its own network.',
} as const;

/** The text before a person's edits. */
export function generateAnswers(input: AnswersInput): string {
  const installed = INSTALLED[input.preset];
  const lines = [
    '# Written by Stackbox from the choices of the plan. Names in double braces are filled in when the machine is there.',
    '[general]',
    '',
    '# Whatever has no password of its own takes the first: a second run with the same file finds the same passwords.',
    'CONFIG_DEFAULT_PASSWORD={{SERVICE_PASSWORD}}',
    'CONFIG_KEYSTONE_ADMIN_PW={{ADMIN_PASSWORD}}',
    'CONFIG_KEYSTONE_DEMO_PW={{DEMO_PASSWORD}}',
    'CONFIG_MARIADB_PW={{DATABASE_PASSWORD}}',
    'CONFIG_SSH_KEY=/root/.ssh/id_rsa.pub',
    '',
    '# Everything is in the one machine.',
    ...['CONTROLLER_HOST', 'COMPUTE_HOSTS', 'NETWORK_HOSTS', 'AMQP_HOST', 'MARIADB_HOST', 'REDIS_HOST'].map(
      (name) => `CONFIG_${name}={{ADDRESS}}`,
    ),
    '',
    '# What is installed besides Keystone, Glance, Placement, Nova and Neutron.',
    ...OPTIONAL.map((name) => `CONFIG_${name}_INSTALL=${installed.includes(name) ? 'y' : 'n'}`),
    // The file is sparse, but must not promise more than the disk has.
    ...(installed.includes('CINDER')
      ? [`CONFIG_CINDER_VOLUMES_SIZE=${Math.min(20, Math.floor(input.diskGiB / 3))}G`]
      : []),
    `CONFIG_PROVISION_DEMO=${input.demo ? 'y' : 'n'}`,
    '',
    '# packstack would set the clock up itself, and cloud-init has done so already.',
    'CONFIG_NTP_SERVERS=',
  ];
  return `${lines.join('\n')}\n`;
}

/** Values for the placeholders. @throws StackboxError `internal` when a password is missing */
export function answerValues(
  passwords: Readonly<Record<string, string>>,
  address: string,
): Record<keyof typeof PLACEHOLDERS, string> {
  return {
    ADMIN_PASSWORD: password(passwords, 'admin'),
    DEMO_PASSWORD: password(passwords, 'demo'),
    DATABASE_PASSWORD: password(passwords, 'database'),
    SERVICE_PASSWORD: password(passwords, 'service'),
    ADDRESS: address,
  };
}

/** Each key once: Python's parser, with which the file is read, refuses one that is there twice. The last wins. */
export function uniqueAnswers(text: string): string {
  const answers = new Map(assignments(text).flatMap(({ key, value }) => (key === undefined ? [] : [[key, value]])));
  return `[general]\n${[...answers].map(([key, value]) => `${key}=${value}\n`).join('')}`;
}

/** The mistakes that can be found before an hour of packstack finds them. @param generated the text before a person's edits */
export function lintAnswers(text: string, generated: string): ConfigFinding[] {
  const reserved = new Map(
    assignments(generated).flatMap(({ raw, key }) => (key !== undefined && RESERVED.test(raw) ? [[key, raw]] : [])),
  );
  const seen = new Map<string, number>();
  const findings = assignments(text).flatMap(({ line, raw, key, value }): ConfigFinding[] => {
    const fixed = (title: string, ...add: string[]): NonNullable<ConfigFinding['fix']> => ({
      title,
      changes: [{ line, remove: 1, add }],
    });
    if (key === undefined) {
      return [{ line, severity: 'problem', message: 'Write answers as CONFIG_NAME=value, one a line.' }];
    }
    if (RESERVED.test(raw) && raw !== reserved.get(key)) {
      const original = seen.has(key) ? undefined : reserved.get(key);
      const fix = original === undefined ? fixed('Remove the line') : fixed('Put it back', original);
      seen.set(key, line);
      return [{ line, severity: 'problem', message: `${key} is set by Stackbox itself.`, fix }];
    }
    const before = seen.get(key);
    seen.set(key, line);
    if (before !== undefined) {
      const message = `${key} is set in line ${before} already; the last one wins.`;
      const fix = {
        title: `Remove line ${before}, which has no effect`,
        changes: [{ line: before, remove: 1, add: [] }],
      };
      return [{ line, severity: 'warning', message, ...(!reserved.has(key) && { fix }) }];
    }
    if (!KNOWN_KEYS.has(key)) {
      const near = nearest(key, KNOWN_KEYS);
      const message = `packstack knows no ${key} and would pass it over.`;
      const fix = near !== undefined && fixed(`Write ${near}`, `${near}=${value}`);
      return [{ line, severity: 'warning', message, ...(fix && { fix }) }];
    }
    if (/(?:_PW|_PASSWORD|_SECRET)$/.test(key) && /^\w+$/.test(value)) {
      const message = `${key} will stand in the plan, where whoever gets it can read it.`;
      return [
        { line, severity: 'warning', message, fix: fixed('Use a generated password', `${key}={{SERVICE_PASSWORD}}`) },
      ];
    }
    if (key.endsWith('_INSTALL') && value !== 'y' && value !== 'n') {
      const meant = /^(?:yes|true|on|1)$/i.test(value) ? 'y' : /^(?:no|false|off|0)$/i.test(value) ? 'n' : undefined;
      const fix = meant !== undefined && fixed(`Write ${meant}`, `${key}=${meant}`);
      return [{ line, severity: 'problem', message: `${key} is y or n.`, ...(fix && { fix }) }];
    }
    return [];
  });
  const lacking = [...reserved].flatMap(([key, raw]): ConfigFinding[] => {
    if (seen.has(key)) return [];
    const message = `${key} is missing: Stackbox needs it as it was.`;
    const end = text.replace(/\n$/, '').split('\n').length;
    const fix = { title: `Put ${key} back`, changes: [{ line: end + 1, remove: 0, add: [raw] }] };
    return [{ line: 1, severity: 'problem', message, fix }];
  });
  return [...lacking, ...findings].sort((a, b) => a.line - b.line);
}

interface Assignment {
  readonly line: number;
  readonly raw: string;
  /** `undefined` for a line that is none. */
  readonly key: string | undefined;
  readonly value: string;
}

function assignments(text: string): Assignment[] {
  return text.split(/\r?\n/).flatMap((raw, index): Assignment[] => {
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed === '[general]') return [];
    const [, key, value = ''] = /^([A-Z][A-Z0-9_]*)\s*=\s*(.*)$/.exec(trimmed) ?? [];
    return [{ line: index + 1, raw, key, value }];
  });
}

function password(passwords: Readonly<Record<string, string>>, name: string): string {
  const value = passwords[name];
  if (value !== undefined && /^[A-Za-z0-9]+$/.test(value)) return value;
  throw new StackboxError('internal', `The cloud has no ${name} password that packstack takes.`);
}
