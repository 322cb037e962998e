/** The one window of the app. */
import { join } from 'node:path';
import { BrowserWindow, screen } from 'electron';
import { readJson, writeJson } from '../../core/store/atomic-json';
import { boundsSchema, placeWindow } from './bounds';
import { WINDOW_ORIGIN } from './protocol';
import { confine, denyPermissions } from './security';

export interface WindowOptions {
  readonly preload: string;
  readonly dataFolder: string;
}

/** Opens the window where it was and shows it once it has something to show. */
export async function openWindow({ preload, dataFolder }: WindowOptions): Promise<BrowserWindow> {
  const file = join(dataFolder, 'window.json');
  const { value: remembered } = await readJson(file, boundsSchema);
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...placeWindow(remembered, areas),
    minWidth: 800,
    minHeight: 600,
    show: false,
    title: 'Stackbox',
    webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
  });
  denyPermissions(window.webContents.session);
  confine(window.webContents);
  window.once('ready-to-show', () => window.show());
  // The place of a window is a comfort: without room to write it down the app still closes.
  window.on('close', () => void writeJson(file, window.getNormalBounds()).catch(() => undefined));
  await window.loadURL(`${WINDOW_ORIGIN}/`);
  return window;
}
