import { marksOf, type Finder, type Pattern } from './finder';
import { regexPattern } from './regex';

/** What a person wants to find. */
export interface Search {
  readonly typed: string;
  readonly asRegex: boolean;
  /** Show nothing but the lines that match. */
  readonly only: boolean;
}

/** What a person typed as a pattern; plain text is taken literally, and small letters find capitals too. */
export function toPattern(typed: string, asRegex: boolean): Pattern {
  if (typed === '') return { state: 'none' };
  return asRegex ? regexPattern(typed) : { state: 'good', finder: literalFinder(typed) };
}

/** Plain text has nothing that the browser's own engine could try in many ways, and that engine is the fastest. */
function literalFinder(typed: string): Finder {
  const literal = new RegExp(typed.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), 'gi');
  return {
    next(text, from) {
      literal.lastIndex = from;
      return literal.exec(text)?.index ?? -1;
    },
    marks: (line) => marksOf(line.matchAll(literal)),
  };
}

export type Severity = 'error' | 'warning' | undefined;

const ERROR = /\b(?:error|errors|failed|failure|fatal|critical|panic|traceback|emerg)\b/i;
const WARNING = /\b(?:warn|warning|warnings|deprecated)\b/i;

/** How loud a line is, by the words that nearly every program uses. */
export function severityOf(line: string): Severity {
  if (ERROR.test(line)) return 'error';
  return WARNING.test(line) ? 'warning' : undefined;
}
