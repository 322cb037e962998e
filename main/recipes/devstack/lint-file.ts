/** Mistakes in the sections of `local.conf` that are merged into configuration files: `[[post-config|$NOVA_CONF]]`. */
import { duplicate, linesOf, meaningful, replaceLine, type Fix, type LintFinding } from './lint-finding';
import type { Section } from './local-conf-text';

/** Variables and functions of `stack.sh` itself, which no service's configuration file knows. */
const LOCALRC_ONLY =
  /^(?:enable_service|disable_service|disable_all_services|enable_plugin)\b|^(?:[A-Z]+_PASSWORD|HOST_IP|HOST_IP_IFACE|SERVICE_HOST|FIXED_RANGE|FLOATING_RANGE|IPV4_ADDRS_SAFE_TO_USE|PUBLIC_\w+|ENABLED_SERVICES|LIBVIRT_TYPE|LOGFILE|LOGDIR|VERBOSE|LOG_COLOR|GIT_BASE|GIT_DEPTH|RECLONE|OFFLINE|DEST|DATA_DIR|IMAGE_URLS|API_WORKERS|SERVICE_TIMEOUT|[A-Z]+_BRANCH|[A-Z]+_REPO|VOLUME_BACKING_FILE_SIZE|SWIFT_HASH|GLOBAL_VENV)=/;

/** It is in the format of ini files: sections, then keys, with or without spaces. @param sections of the whole file */
export function lintFileSection(section: Section, sections: readonly Section[]): LintFinding[] {
  const { phase = '', file } = section;
  const seen = new Map<string, number>();
  let part: string | undefined;
  return linesOf(section).flatMap(({ line, raw }): LintFinding[] => {
    const text = raw.trim();
    if (!meaningful(text) || text.startsWith('[[')) return [];
    const [, name] = /^\[([^[\]]+)\]$/.exec(text) ?? [];
    if (name !== undefined) {
      part = name;
      return [];
    }
    const joined = text.replace(/\s*=\s*/, '=');
    if (LOCALRC_ONLY.test(joined)) {
      const [what = ''] = /^\w+/.exec(text) ?? [];
      const message = `${what} belongs into [[local|localrc]]; in [[${phase}|${file}]] it has no effect.`;
      return [{ line, rule: 'section', severity: 'problem', message, ...moveToLocalrc(line, joined, sections) }];
    }
    if (part === undefined) {
      const message = `Lines of [[${phase}|${file}]] need a section like [DEFAULT] above them.`;
      const fix: Fix = { title: 'Put [DEFAULT] above it', changes: [{ line, remove: 0, add: ['[DEFAULT]'] }] };
      return [{ line, rule: 'section', severity: 'problem', message, fix }];
    }
    const [, key, value = ''] = /^([^=\s]+)\s*=\s*(.*)$/.exec(text) ?? [];
    if (key === undefined) return [];
    const id = `${part} ${key}`;
    const before = seen.get(id);
    seen.set(id, line);
    return [
      ...(before === undefined
        ? []
        : [duplicate(key, before, line, replaceLine(`Remove line ${before}, which has no effect`, before))]),
      ...(value === '' ? [emptyKey(key, line)] : []),
    ];
  });
}

/** To the end of the lines that say something in the first `[[local|localrc]]`. */
function moveToLocalrc(line: number, text: string, sections: readonly Section[]): { fix?: Fix } {
  const localrc = sections.find(({ phase, file }) => phase === 'local' && file === 'localrc');
  if (!localrc) return {};
  const last = localrc.lines.findLastIndex((one) => one.trim() !== '');
  const target = localrc.line + last + 2;
  const changes = [
    { line: target, remove: 0, add: [text] },
    { line, remove: 1, add: [] },
  ];
  return { fix: { title: 'Move it to [[local|localrc]]', changes } };
}

function emptyKey(key: string, line: number): LintFinding {
  return { line, rule: 'empty', severity: 'warning', message: `${key} is empty.` };
}
