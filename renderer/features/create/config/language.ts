/** Colours for `local.conf` and files like it: sections, comments, variables, placeholders. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StreamParser } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';

interface State {
  /** Whether the value of an assignment has begun. */
  value: boolean;
}

/** DevStack's own functions; what else bash can do stays without a colour. */
const CALLS = /^(?:enable_service|disable_service|disable_all_services|enable_plugin|define_plugin)\b/;

const parser: StreamParser<State> = {
  name: 'configuration',
  startState: () => ({ value: false }),
  token(stream, state) {
    if (stream.sol()) {
      state.value = false;
      if (stream.match(/^\[\[[^\]]*\]\].*/)) return 'heading';
      if (stream.match(/^\s*\[[^\]]+\]\s*$/)) return 'typeName';
    }
    if (stream.eatSpace()) return null;
    if (stream.match(/^\{\{[A-Z][A-Z0-9_]*\}\}/)) return 'atom';
    if (stream.match(/^\$(?:\{[^}]*\}|\w+)/)) return 'variableName.special';
    // In the middle of a word # is no comment: an address may have one.
    if (stream.peek() === '#' && (stream.pos === 0 || /\s/.test(stream.string.charAt(stream.pos - 1)))) {
      stream.skipToEnd();
      return 'comment';
    }
    if (!state.value) {
      if (stream.match(CALLS)) {
        state.value = true;
        return 'keyword';
      }
      if (stream.match(/^[A-Za-z_][\w.-]*(?=\s*\+?=)/)) return 'variableName';
      if (stream.match(/^\+?=/)) {
        state.value = true;
        return 'operator';
      }
    }
    if (stream.match(/^(?:True|False|yes|no|[yn])(?=\s|$)/)) return 'bool';
    if (stream.match(/^\d[\d.]*[GMK]?(?=[\s,/]|$)/)) return 'number';
    if (state.value && stream.match(/^[^\s#${]+/)) return 'string';
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '#' } },
};

/** `light-dark()` follows the scheme that Mantine sets on the root, so one style serves both; each keeps 4.5:1. */
const colours = HighlightStyle.define([
  { tag: tags.heading, color: 'var(--sb-accent)', fontWeight: '600' },
  { tag: tags.typeName, color: 'light-dark(#8e2f9b, #d38be0)', fontWeight: '600' },
  { tag: tags.comment, color: 'var(--sb-text-dim)' },
  { tag: tags.keyword, color: 'light-dark(#8e2f9b, #d38be0)' },
  { tag: tags.variableName, color: 'light-dark(#0b6b7d, #56c2d6)' },
  { tag: tags.special(tags.variableName), color: 'light-dark(#8a5300, #e9ae4a)' },
  { tag: tags.operator, color: 'var(--sb-text-dim)' },
  { tag: tags.string, color: 'var(--sb-text)' },
  { tag: [tags.number, tags.bool], color: 'light-dark(#12704f, #3fc08d)' },
  { tag: tags.atom, color: 'var(--sb-accent)', backgroundColor: 'var(--sb-accent-ground)', borderRadius: '3px' },
]);

export const configurationLanguage: Extension = [StreamLanguage.define(parser), syntaxHighlighting(colours)];
