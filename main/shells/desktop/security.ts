/** What a page in our window may not do: everything but being our page. */
import { shell, type Session, type WebContents } from 'electron';
import { WINDOW_ORIGIN } from './protocol';

/** Links that the person's own programs may be asked to open. */
const OUTSIDE = new Set(['http:', 'https:', 'mailto:']);

/** Whether an address is a page of the built window. */
export function isOwnPage(address: string): boolean {
  return address === WINDOW_ORIGIN || address.startsWith(`${WINDOW_ORIGIN}/`);
}

/** Whether an address may be handed to the system: a `file:` or a program's own scheme could start anything. */
export function mayOpenOutside(address: string): boolean {
  return URL.canParse(address) && OUTSIDE.has(new URL(address).protocol);
}

/** Refuses every permission that a page can ask for, except writing to the clipboard, which copy buttons need. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'clipboard-sanitized-write'),
  );
  session.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write');
}

/** Keeps the window on our page; links to elsewhere open in the person's browser. */
export function confine(contents: WebContents): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
  const stay = (event: { preventDefault(): void; readonly url: string }): void => {
    if (!isOwnPage(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
