/**
 * The window over a fake core, to look at: `npx vite --configLoader runner --config test/renderer/preview.config.ts`, then open
 * http://127.0.0.1:5199/#token=many (the token names the scenario: first, options, problem, many, tried, million).
 */
import { resolve } from 'node:path';
import { RPCHandler } from '@orpc/server/ws';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { WebSocketServer } from 'ws';
import type { FakeCore } from '../fakes/fake-api';
import { scenarios } from '../fakes/scenarios';

const fakeBackEnd: Plugin = {
  name: 'fake-back-end',
  configureServer(server) {
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'stackbox' });
    const cores = new Map<string, FakeCore>();
    server.httpServer?.on('upgrade', (request, socket, head) => {
      if (request.url !== '/rpc') return;
      const name = /token\.(\w+)/.exec(request.headers['sec-websocket-protocol'] ?? '')?.[1] ?? '';
      const make = scenarios[name];
      if (make === undefined) {
        socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
        return;
      }
      const core = cores.get(name) ?? make();
      cores.set(name, core);
      sockets.handleUpgrade(request, socket, head, (ws) => void new RPCHandler(core.router()).upgrade(ws));
    });
  },
};

export default defineConfig({
  root: resolve(import.meta.dirname, '../../renderer'),
  plugins: [react(), fakeBackEnd],
  server: { host: '127.0.0.1', port: 5199, strictPort: true },
  cacheDir: resolve(import.meta.dirname, '../../node_modules/.vite-preview'),
});
