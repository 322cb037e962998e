/** The API for the window: its preload script sends a MessagePort, and calls come in through that. */
import { ipcMain, type IpcMainEvent } from 'electron';
import { RPCHandler } from '@orpc/server/message-port';
import type { ApiRouter } from '../../core/router';
import { PORT_CHANNEL } from './channel';
import { isOwnPage } from './security';

/** Serves every port that the main frame of our own page sends; all others are closed at once. */
export function serveWindow(router: ApiRouter): void {
  const handler = new RPCHandler(router);
  ipcMain.on(PORT_CHANNEL, (event) => {
    const [port] = event.ports;
    if (!port) return;
    if (!isOurs(event)) {
      port.close();
      return;
    }
    handler.upgrade(port);
    port.start();
  });
}

/** A frame inside the page, or a page that took its place, is not ours. */
function isOurs({ senderFrame, sender }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isOwnPage(senderFrame.url);
}
