/** What a person wants to find. */
export interface Search {
  readonly typed: string;
  readonly asRegex: boolean;
  /** Show nothing but the lines that match. */
  readonly only: boolean;
}

export type Pattern =
  | { readonly state: 'none' }
  | { readonly state: 'bad'; readonly reason: string }
  | { readonly state: 'good'; readonly regex: RegExp };

/** What a person typed as a pattern; plain text is taken literally, and small letters find capitals too. */
export function toPattern(typed: string, asRegex: boolean): Pattern {
  if (typed === '') return { state: 'none' };
  const source = asRegex ? typed : typed.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  try {
    return { state: 'good', regex: new RegExp(source, 'gim') };
  } catch (thrown) {
    return { state: 'bad', reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

export type Severity = 'error' | 'warning' | undefined;

const ERROR = /\b(?:error|errors|failed|failure|fatal|critical|panic|traceback|emerg)\b/i;
const WARNING = /\b(?:warn|warning|warnings|deprecated)\b/i;

/** How loud a line is, by the words that nearly every program uses. */
export function severityOf(line: string): Severity {
  if (ERROR.test(line)) return 'error';
  return WARNING.test(line) ? 'warning' : undefined;
}
