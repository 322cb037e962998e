/** Downloads in a company: through the proxy of the environment, and around it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createSource } from '../../main/images/source';
import { imageServer } from './image-server';

/** A proxy that answers every request itself with the address that was asked for. */
async function proxy(): Promise<string> {
  const server = createServer((request, response) => {
    response.end(`proxied ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`.trim());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

async function text(url: string, env: NodeJS.ProcessEnv): Promise<string> {
  const source = createSource(2000, env);
  onTestFinished(() => source.close());
  return source.text(url, 10_000, new AbortController().signal);
}

test('a vendor is asked through the proxy, with its password', async () => {
  const env = { http_proxy: `http://me:pw@${await proxy()}` };
  const login = Buffer.from('me:pw').toString('base64');
  expect(await text('http://vendor.invalid/list', env)).toBe(`proxied http://vendor.invalid/list Basic ${login}`);
});

test('this computer is never asked through the proxy', async () => {
  const server = await imageServer({ image: { content: Buffer.from('x'), hash: 'abc' } });
  expect(await text(`${server.url}/image.SHA256SUM`, { HTTP_PROXY: `http://${await proxy()}` })).toContain(
    'abc *image',
  );
});

test('a proxy setting that makes no sense does not stop the app', async () => {
  const server = await imageServer({ image: { content: Buffer.from('x'), hash: 'abc' } });
  expect(await text(`${server.url}/image.SHA256SUM`, { http_proxy: 'socks5://[bad' })).toContain('abc');
});

test('a list of checksums that never ends is not read to its end', async () => {
  const server = await imageServer({ image: { content: Buffer.alloc(20_000) } });
  await expect(text(`${server.url}/image`, {})).rejects.toMatchObject({ code: 'verification' });
});
