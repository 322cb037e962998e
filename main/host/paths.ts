/** Where Stackbox keeps what it must not lose, on each system. */
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The data folder: `STACKBOX_HOME` if set, else the place that the system's own rules name.
 * Linux follows the XDG base directory specification, by which a relative `XDG_DATA_HOME` is to be ignored.
 * @returns an absolute path; the folder may not exist yet
 */
export function defaultDataFolder(
  env: Readonly<NodeJS.ProcessEnv> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const { join, isAbsolute, resolve } = platform === 'win32' ? path.win32 : path.posix;
  const chosen = env['STACKBOX_HOME'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Stackbox');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Stackbox');
  const xdg = env['XDG_DATA_HOME'];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'stackbox');
}
