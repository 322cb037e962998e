/** Where VBoxManage is on this computer. */
import { access, constants } from 'node:fs/promises';
import { posix, win32 } from 'node:path';

/** What finding depends on; tests pass their own. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * All places where VBoxManage may be, the most telling first. `STACKBOX_VBOXMANAGE` names one outright; the Windows
 * installer leaves its folder in `VBOX_MSI_INSTALL_PATH` (`VBOX_INSTALL_PATH` before 5.0) and never touches `PATH`.
 */
export function placesOfVBoxManage({ platform, env }: Surroundings): string[] {
  const named = env['STACKBOX_VBOXMANAGE'];
  if (named !== undefined && named !== '') return [named];
  if (platform === 'win32') {
    const installed = [
      env['VBOX_MSI_INSTALL_PATH'],
      env['VBOX_INSTALL_PATH'],
      ...[env['ProgramW6432'], env['ProgramFiles'], 'C:\\Program Files']
        .filter(isText)
        .map((folder) => win32.join(folder, 'Oracle', 'VirtualBox')),
    ];
    const onPath = (env['Path'] ?? env['PATH'] ?? '').split(';');
    return unique([...installed, ...onPath].filter(isText).map((folder) => win32.join(folder, 'VBoxManage.exe')));
  }
  const usual =
    platform === 'darwin'
      ? ['/usr/local/bin', '/opt/homebrew/bin', '/Applications/VirtualBox.app/Contents/MacOS']
      : ['/usr/bin', '/usr/local/bin', '/opt/VirtualBox', '/usr/lib/virtualbox'];
  // A desktop program on macOS does not get the shell's PATH, hence the usual places after it.
  const folders = [...(env['PATH'] ?? '').split(':'), ...usual].filter((folder) => folder.startsWith('/'));
  return unique(folders.map((folder) => posix.join(folder, 'VBoxManage')));
}

/** @returns the path of VBoxManage, or `undefined` if it is nowhere. */
export async function findVBoxManage(surroundings: Surroundings = process): Promise<string | undefined> {
  for (const place of placesOfVBoxManage(surroundings)) {
    const runs = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return place;
  }
  return undefined;
}

/** VirtualBox's own folder of settings, in which `VirtualBox.xml` lists every machine and medium. */
export function settingsFolder({ platform, env }: Surroundings = process): string {
  const named = env['VBOX_USER_HOME'];
  if (named !== undefined && named !== '') return named;
  if (platform === 'win32') return win32.join(env['USERPROFILE'] ?? 'C:\\', '.VirtualBox');
  const home = env['HOME'] ?? '/';
  if (platform === 'darwin') return posix.join(home, 'Library', 'VirtualBox');
  return posix.join(env['XDG_CONFIG_HOME'] ?? posix.join(home, '.config'), 'VirtualBox');
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
