/** Ports for forwards. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { findFreePort } from '../../main/network/ports';

test('a port that was used before is used again', async () => {
  const port = await findFreePort();
  expect(await findFreePort({ preferred: port })).toBe(port);
});

test('a port in use, and one that is promised, are passed over', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const busy = typeof address === 'object' && address ? address.port : 0;
  expect(await findFreePort({ preferred: busy })).not.toBe(busy);
  const promised = await findFreePort();
  expect(await findFreePort({ preferred: promised, taken: new Set([promised]) })).not.toBe(promised);
});

test.each([0, -1, 22, 70_000, 1.5, Number.NaN])('%d is never taken as it is', async (preferred) => {
  const port = await findFreePort({ preferred });
  expect(port).not.toBe(preferred);
  expect(port).toBeGreaterThan(1023);
});
