/** packstack's answer file: what Stackbox answers, a person's own lines, and the mistakes in those. */
import { StackboxError } from '../../contract/errors';
import { reservedLines, type LineFinding } from '../shared/own-lines';
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
  /** Lines of the person's own: they win. */
  readonly ownLines: string;
  readonly address: string;
  readonly diskGiB: number;
  readonly passwords: Readonly<Record<string, string>>;
}

/**
 * The whole text. Python's parser refuses a key that is there twice, so a person's line takes the place of ours.
 * @throws StackboxError `internal` when a password is missing
 */
export function answerFile(input: AnswersInput): string {
  const { address } = input;
  const installed = INSTALLED[input.preset];
  const answers = new Map<string, string>([
    // Whatever has no password of its own takes this one: a second run with the same file finds the same passwords.
    ['CONFIG_DEFAULT_PASSWORD', password(input, 'service')],
    ['CONFIG_KEYSTONE_ADMIN_PW', password(input, 'admin')],
    ['CONFIG_KEYSTONE_DEMO_PW', password(input, 'demo')],
    ['CONFIG_MARIADB_PW', password(input, 'database')],
    ['CONFIG_SSH_KEY', '/root/.ssh/id_rsa.pub'],
    ...['CONTROLLER_HOST', 'COMPUTE_HOSTS', 'NETWORK_HOSTS', 'AMQP_HOST', 'MARIADB_HOST', 'REDIS_HOST'].map(
      (name): [string, string] => [`CONFIG_${name}`, address],
    ),
    ...OPTIONAL.map((name): [string, string] => [`CONFIG_${name}_INSTALL`, installed.includes(name) ? 'y' : 'n']),
    ...(installed.includes('CINDER')
      ? // The file is sparse, but must not promise more than the disk has.
        ([['CONFIG_CINDER_VOLUMES_SIZE', `${Math.min(20, Math.floor(input.diskGiB / 3))}G`]] as const)
      : []),
    ['CONFIG_PROVISION_DEMO', input.demo ? 'y' : 'n'],
    // packstack would set the clock up itself, and cloud-init has done so already.
    ['CONFIG_NTP_SERVERS', ''],
  ]);
  for (const { key, value } of assignments(input.ownLines)) if (key !== undefined) answers.set(key, value);
  return `[general]\n${[...answers].map(([key, value]) => `${key}=${value}\n`).join('')}`;
}

/** The mistakes that can be found in a person's own lines before an hour of packstack does. */
export function lintAnswers(text: string): LineFinding[] {
  const seen = new Map<string, number>();
  const findings = assignments(text).flatMap(({ line, key, value }): LineFinding[] => {
    if (key === undefined) {
      return [{ line, severity: 'problem', message: 'Write answers as CONFIG_NAME=value, one a line.' }];
    }
    const before = seen.get(key);
    seen.set(key, line);
    if (before !== undefined) {
      return [{ line, severity: 'warning', message: `${key} is set in line ${before} already; the last one wins.` }];
    }
    if (!KNOWN_KEYS.has(key)) {
      return [{ line, severity: 'warning', message: `packstack knows no ${key} and would pass it over.` }];
    }
    if (key.endsWith('_INSTALL') && value !== 'y' && value !== 'n') {
      return [{ line, severity: 'problem', message: `${key} is y or n.` }];
    }
    return [];
  });
  return [...findings, ...reservedLines(text, RESERVED)].sort((a, b) => a.line - b.line);
}

interface Assignment {
  readonly line: number;
  /** `undefined` for a line that is none. */
  readonly key: string | undefined;
  readonly value: string;
}

function assignments(text: string): Assignment[] {
  return text.split(/\r?\n/).flatMap((raw, index): Assignment[] => {
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed === '[general]') return [];
    const [, key, value = ''] = /^([A-Z][A-Z0-9_]*)\s*=\s*(.*)$/.exec(trimmed) ?? [];
    return [{ line: index + 1, key, value }];
  });
}

function password({ passwords }: AnswersInput, name: string): string {
  const value = passwords[name];
  if (value !== undefined && /^[A-Za-z0-9]+$/.test(value)) return value;
  throw new StackboxError('internal', `The cloud has no ${name} password that packstack takes.`);
}
