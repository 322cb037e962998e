/** Gives the page a port to the core when it asks for one. Sandboxed, so it is built as CommonJS. */
import { contextBridge, ipcRenderer } from 'electron';
import { PORT_CHANNEL } from './channel';

/** The little of a page that is needed here; the back end is compiled without the types of a browser. */
declare const window: {
  addEventListener(type: 'message', listener: (event: { source: unknown; data: unknown }) => void): void;
  postMessage(message: unknown, targetOrigin: string, transfer: InstanceType<typeof MessagePort>[]): void;
};

// Its presence tells the page that the core is reached by a port.
contextBridge.exposeInMainWorld('stackbox', { platform: process.platform });

window.addEventListener('message', ({ source, data }) => {
  if (source !== window || data !== 'stackbox-ready') return;
  const { port1, port2 } = new MessageChannel();
  ipcRenderer.postMessage(PORT_CHANNEL, null, [port2]);
  window.postMessage('stackbox-port', '*', [port1]);
});
