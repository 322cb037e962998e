import type { Api } from '../../app/connection';
import { preferences } from '../../app/preferences';
import { TerminalSession, type TerminalWish } from './session';

/** All terminals that this window has shown, by their id; they outlive the views. */
const sessions = new Map<string, TerminalSession>();

/** The screen of a terminal, made when it is asked for the first time. */
export function sessionOf(api: Api, terminalId: string, wish: TerminalWish): TerminalSession {
  const known = sessions.get(terminalId);
  if (known !== undefined) return known;
  const session = new TerminalSession(api, terminalId, wish, preferences.getState().terminalFontSize);
  sessions.set(terminalId, session);
  return session;
}

export function dropSession(terminalId: string): void {
  sessions.get(terminalId)?.dispose();
  sessions.delete(terminalId);
}
