/** Entry of the desktop app, in Electron's main process. */
import { resolve } from 'node:path';
import { app, dialog, type BrowserWindow } from 'electron';
import { StackboxError } from '../../contract/errors';
import { defaultDataFolder } from '../../host/paths';
import { openServer } from '../server/open-server';
import { serveWindow } from './ipc';
import { setMenu } from './menu';
import { declareScheme, handOutWindow } from './protocol';
import { openWindow } from './window';

const windowFolder = resolve(import.meta.dirname, '../renderer');
const preload = resolve(import.meta.dirname, '../preload/preload.cjs');
const dataFolder = defaultDataFolder();

async function start(): Promise<void> {
  declareScheme();
  await app.whenReady();
  // Behind the server too, so that the command line reaches the app that is open.
  const server = await openServer({ dataFolder, windowFolder });
  let closing = false;
  app.on('before-quit', (event) => {
    if (closing) return;
    closing = true;
    event.preventDefault();
    server.close().then(() => app.exit(0), fail);
  });
  handOutWindow(windowFolder);
  serveWindow(server.core.router);
  setMenu();

  let window: BrowserWindow | undefined;
  const show = async (): Promise<void> => {
    if (window && !window.isDestroyed()) {
      if (window.isMinimized()) window.restore();
      window.focus();
      return;
    }
    window = await openWindow({ preload, dataFolder });
  };
  app.on('second-instance', () => void show().catch(fail));
  app.on('activate', () => void show().catch(fail));
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  await show();
}

/** Without a core or a window there is nothing to show an error in but the system's own box. */
function fail(thrown: unknown): void {
  const { message, facts } = StackboxError.from(thrown);
  dialog.showErrorBox(message, facts.hint ?? '');
  app.exit(1);
}

if (app.requestSingleInstanceLock()) start().catch(fail);
else app.quit();
