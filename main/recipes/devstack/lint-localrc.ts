/** Mistakes in `[[local|localrc]]`, which is bash: what is no plain assignment or call of DevStack's is left alone. */
import { nearest } from '../shared/nearest';
import { duplicate, linesOf, meaningful, replaceLine, type LintFinding, type SectionLine } from './lint-finding';
import type { Section } from './local-conf-text';
import { KNOWN_SERVICES } from './releases';

/** @param plugins whether the file enables any: with a plugin any service may exist */
export function lintLocalrc(section: Section, plugins: boolean): LintFinding[] {
  const all = linesOf(section);
  const seen = new Map<string, number>();
  const ovn = all.some(({ raw }) => /^\s*enable_service\s.*\bovn-controller\b/.test(raw));
  return all.flatMap((one): LintFinding[] => {
    const { line, raw } = one;
    const text = raw.trim().replace(/^export\s+/, '');
    if (!meaningful(text)) return [];
    if (/^\[[^[\]]+\]$/.test(text)) {
      const message = `${text} belongs into a section like [[post-config|$NOVA_CONF]]; here bash would run it.`;
      return [{ line, rule: 'section', severity: 'problem', message }];
    }
    const service = /^(enable|disable)_service\s+(.*)$/.exec(text);
    if (service) {
      const [, verb, names = ''] = service;
      return [
        ...unknownServices(names, /[\s,]+/, one, plugins),
        ...(verb === 'enable' && ovn ? oldAgents(names, one) : []),
      ];
    }
    if (/^enable_plugin\b/.test(text)) return lintPlugin(text, line);
    const spaced = /^([A-Za-z_]\w*)(?:\s+=\s*|=\s+)(\S.*)?$/.exec(text);
    if (spaced && !/^(?:if|while|until|test)$/.test(spaced[1] ?? '')) {
      return [spacesRound(raw, spaced[1] ?? '', spaced[2] ?? '', line)];
    }
    const [, name, value = ''] = /^([A-Za-z_]\w*)=(.*)$/.exec(text) ?? [];
    if (name === undefined) return [];
    const before = seen.get(name);
    seen.set(name, line);
    return [
      ...(before === undefined ? [] : [duplicate(name, before, line, withoutEarlier(name, before, line, all))]),
      ...lintValue(name, value, line, raw),
      ...(name === 'ENABLED_SERVICES' ? unknownServices(unquoted(value), /,/, one, plugins) : []),
    ];
  });
}

function spacesRound(raw: string, name: string, value: string, line: number): LintFinding {
  const message = `${name}: no spaces around = in [[local|localrc]]; bash would take it for a command.`;
  const finding: LintFinding = { line, rule: 'spaces', severity: 'problem', message };
  const before = /^\s*(?:export\s+)?/.exec(raw)?.[0] ?? '';
  if (/^(?:[^\s"'`\\]+|"[^"]*"|'[^']*')(?:\s+#.*)?$/.test(value)) {
    return { ...finding, fix: replaceLine('Remove the spaces', line, `${before}${name}=${value}`) };
  }
  // Several words: without quotes bash would take the second for a command. With signs of bash's own, a person must look.
  if (!/^[\w./,:@% -]+$/.test(value)) return finding;
  return { ...finding, fix: replaceLine('Remove the spaces, add quotes', line, `${before}${name}="${value.trim()}"`) };
}

/** Only where nothing between the two uses the first value. */
function withoutEarlier(name: string, before: number, line: number, all: readonly SectionLine[]) {
  const use = new RegExp(`\\$\\{?${name}\\b`);
  const first = all[0]?.line ?? 0;
  const used = all.slice(before - first + 1, line - first + 1).some(({ raw }) => use.test(raw));
  return used ? undefined : replaceLine(`Remove line ${before}, which has no effect`, before);
}

/** Variables that DevStack no longer reads. */
const OBSOLETE: ReadonlyMap<string, string> = new Map([
  ['USE_PYTHON3', 'DevStack only knows Python 3 by now.'],
  ['SCREEN_LOGDIR', 'Services run under systemd and log to its journal.'],
]);

function lintValue(name: string, raw: string, line: number, whole: string): LintFinding[] {
  const gone = OBSOLETE.get(name);
  if (gone !== undefined) {
    const fix = replaceLine('Remove the line', line);
    return [{ line, rule: 'obsolete', severity: 'warning', message: `${name} has no effect: ${gone}`, fix }];
  }
  const value = unquoted(raw);
  const secret = name.endsWith('_PASSWORD');
  if (value === '') {
    if (secret) {
      const message = `${name} is empty: stack.sh would stop and ask for it.`;
      return [{ line, rule: 'empty', severity: 'problem', message }];
    }
    const message = `${name} is empty, which is not the same as leaving it out.`;
    return [{ line, rule: 'empty', severity: 'warning', message, fix: replaceLine('Remove the line', line) }];
  }
  if (openQuote(raw)) {
    const message = 'The quote does not end on this line: bash reads on until it finds another.';
    return [{ line, rule: 'quote', severity: 'warning', message }];
  }
  if (/^\{\{\w+\}\}$/.test(value)) return [];
  if (secret && !value.startsWith('$') && !/^[A-Za-z0-9]+$/.test(value)) {
    const message = `${name} may have letters and digits only: other characters break addresses that contain it.`;
    const fix = replaceLine(
      'Use the administrator’s password',
      line,
      `${whole.slice(0, whole.indexOf('=') + 1)}$ADMIN_PASSWORD`,
    );
    return [{ line, rule: 'password', severity: 'problem', message, ...(name !== 'ADMIN_PASSWORD' && { fix }) }];
  }
  if (name === 'ADMIN_PASSWORD' && value.length > 20) {
    return [{ line, rule: 'password', severity: 'problem', message: 'ADMIN_PASSWORD may have 20 characters at most.' }];
  }
  return lintMeaning(name, value, line);
}

/** Values that are right by themselves and lead into trouble. */
function lintMeaning(name: string, value: string, line: number): LintFinding[] {
  const warn = (message: string): LintFinding[] => [{ line, rule: 'network', severity: 'warning', message }];
  if (name === 'PUBLIC_INTERFACE') {
    return warn(`PUBLIC_INTERFACE gives ${value} to the bridge br-ex: if it is the machine's only one, it is cut off.`);
  }
  if (name === 'PUBLIC_NETWORK_GATEWAY') {
    return warn('br-ex takes PUBLIC_NETWORK_GATEWAY as its own address: never name a real router.');
  }
  if (name === 'OFFLINE' && /^true$/i.test(value)) {
    return warn('OFFLINE=True needs everything to be there already: the first install of a machine fails with it.');
  }
  return [];
}

function lintPlugin(text: string, line: number): LintFinding[] {
  const [, name, address] = text.replace(/\s#.*$/, '').split(/\s+/);
  if (name !== undefined && address !== undefined) return [];
  const message = 'enable_plugin needs a name and an address: enable_plugin heat https://opendev.org/openstack/heat';
  return [{ line, rule: 'plugin', severity: 'problem', message }];
}

function unknownServices(list: string, separator: RegExp, one: SectionLine, plugins: boolean): LintFinding[] {
  if (plugins) return [];
  const { line, raw } = one;
  return namesIn(list, separator)
    .filter((service) => !KNOWN_SERVICES.has(service))
    .map((service) => {
      const near = nearest(service, KNOWN_SERVICES);
      const message = `DevStack knows no service "${service}", unless a plugin brings it.`;
      const finding: LintFinding = { line, rule: 'service', severity: 'warning', message };
      if (near === undefined) return finding;
      const escaped = service.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const word = new RegExp(`(?<!\\w-?)${escaped}(?![\\w-])`);
      return {
        ...finding,
        fix: replaceLine(
          `Write ${near}`,
          line,
          raw.replace(word, () => near),
        ),
      };
    });
}

/** OVN has agents of its own; its driver ends stack.sh when it sees the old ones. */
function oldAgents(list: string, { line }: SectionLine): LintFinding[] {
  return namesIn(list, /[\s,]+/)
    .filter((service) => service === 'q-agt' || service === 'q-l3')
    .map((service) => ({
      line,
      rule: 'service',
      severity: 'problem',
      message: `${service} does not go with OVN, which is enabled here: stack.sh would end.`,
    }));
}

function namesIn(list: string, separator: RegExp): string[] {
  return list
    .replace(/\s#.*$/, '')
    .split(separator)
    .map((service) => service.trim().replace(/^-/, ''))
    .filter((service) => service !== '' && !service.includes('$'));
}

/** A value that begins with a quote and has no other, as far as one line shows. */
function openQuote(value: string): boolean {
  const [quote = ''] = value;
  return (quote === '"' || quote === "'") && !value.slice(1).includes(quote);
}

function unquoted(value: string): string {
  const bare = value.replace(/\s+#.*$/, '').trim();
  return /^(["'])(.*)\1$/.exec(bare)?.[2] ?? bare;
}
