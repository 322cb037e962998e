/** Finds the mistakes that people make in `local.conf`, before an hour of `stack.sh` does. */
import { sectionsOf, type Section } from './local-conf-text';
import { KNOWN_SERVICES } from './releases';

export type LintRule =
  'unread' | 'header' | 'section' | 'spaces' | 'service' | 'duplicate' | 'empty' | 'password' | 'network';

export interface LintFinding {
  /** From 1. */
  readonly line: number;
  readonly rule: LintRule;
  /** A `problem` breaks the install; a `warning` may be meant. */
  readonly severity: 'problem' | 'warning';
  /** A sentence for a person. */
  readonly message: string;
}

/** Phases whose sections `stack.sh` merges (its calls of merge_config_group), besides `local`. */
const FILE_PHASES = ['post-config', 'extra', 'post-extra', 'test-config'];

/** Variables and functions of `stack.sh` itself, which no service's configuration file knows. */
const LOCALRC_ONLY =
  /^(?:enable_service|disable_service|disable_all_services|enable_plugin)\b|^(?:[A-Z]+_PASSWORD|HOST_IP|HOST_IP_IFACE|SERVICE_HOST|FIXED_RANGE|FLOATING_RANGE|IPV4_ADDRS_SAFE_TO_USE|PUBLIC_\w+|ENABLED_SERVICES|LIBVIRT_TYPE|LOGFILE|LOGDIR|VERBOSE|LOG_COLOR|GIT_BASE|GIT_DEPTH|RECLONE|OFFLINE|DEST|DATA_DIR|IMAGE_URLS|API_WORKERS|SERVICE_TIMEOUT|[A-Z]+_BRANCH|[A-Z]+_REPO|VOLUME_BACKING_FILE_SIZE|SWIFT_HASH|GLOBAL_VENV)=/;

/** @param text a whole `local.conf` */
export function lintLocalConf(text: string): LintFinding[] {
  const [head, ...sections] = sectionsOf(text);
  const plugins = sections.some(({ lines }) => lines.some((line) => /^\s*enable_plugin\s/.test(line)));
  return [...unread(head), ...sections.flatMap((section) => lintSection(section, plugins))].sort(
    (a, b) => a.line - b.line,
  );
}

/** @param text lines of a person's own, which begin in `[[local|localrc]]` without saying so */
export function lintOwnLines(text: string): LintFinding[] {
  return lintLocalConf(`[[local|localrc]]\n${text}`).map((finding) => ({ ...finding, line: finding.line - 1 }));
}

function unread(head: Section | undefined): LintFinding[] {
  const first = (head?.lines ?? []).findIndex((line) => meaningful(line) && !looksLikeHeader(line));
  const headers = (head?.lines ?? []).flatMap((line, index) => brokenHeader(line, index + 1));
  if (first < 0) return headers;
  const message = 'Nothing before the first [[section]] is ever read.';
  return [...headers, { line: first + 1, rule: 'unread', severity: 'problem', message }];
}

function lintSection(section: Section, plugins: boolean): LintFinding[] {
  const { phase = '', file, line } = section;
  const headers = section.lines.flatMap((text, index) => brokenHeader(text, line + 1 + index));
  if (phase === 'local' && file === 'localrc') return [...headers, ...lintLocalrc(section, plugins)];
  if (!FILE_PHASES.includes(phase)) {
    const known = `[[local|localrc]], or one of ${FILE_PHASES.join(', ')} with a file`;
    const message = `DevStack never reads [[${phase}|${file}]]; it knows ${known}.`;
    return [{ line, rule: 'section', severity: 'problem', message }, ...headers];
  }
  return [...headers, ...lintFile(section)];
}

/** `localrc` is bash: what is no plain assignment is left alone. */
function lintLocalrc({ lines, line: header }: Section, plugins: boolean): LintFinding[] {
  const seen = new Map<string, number>();
  return lines.flatMap((raw, index): LintFinding[] => {
    const line = header + 1 + index;
    const text = raw.trim().replace(/^export\s+/, '');
    if (!meaningful(text)) return [];
    if (/^\[[^[\]]+\]$/.test(text)) {
      const message = `${text} belongs into a section like [[post-config|$NOVA_CONF]]; here bash would run it.`;
      return [{ line, rule: 'section', severity: 'problem', message }];
    }
    const service = /^(enable|disable)_service\s+(.*)$/.exec(text);
    if (service) return unknownServices(service[2] ?? '', /[\s,]+/, line, plugins);
    const spaced = /^([A-Za-z_]\w*)(?:\s+=|=\s+\S)/.exec(text);
    if (spaced) {
      const message = `${spaced[1] ?? ''}: no spaces around = in [[local|localrc]]; bash would take it for a command.`;
      return [{ line, rule: 'spaces', severity: 'problem', message }];
    }
    const [, name, value = ''] = /^([A-Za-z_]\w*)=(.*)$/.exec(text) ?? [];
    if (name === undefined) return [];
    const before = seen.get(name);
    seen.set(name, line);
    return [
      ...(before === undefined ? [] : [duplicate(name, before, line)]),
      ...lintValue(name, unquoted(value), line),
      ...(name === 'ENABLED_SERVICES' ? unknownServices(unquoted(value), /,/, line, plugins) : []),
    ];
  });
}

function lintValue(name: string, value: string, line: number): LintFinding[] {
  const secret = name.endsWith('_PASSWORD');
  if (value === '') {
    const message = secret
      ? `${name} is empty: stack.sh would stop and ask for it.`
      : `${name} is empty, which is not the same as leaving it out.`;
    return [{ line, rule: 'empty', severity: secret ? 'problem' : 'warning', message }];
  }
  if (secret && !value.startsWith('$') && !/^[A-Za-z0-9]+$/.test(value)) {
    const message = `${name} may have letters and digits only: other characters break addresses that contain it.`;
    return [{ line, rule: 'password', severity: 'problem', message }];
  }
  if (name === 'ADMIN_PASSWORD' && value.length > 20) {
    return [{ line, rule: 'password', severity: 'problem', message: 'ADMIN_PASSWORD may have 20 characters at most.' }];
  }
  if (name === 'PUBLIC_INTERFACE') {
    const message = `PUBLIC_INTERFACE gives ${value} to the bridge br-ex: if it is the machine's only one, it is cut off.`;
    return [{ line, rule: 'network', severity: 'warning', message }];
  }
  if (name === 'PUBLIC_NETWORK_GATEWAY') {
    const message = 'br-ex takes PUBLIC_NETWORK_GATEWAY as its own address: never name a real router.';
    return [{ line, rule: 'network', severity: 'warning', message }];
  }
  return [];
}

/** A file section is in the format of ini files: sections, then keys, with or without spaces. */
function lintFile({ phase = '', file, lines, line: header }: Section): LintFinding[] {
  const seen = new Map<string, number>();
  let part: string | undefined;
  return lines.flatMap((raw, index): LintFinding[] => {
    const line = header + 1 + index;
    const text = raw.trim();
    if (!meaningful(text) || looksLikeHeader(text)) return [];
    const [, name] = /^\[([^[\]]+)\]$/.exec(text) ?? [];
    if (name !== undefined) {
      part = name;
      return [];
    }
    if (LOCALRC_ONLY.test(text.replace(/\s*=\s*/, '='))) {
      const [what = ''] = /^\w+/.exec(text) ?? [];
      const message = `${what} belongs into [[local|localrc]]; in [[${phase}|${file}]] it has no effect.`;
      return [{ line, rule: 'section', severity: 'problem', message }];
    }
    if (part === undefined) {
      const message = `Lines of [[${phase}|${file}]] need a section like [DEFAULT] above them.`;
      return [{ line, rule: 'section', severity: 'problem', message }];
    }
    const [, key, value = ''] = /^([^=\s]+)\s*=\s*(.*)$/.exec(text) ?? [];
    if (key === undefined) return [];
    const id = `${part} ${key}`;
    const before = seen.get(id);
    seen.set(id, line);
    return [
      ...(before === undefined ? [] : [duplicate(key, before, line)]),
      ...(value === '' ? [emptyKey(key, line)] : []),
    ];
  });
}

function emptyKey(key: string, line: number): LintFinding {
  return { line, rule: 'empty', severity: 'warning', message: `${key} is empty.` };
}

function duplicate(name: string, before: number, line: number): LintFinding {
  const message = `${name} is set in line ${before} already; the last one wins.`;
  return { line, rule: 'duplicate', severity: 'warning', message };
}

/** With a plugin any service may exist. */
function unknownServices(list: string, separator: RegExp, line: number, plugins: boolean): LintFinding[] {
  if (plugins) return [];
  return list
    .replace(/\s#.*$/, '')
    .split(separator)
    .map((service) => service.trim().replace(/^-/, ''))
    .filter((service) => service !== '' && !service.includes('$') && !KNOWN_SERVICES.has(service))
    .map((service) => ({
      line,
      rule: 'service',
      severity: 'warning',
      message: `DevStack knows no service "${service}", unless a plugin brings it.`,
    }));
}

function brokenHeader(text: string, line: number): LintFinding[] {
  if (!looksLikeHeader(text)) return [];
  const message = `"${text.trim()}" is no section: write [[phase|file]] at the start of a line, without spaces.`;
  return [{ line, rule: 'header', severity: 'problem', message }];
}

function looksLikeHeader(text: string): boolean {
  // In bash `[[ … ]]` is a test, too: only what has a bar or stands alone is meant as a header.
  return /^\s*\[\[\s*[\w-]+\s*(?:\|[^\]]*)?\]\]\s*$/.test(text);
}

function meaningful(line: string): boolean {
  return line.trim() !== '' && !line.trim().startsWith('#');
}

function unquoted(value: string): string {
  const bare = value.replace(/\s+#.*$/, '').trim();
  return /^(["'])(.*)\1$/.exec(bare)?.[2] ?? bare;
}
