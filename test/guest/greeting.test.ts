/** How an SSH server that comes up is waited for, without keeping it from coming up. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sshGreeting } from '../../main/guest/ssh/greeting';

/** @returns how many connections it was asked for */
async function greet(take: (socket: Socket, count: number) => void, forwarded: boolean): Promise<number> {
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    socket.on('error', () => undefined);
    take(socket, count);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const signal = AbortSignal.timeout(15_000);
  await sshGreeting({ host: '127.0.0.1', port, forwarded }, signal, () => Promise.resolve());
  return count;
}

const later = (socket: Socket): void => void setTimeout(() => socket.write('SSH-2.0-OpenSSH\r\n'), 1200);

describe('an SSH server that is slow to greet', () => {
  it('has one connection to serve when the machine itself was reached', async () => {
    expect(await greet(later, false)).toBe(1);
  });

  it('is asked again while only a forward is known to be there, which may have nobody behind it', async () => {
    expect(await greet(later, true)).toBeGreaterThan(2);
  });

  it('is asked again when it let go of a connection, or is something else', async () => {
    const moody = (socket: Socket, count: number): void => {
      if (count === 1) socket.destroy();
      else if (count === 2) socket.end('220 no SSH\r\n');
      else later(socket);
    };
    expect(await greet(moody, false)).toBe(3);
  });
});
