export type KeyAction = 'copy' | 'paste' | 'search' | 'palette' | 'leave';

/** What a key does for the window; `undefined` when it belongs to the program in the terminal. */
export function keyAction(event: KeyboardEvent): KeyAction | undefined {
  const { ctrlKey, shiftKey, altKey, metaKey, code } = event;
  if (altKey) return undefined;
  if (ctrlKey && code === 'F6') return 'leave';
  if (ctrlKey && !shiftKey && code === 'Insert') return 'copy';
  if (shiftKey && !ctrlKey && code === 'Insert') return 'paste';
  if (metaKey && code === 'KeyF') return 'search';
  if (!shiftKey || !(ctrlKey || metaKey)) return undefined;
  return SHIFTED[code];
}

const SHIFTED: Readonly<Record<string, KeyAction>> = {
  KeyC: 'copy',
  KeyV: 'paste',
  KeyF: 'search',
  KeyP: 'palette',
};
