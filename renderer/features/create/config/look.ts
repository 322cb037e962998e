import { EditorView } from '@codemirror/view';

/** The editor in the window's own colours and measures, light and dark. */
export const look = EditorView.theme({
  '&': { backgroundColor: 'var(--sb-well)', color: 'var(--sb-text)', fontSize: '13px' },
  '&.cm-focused': { outline: '2px solid var(--sb-accent)', outlineOffset: '-2px' },
  '.cm-scroller': {
    maxHeight: '460px',
    minHeight: '240px',
    fontFamily: 'var(--mantine-font-family-monospace)',
    lineHeight: '20px',
  },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--sb-text)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--sb-text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--sb-text-dim)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '32px', padding: '0 6px 0 8px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter': { backgroundColor: 'var(--sb-hover)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'light-dark(#cdd4fb, #34407a) !important',
  },
  '.cm-searchMatch': { backgroundColor: 'light-dark(#ffe9a8, #54421d)', outline: 'none' },
  '.cm-searchMatch-selected': { backgroundColor: 'light-dark(#ffcf5c, #8a6420)' },
  '.cm-panels': { backgroundColor: 'var(--sb-card)', color: 'var(--sb-text)' },
  '.cm-panels-top, .cm-panels-bottom': { borderColor: 'var(--sb-line)' },
  '.cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label': { fontSize: '12px' },
  '.cm-textfield': {
    backgroundColor: 'var(--sb-well)',
    border: '1px solid var(--sb-line-strong)',
    borderRadius: '4px',
    color: 'inherit',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--sb-hover)',
    border: '1px solid var(--sb-line)',
    borderRadius: '4px',
    color: 'inherit',
  },
  '.cm-panel.cm-search [name=close]': { color: 'inherit', fontSize: '18px' },
  '.cm-tooltip': {
    maxWidth: '480px',
    backgroundColor: 'var(--sb-card)',
    border: '1px solid var(--sb-line-strong)',
    borderRadius: '6px',
    color: 'var(--sb-text)',
    fontFamily: 'var(--mantine-font-family)',
  },
  '.cm-diagnostic': { padding: '6px 10px', borderLeftWidth: '3px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--sb-failed)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--sb-attention)' },
  '.cm-diagnosticAction': {
    backgroundColor: 'var(--mantine-primary-color-filled)',
    borderRadius: '4px',
    cursor: 'pointer',
  },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--sb-failed) 1px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--sb-attention) 1px' },
});
