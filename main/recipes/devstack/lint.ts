/** Finds the mistakes that people make in `local.conf`, before an hour of `stack.sh` does. */
import { nearest } from '../shared/nearest';
import { lintFileSection } from './lint-file';
import { linesOf, meaningful, type Fix, type LintFinding } from './lint-finding';
import { lintLocalrc } from './lint-localrc';
import { reservedFindings, visiblePasswords } from './lint-reserved';
import { endsSection, isHeader, sectionsOf, type Section } from './local-conf-text';

/** Phases whose sections `stack.sh` merges (its calls of merge_config_group), besides `local`. */
const FILE_PHASES = ['post-config', 'extra', 'post-extra', 'test-config'];

/** @param text a whole `local.conf` @param generated the text that it began as: some of its lines have to stay */
export function lintFile(text: string, generated: string): LintFinding[] {
  const reserved = reservedFindings(text, generated);
  // Of a line that must not be there at all, nothing more needs to be said.
  const wrong = new Set(reserved.map(({ line }) => line));
  const others = lintLocalConf(text).filter(({ rule, line }) => rule !== 'duplicate' || !wrong.has(line));
  return sorted([...others, ...reserved, ...visiblePasswords(text)]);
}

/** @param text a whole `local.conf` */
export function lintLocalConf(text: string): LintFinding[] {
  const [head, ...sections] = sectionsOf(text);
  const all = {
    plugins: sections.some(({ lines }) => lines.some((line) => /^\s*enable_plugin\s/.test(line))),
    sections,
  };
  return sorted([...(head ? unread(head, sections) : []), ...sections.flatMap((section) => lintSection(section, all))]);
}

function sorted(findings: LintFinding[]): LintFinding[] {
  return findings.sort((a, b) => a.line - b.line);
}

function unread(head: Section, sections: readonly Section[]): LintFinding[] {
  const broken = linesOf(head).flatMap(({ line, raw }) => brokenHeader(raw, line));
  const first = linesOf(head).find(({ raw }) => meaningful(raw) && !looksLikeHeader(raw));
  if (!first) return broken;
  const fix: Fix = {
    title: 'Put [[local|localrc]] above it',
    changes: [{ line: first.line, remove: 0, add: ['[[local|localrc]]'] }],
  };
  const message = 'Nothing before the first [[section]] is ever read.';
  const finding: LintFinding = { line: first.line, rule: 'unread', severity: 'problem', message };
  // Where another section is meant to be the first, these lines may be meant for that one.
  return [...broken, sections.length === 0 && broken.length === 0 ? { ...finding, fix } : finding];
}

function lintSection(
  section: Section,
  all: { readonly plugins: boolean; readonly sections: readonly Section[] },
): LintFinding[] {
  const { phase = '', file, line } = section;
  const headers = linesOf(section).flatMap((one) => brokenHeader(one.raw, one.line));
  if (phase === 'local' && file === 'localrc') return [...headers, ...lintLocalrc(section, all.plugins)];
  if (FILE_PHASES.includes(phase)) return [...headers, ...lintFileSection(section, all.sections)];
  const known = `[[local|localrc]], or one of ${FILE_PHASES.join(', ')} with a file`;
  const message = `DevStack never reads [[${phase}|${file}]]; it knows ${known}.`;
  const near = nearest(phase, FILE_PHASES);
  const finding: LintFinding = { line, rule: 'section', severity: 'problem', message };
  if (near === undefined) return [finding, ...headers];
  const header = `[[${near}|${file}]]`;
  return [{ ...finding, fix: { title: `Write ${header}`, changes: [{ line, remove: 1, add: [header] }] } }, ...headers];
}

function brokenHeader(text: string, line: number): LintFinding[] {
  if (!looksLikeHeader(text)) return endsSection(text) ? [test(text, line)] : [];
  const message = `"${text.trim()}" is no section: write [[phase|file]] at the start of a line, without spaces.`;
  const joined = text.replaceAll(/\s+/g, '');
  const finding: LintFinding = { line, rule: 'header', severity: 'problem', message };
  if (!isHeader(joined)) return [finding];
  return [{ ...finding, fix: { title: `Write ${joined}`, changes: [{ line, remove: 1, add: [joined] }] } }];
}

/** `[[ -z "$A" || -z "$B" ]]` at the start of a line: bash means a test, DevStack sees a bar between double brackets. */
function test(text: string, line: number): LintFinding {
  return {
    line,
    rule: 'header',
    severity: 'problem',
    message: 'DevStack takes a line that begins with [[ and has a | for a section, and loses all that follows.',
    fix: { title: 'Put a space before it', changes: [{ line, remove: 1, add: [` ${text}`] }] },
  };
}

function looksLikeHeader(text: string): boolean {
  // In bash `[[ … ]]` is a test, too: only what has one bar or stands alone is meant as a header.
  return /^\s*\[\[\s*[\w-]+\s*(?:\|[^\]|]*)?\]\]\s*$/.test(text) && !isHeader(text);
}
