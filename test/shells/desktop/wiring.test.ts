import { MessageChannel } from 'node:worker_threads';
import { EventEmitter } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ApiClient } from '../../../main/shells/api';
import { serveWindow } from '../../../main/shells/desktop/ipc';
import { menuTemplate } from '../../../main/shells/desktop/menu';
import { handOutWindow } from '../../../main/shells/desktop/protocol';
import { confine, denyPermissions, isOwnPage, mayOpenOutside } from '../../../main/shells/desktop/security';
import { FakeCore } from '../../fakes/fake-api';
import { tempFolder } from '../../support/temp';

const electron = await vi.hoisted(async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  return {
    ipcMain: new Emitter(),
    shell: { openExternal: vi.fn(async () => undefined) },
    protocol: { handle: vi.fn(), registerSchemesAsPrivileged: vi.fn() },
    Menu: {},
  };
});
vi.mock('electron', () => electron);

beforeEach(() => {
  electron.ipcMain.removeAllListeners();
  vi.clearAllMocks();
});

describe('addresses', () => {
  it.each(['app://stackbox', 'app://stackbox/', 'app://stackbox/index.html#/clouds'])('%s is our page', (address) => {
    expect(isOwnPage(address)).toBe(true);
  });
  it.each(['app://stackbox.evil.example/', 'app://other/', 'https://stackbox/', 'file:///etc/passwd', ''])(
    '%s is not our page',
    (address) => {
      expect(isOwnPage(address)).toBe(false);
    },
  );
  it('only of the web and of mail are opened outside', () => {
    expect(['http://10.0.0.1/', 'https://docs.openstack.org', 'mailto:a@b.example'].every(mayOpenOutside)).toBe(true);
    const refused = ['file:///etc/passwd', 'smb://x/y', 'javascript:alert(1)', 'vscode://x', 'no address', ''];
    expect(refused.some(mayOpenOutside)).toBe(false);
  });
});

describe('a page in the window', () => {
  it('stays where it is; its links open in the browser', () => {
    const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: vi.fn() });
    confine(contents as never);
    const open = contents.setWindowOpenHandler.mock.calls[0]?.[0] as (details: { url: string }) => { action: string };
    expect(open({ url: 'https://docs.openstack.org/' })).toEqual({ action: 'deny' });
    expect(open({ url: 'file:///etc/passwd' })).toEqual({ action: 'deny' });
    expect(electron.shell.openExternal.mock.calls).toEqual([['https://docs.openstack.org/']]);
    const away = { url: 'https://evil.example/', preventDefault: vi.fn() };
    const home = { url: 'app://stackbox/index.html', preventDefault: vi.fn() };
    for (const name of ['will-navigate', 'will-redirect']) {
      contents.emit(name, away);
      contents.emit(name, home);
    }
    expect(away.preventDefault).toHaveBeenCalledTimes(2);
    expect(home.preventDefault).not.toHaveBeenCalled();
  });

  it('gets no permission but to copy', () => {
    const session = { setPermissionRequestHandler: vi.fn(), setPermissionCheckHandler: vi.fn() };
    denyPermissions(session as never);
    const check = session.setPermissionCheckHandler.mock.calls[0]?.[0] as (contents: null, name: string) => boolean;
    const names = [
      'media',
      'geolocation',
      'notifications',
      'openExternal',
      'clipboard-read',
      'clipboard-sanitized-write',
    ];
    expect(names.filter((name) => check(null, name))).toEqual(['clipboard-sanitized-write']);
  });
});

describe('the API over a port', () => {
  /** Sends a port as the preload script does, from a frame with this address. */
  function knock(url: string, main = true): ApiClient {
    const { port1, port2 } = new MessageChannel();
    onTestFinished(() => port1.close());
    const mainFrame = { url };
    const senderFrame = main ? mainFrame : { url };
    // Electron's port in the main process is an emitter whose messages come as events with `data`.
    electron.ipcMain.emit('stackbox-port', { ports: [asMainPort(port2)], senderFrame, sender: { mainFrame } });
    return createORPCClient<ApiClient>(new RPCLink({ port: port1 }));
  }

  function asMainPort(port: MessageChannel['port2']): unknown {
    const emitter = new EventEmitter();
    port.on('message', (data) => emitter.emit('message', { data }));
    port.on('close', () => emitter.emit('close'));
    return Object.assign(emitter, {
      start: () => port.start(),
      close: () => port.close(),
      postMessage: (message: unknown) => port.postMessage(message),
    });
  }

  it('answers our own page', async () => {
    serveWindow(new FakeCore().router());
    expect(await knock('app://stackbox/').clouds.list()).toEqual([]);
  });

  it.each([
    ['another page', 'https://evil.example/', true],
    ['a frame inside our page', 'app://stackbox/', false],
  ])('hangs up on %s', async (_, url, main) => {
    serveWindow(new FakeCore().router());
    await expect(knock(url, main).clouds.list()).rejects.toThrow(/clos|abort/i);
  });
});

it('hands out the files of the window and nothing else', async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'window'));
  await writeFile(join(folder, 'window', 'index.html'), '<title>Stackbox</title>');
  await writeFile(join(folder, 'outside.txt'), 'secret');
  handOutWindow(join(folder, 'window'));
  const handle = electron.protocol.handle.mock.calls[0]?.[1] as (request: {
    url: string;
    method: string;
  }) => Promise<Response>;
  const get = (url: string) => handle({ url, method: 'GET' });
  const page = await get('app://stackbox/');
  expect(await page.text()).toContain('Stackbox');
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect((await get('app://other/')).status).toBe(404);
  expect((await get('app://stackbox/..%2foutside.txt')).status).toBe(404);
});

it('has copy and paste in the menu of every system', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    expect(menuTemplate(platform).map(({ role }) => role)).toContain('editMenu');
  }
  expect(menuTemplate('darwin')[0]?.role).toBe('appMenu');
});
