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
  const rules = platform === 'win32' ? path.win32 : path.posix;
  const chosen = env['STACKBOX_HOME'];
  if (chosen !== undefined && chosen !== '') return rules.resolve(chosen);
  if (platform === 'win32') return rules.join(env['LOCALAPPDATA'] ?? rules.join(home, 'AppData', 'Local'), 'Stackbox');
  if (platform === 'darwin') return rules.join(home, 'Library', 'Application Support', 'Stackbox');
  const xdg = env['XDG_DATA_HOME'];
  return rules.join(xdg !== undefined && rules.isAbsolute(xdg) ? xdg : rules.join(home, '.local', 'share'), 'stackbox');
}

/**
 * Where OpenStack's clients look for the person's clouds.yaml: openstacksdk reads `~/.config/openstack` on every system, or on
 * Linux what the XDG rules name instead.
 * @returns an absolute path; the folder may not exist yet
 */
export function defaultOpenstackFolder(
  env: Readonly<NodeJS.ProcessEnv> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const rules = platform === 'win32' ? path.win32 : path.posix;
  const xdg = env['XDG_CONFIG_HOME'];
  const own = platform === 'linux' && xdg !== undefined && rules.isAbsolute(xdg) ? xdg : rules.join(home, '.config');
  return rules.join(own, 'openstack');
}
