import { isolateHistory } from '@codemirror/commands';
import type { Diagnostic } from '@codemirror/lint';
import { Transaction, type Text } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { ConfigFinding } from '../../../../main/contract/configuration';

type Fix = NonNullable<ConfigFinding['fix']>;

/** What the core found, as marks in the text that it was found in. */
export function diagnosticsOf(findings: readonly ConfigFinding[], doc: Text): Diagnostic[] {
  return findings
    .filter(({ line }) => line <= doc.lines)
    .map((finding): Diagnostic => {
      const line = doc.line(finding.line);
      const start = line.text.length - line.text.trimStart().length;
      const { fix } = finding;
      return {
        from: line.from + start,
        to: line.from + Math.max(start, line.text.trimEnd().length),
        severity: finding.severity === 'problem' ? 'error' : 'warning',
        message: finding.message,
        ...(fix && { actions: [{ name: fix.title, apply: (view) => applyFix(view, fix, doc) }] }),
      };
    });
}

/** Changes the lines that a fix names, unless the text has changed since: then the numbers mean nothing any more. */
export function applyFix(view: EditorView, fix: Fix, doc: Text): void {
  if (!view.state.doc.eq(doc)) return;
  const lines = doc.toString().split('\n');
  for (const { line, remove, add } of [...fix.changes].sort((a, b) => b.line - a.line)) {
    lines.splice(line - 1, remove, ...add);
  }
  replaceText(view, lines.join('\n'), { userEvent: 'input.fix' });
}

interface Change {
  /** Absent for what no person did. */
  readonly userEvent?: string;
  /** Whether Ctrl+Z takes it back. */
  readonly undo?: boolean;
}

/** Makes the text another with the least change, so that cursor and marks stay where they are. */
export function replaceText(view: EditorView, wanted: string, { userEvent, undo = true }: Change): void {
  const before = view.state.doc.toString();
  if (before === wanted) return;
  const shorter = Math.min(before.length, wanted.length);
  let from = 0;
  while (from < shorter && before[from] === wanted[from]) from++;
  let tail = 0;
  while (tail < shorter - from && before.at(-1 - tail) === wanted.at(-1 - tail)) tail++;
  view.dispatch({
    changes: { from, to: before.length - tail, insert: wanted.slice(from, wanted.length - tail) },
    annotations: [
      undo ? isolateHistory.of('full') : Transaction.addToHistory.of(false),
      ...(userEvent === undefined ? [Transaction.remote.of(true)] : []),
    ],
    ...(userEvent !== undefined && { userEvent }),
  });
}
