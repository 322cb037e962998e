import { once } from 'node:events';
import { request } from 'node:http';
import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { fromApi } from '../../../main/shells/errors';
import { connectTo } from '../../../main/shells/cli/remote';
import { serve, type Serving } from '../../../main/shells/server/serve';
import { tempFolder } from '../../support/temp';
import { FakeCore } from '../../fakes/fake-api';

let serving: Serving;

beforeEach(async () => {
  const folder = await tempFolder();
  const windowFolder = join(folder, 'window');
  await mkdir(windowFolder);
  await writeFile(join(folder, 'outside.txt'), 'secret');
  await writeFile(join(windowFolder, 'index.html'), '<!doctype html><title>Stackbox</title>');
  await mkdir(join(windowFolder, 'assets'));
  await writeFile(join(windowFolder, 'assets', 'a-1234.js'), 'export {};');
  serving = await serve({ router: new FakeCore().router(), windowFolder });
  onTestFinished(() => serving.close());
});

function port(): number {
  return Number(new URL(serving.address).port);
}

/** A raw request, because `fetch` forbids a wrong Host and cleans paths. */
async function get(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }> {
  const call = request({ host: '127.0.0.1', port: port(), path, method, headers });
  call.end();
  const [response] = await once(call, 'response');
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, body, headers: response.headers };
}

/** Tries to open the API. @returns the HTTP status of a refusal, or 101 */
async function knock(protocols: string[], headers: Record<string, string> = {}, path = 'rpc'): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port()}/${path}`, protocols, { headers });
  const status = await new Promise<number>((resolve, reject) => {
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_, response) => {
      resolve(response.statusCode ?? 0);
      response.resume();
    });
    socket.on('error', reject);
  });
  socket.on('error', () => undefined);
  socket.terminate();
  return status;
}

describe('the window over HTTP', () => {
  it('hands out the page under a policy that lets no foreign script run', async () => {
    const page = await get('/');
    expect(page.status).toBe(200);
    expect(page.body).toContain('<title>Stackbox</title>');
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    expect(page.headers['x-frame-options']).toBe('DENY');
  });

  it('keeps hashed files for ever and asks again for the page', async () => {
    expect((await get('/assets/a-1234.js')).headers['cache-control']).toContain('immutable');
    expect((await get('/')).headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/..%5coutside.txt',
    '//etc/passwd',
    '/%00',
    '/%zz',
    '/assets',
    '/assets/',
    '/constructor',
  ])('knows no file at %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret');
  });

  it('refuses a request that came under another name: a rebound host', async () => {
    expect((await get('/', { host: 'evil.example' })).status).toBe(421);
    expect((await get('/', { host: `evil.example:${port()}` })).status).toBe(421);
    expect((await get('/', { host: `localhost:${port()}` })).status).toBe(200);
  });

  it('refuses to be written to', async () => {
    expect((await get('/', {}, 'POST')).status).toBe(405);
  });
});

describe('the API over WebSocket', () => {
  const good = (): string[] => ['stackbox', `token.${serving.token}`];

  it('lets in whoever has the token', async () => {
    expect(await knock(good())).toBe(101);
    expect(await knock(good(), { origin: `http://localhost:${port()}` })).toBe(101);
  });

  it.each([
    ['no token', () => ['stackbox']],
    ['a wrong token', () => ['stackbox', 'token.wrong']],
    ['part of the token', () => ['stackbox', `token.${serving.token.slice(0, -1)}`]],
    ['an unknown protocol', () => [`token.${serving.token}`]],
  ])('refuses %s', async (_, protocols) => {
    expect(await knock(protocols())).toBe(401);
  });

  it('refuses a page of another site, even with the token', async () => {
    expect(await knock(good(), { origin: 'http://evil.example' })).toBe(403);
    expect(await knock(good(), { origin: 'null' })).toBe(403);
    expect(await knock(good(), { host: 'evil.example' })).toBe(421);
    expect(await knock(good(), {}, 'other')).toBe(404);
  });

  it('survives a message that is no message, and one that is far too large', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port()}/rpc`, good());
    await once(socket, 'open');
    socket.send('}{');
    socket.send(Buffer.alloc(9 * 1024 * 1024));
    const [code] = await once(socket, 'close');
    expect(code).toBe(1009);
    expect((await get('/')).status).toBe(200);
  });
});

describe('a client of the API', () => {
  it('gets answers and, for a failure, the error with its facts', async () => {
    const remote = await connectTo({ url: serving.address, token: serving.token });
    onTestFinished(() => remote.close());
    expect(await remote.api.clouds.list()).toEqual([]);
    const refused = remote.api.clouds.reveal({ cloudId: 'c', credentialId: 'nobody' });
    await expect(refused.catch((thrown: unknown) => Promise.reject(fromApi(thrown)))).rejects.toMatchObject({
      name: 'StackboxError',
      code: 'not-found',
      message: 'No such user.',
    });
  });

  it('is told when the server closes', async () => {
    const remote = await connectTo({ url: serving.address, token: serving.token });
    expect(serving.connections()).toBe(1);
    await serving.close();
    await expect(remote.api.clouds.list()).rejects.toThrow(/clos|not open/i);
  });
});

it('names the port that is taken', async () => {
  const attempt = serve({ router: new FakeCore().router(), windowFolder: '/nowhere', port: port() });
  await expect(attempt).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(String(port())) });
});
