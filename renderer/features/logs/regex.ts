/**
 * Regular expressions that a person typed. The browser's engine tries every way through a line, which for `(a+)+$` and a
 * hundred letters takes longer than anybody lives, and nothing can stop it. RE2's algorithm reads each line once.
 */
import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';
import { marksOf, type Finder, type Pattern } from './finder';

/** Small letters find capitals too. */
const FLAGS = '(?i)';
/** Compiling takes about 1 ms for 2 characters when they are all repeats of a thousand. */
const MAX_TYPED = 1000;
/** The engine walks through this many instructions for a character at the worst: 100 kB of them take 0.3 s. */
const MAX_INSTRUCTIONS = 1000;
/** Instructions times characters of a line that may be looked at for marks; it takes 10 ms, or 40 at the worst. */
const MAX_MARK_WORK = 200_000;

/** A reference to a named group, which the translation would take for the letter k. */
const NAMED_REFERENCE = /(?<!\\)(?:\\\\)*(\\k<[^>]*>)/;

export function regexPattern(typed: string): Pattern {
  if (typed.length > MAX_TYPED) return { state: 'bad', why: 'long', reason: '' };
  const reference = NAMED_REFERENCE.exec(typed)?.[1];
  if (reference !== undefined) return { state: 'bad', why: 'lacking', reason: reference };
  try {
    const regex = RE2JS.compile(FLAGS + RE2JS.translateRegExp(typed), RE2JS.LOOKBEHINDS);
    if (regex.programSize() > MAX_INSTRUCTIONS) return { state: 'bad', why: 'long', reason: '' };
    return { state: 'good', finder: finderOf(regex) };
  } catch (thrown) {
    if (thrown instanceof RE2JSException) return refused(typed, thrown);
    throw thrown;
  }
}

/** What the browser calls a mistake is one, in its words; what it would take is a part that RE2 does without. */
function refused(typed: string, error: RE2JSException): Pattern {
  try {
    // oxlint-disable-next-line no-new -- it is only asked for its opinion
    new RegExp(typed, 'gim');
  } catch (thrown) {
    return { state: 'bad', why: 'syntax', reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  if (!(error instanceof RE2JSSyntaxException) || /too (?:deeply|large)/.test(error.getDescription())) {
    return { state: 'bad', why: 'long', reason: '' };
  }
  return { state: 'bad', why: 'lacking', reason: (error.getPattern() ?? '').replace(FLAGS, '') };
}

function finderOf(regex: RE2JS): Finder {
  return {
    next(text, from) {
      for (let at = from; at < text.length;) {
        const feed = text.indexOf('\n', at);
        const end = feed === -1 ? text.length : feed;
        if (regex.test(text.slice(at, end))) return at;
        at = end + 1;
      }
      return -1;
    },
    marks: (line) => (regex.programSize() * line.length > MAX_MARK_WORK ? [] : marksOf(regex.matchAll(line))),
  };
}
