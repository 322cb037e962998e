/** What the linter of `local.conf` says, and the fixes that it offers. */
import type { ConfigFinding } from '../../contract/configuration';
import type { Section } from './local-conf-text';

export type LintRule =
  | 'unread'
  | 'header'
  | 'section'
  | 'spaces'
  | 'service'
  | 'duplicate'
  | 'empty'
  | 'password'
  | 'network'
  | 'quote'
  | 'plugin'
  | 'obsolete'
  | 'reserved';

export interface LintFinding extends ConfigFinding {
  readonly rule: LintRule;
}

export type Fix = NonNullable<ConfigFinding['fix']>;

/** Puts another line in the place of one, or, with none, takes it away. */
export function replaceLine(title: string, line: number, ...add: string[]): Fix {
  return { title, changes: [{ line, remove: 1, add }] };
}

/** A line of a section with its number. */
export interface SectionLine {
  readonly line: number;
  readonly raw: string;
}

export function linesOf({ lines, line: header }: Section): SectionLine[] {
  return lines.map((raw, index) => ({ line: header + 1 + index, raw }));
}

/** Neither empty nor a comment. */
export function meaningful(line: string): boolean {
  return line.trim() !== '' && !line.trim().startsWith('#');
}

export function duplicate(name: string, before: number, line: number, fix?: Fix): LintFinding {
  const message = `${name} is set in line ${before} already; the last one wins.`;
  return { line, rule: 'duplicate', severity: 'warning', message, ...(fix && { fix }) };
}
