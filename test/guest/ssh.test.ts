/** The guest over SSH, against a server in this process that runs programs through this computer's own shell. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SshConnection } from '../../main/guest/ssh/connection';
import { openStream } from '../../main/guest/ssh/stream';
import { generateSshKey } from '../../main/seed';
import { startSshServer } from '../support/ssh-server';
import { tempFolder } from '../support/temp';

/** In the command line of a program that a test starts, and in no other's. */
const mark = (): string => `9${process.pid}.${performance.now().toFixed(0)}`;

const forever = new AbortController().signal;

/** Whether a process with this text in its command line lives. */
async function lives(text: string): Promise<boolean> {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    // A process may end while we look.
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(text)) return true;
  }
  return false;
}

/** TCP connections of this process, both ends of those to itself. */
function sockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
}

describe('a connection', () => {
  it('is refused to a server with another host key, before anything is sent to it', async () => {
    const server = await startSshServer();
    const impostor = generateSshKey('impostor').publicKey;
    await expect(server.guest({ hostKey: impostor }).exec(['true'])).rejects.toMatchObject({ code: 'verification' });
    expect(server.seen).toEqual({ attempts: 0, logins: 0 });
  });

  it('is made again for the next call when it was lost', async () => {
    const server = await startSshServer();
    const guest = server.guest();
    for (let round = 0; round < 3; round++) {
      expect((await guest.exec(['echo', 'here'])).stdout).toBe('here\n');
      server.cut();
      // At once: the client has not even noticed.
    }
    expect(server.seen.logins).toBe(3);
  });

  it('to a machine that was powered off leaves no socket when it is closed', async () => {
    const server = await startSshServer();
    const guest = server.guest();
    // Those of the tests before are on their way out.
    await expect.poll(sockets, { timeout: 10_000 }).toBe(0);
    await guest.exec(['true']);
    // Ours, the two of the wire, the server's.
    expect(sockets()).toBe(4);
    server.freeze();
    guest.close();
    await expect.poll(sockets, { timeout: 10_000 }).toBe(3);
  });

  it('fails a call that was cut in the middle, and never runs it twice', async () => {
    const server = await startSshServer();
    const guest = server.guest();
    const log = join(await tempFolder(), 'log');
    const running = guest.exec(['sh', '-c', 'echo run >>"$1"; sleep 30', 'sh', log]);
    const failed = running.catch((error: unknown) => error);
    await expect.poll(() => readFile(log, 'utf8').catch(() => '')).toBe('run\n');
    server.cut();
    expect(await failed).toMatchObject({ code: 'unreachable' });
    expect((await guest.exec(['cat', log])).stdout).toBe('run\n');
  });
});

describe('a program', () => {
  it('gets its words as they are, whatever is in them', async () => {
    const guest = (await startSshServer()).guest();
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll('\0', '')),
      fc.string({ unit: fc.constantFrom(...`ab '"\\$\`!#&*()[]{}|;<>?~=%^-\n\t☁`.split('')), maxLength: 12 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 20 }), async (words) => {
        const { stdout } = await guest.exec(['printf', String.raw`%s\0`, ...words]);
        expect(stdout.split('\0').slice(0, -1)).toEqual(words.map((each) => Buffer.from(each).toString('utf8')));
      }),
      { numRuns: 30 },
    );
  });

  it('runs no other program that its words name', async () => {
    const guest = (await startSshServer()).guest();
    const folder = await tempFolder();
    const touch = `touch ${folder}/hostile`;
    for (const word of [`$(${touch})`, `\`${touch}\``, `;${touch}`, `'; ${touch} #`, `"$(${touch})"`, `\n${touch}\n`]) {
      expect((await guest.exec(['echo', word])).stdout).toBe(`${word}\n`);
      expect((await guest.exec([word])).exitCode).toBe(127);
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it('is ended with what it started when it is cancelled', async () => {
    const guest = (await startSshServer()).guest();
    const abort = new AbortController();
    const seconds = mark();
    const running = guest.exec(['sh', '-c', `sleep ${seconds}; true`], { signal: abort.signal });
    await expect.poll(() => lives(seconds), { timeout: 10_000 }).toBe(true);
    abort.abort(new Error('not wanted'));
    await expect(running).rejects.toThrow('not wanted');
    await expect.poll(() => lives(seconds), { timeout: 10_000 }).toBe(false);
  });

  it('that is cancelled over a dead link holds nobody up', async () => {
    const server = await startSshServer();
    const guest = server.guest();
    await guest.exec(['true']);
    server.freeze();
    const abort = new AbortController();
    const running = guest.exec(['true'], { signal: abort.signal });
    abort.abort(new Error('not wanted'));
    await expect(running).rejects.toThrow('not wanted');
    await expect(guest.exec(['true'], { signal: abort.signal })).rejects.toThrow('not wanted');
  });

  it('fails as silent when it says nothing for too long', async () => {
    const guest = (await startSshServer()).guest();
    const seconds = mark();
    await expect(guest.exec(['sleep', seconds], { silenceMs: 200 })).rejects.toMatchObject({ code: 'silent' });
    await expect.poll(() => lives(seconds), { timeout: 10_000 }).toBe(false);
  });

  it('can be one of forty at once, with twenty terminals beside, though a server opens ten sessions', async () => {
    const server = await startSshServer();
    const guest = server.guest();
    const shells = await Promise.all(Array.from({ length: 20 }, () => guest.openShell({ cols: 80, rows: 24 })));
    const echoed = await Promise.all(Array.from({ length: 40 }, (_, n) => guest.exec(['echo', String(n)])));
    expect(echoed.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(server.shells.size).toBe(20);
    for (const shell of shells) shell.close();
    await expect.poll(() => server.shells.size).toBe(0);
  });
});

describe('the output of a program', () => {
  it('comes as fast as it is read, with memory that does not grow with it', async () => {
    const server = await startSshServer();
    const connection = new SshConnection({
      reach: () => Promise.resolve(server.place),
      user: 'somebody',
      privateKey: server.login.privateKey,
      hostKey: server.hostKey.publicKey,
    });
    const stream = await openStream(await connection.client(), ['head', '-c', '200000000', '/dev/zero']);
    const before = process.memoryUsage();
    let length = 0;
    let most = 0;
    const end = await stream.read(async (bytes) => {
      length += bytes.length;
      const now = process.memoryUsage();
      most = Math.max(most, now.arrayBuffers + now.heapUsed - before.arrayBuffers - before.heapUsed);
      // A slow reader.
      await new Promise((resolve) => setImmediate(resolve));
    }, forever);
    connection.close();
    expect({ end, length }).toEqual({ end: { exitCode: 0 }, length: 200_000_000 });
    expect(most).toBeLessThan(100_000_000);
  });

  it('is told as lost when the connection is, after what had come', async () => {
    const server = await startSshServer();
    const connection = new SshConnection({
      reach: () => Promise.resolve(server.place),
      user: 'somebody',
      privateKey: server.login.privateKey,
      hostKey: server.hostKey.publicKey,
    });
    const stream = await openStream(await connection.client(), ['sh', '-c', 'echo first; cat']);
    let text = '';
    const reading = stream.read((bytes) => {
      text += bytes.toString();
      server.cut();
    }, forever);
    await expect(reading).rejects.toMatchObject({ code: 'unreachable' });
    expect(text).toBe('first\n');
    connection.close();
  });
});

describe('a file', () => {
  it('keeps its old content when the connection is cut while it is written', async () => {
    const server = await startSshServer();
    const guest = server.guest();
    const folder = await tempFolder();
    const path = join(folder, 'precious');
    await guest.writeFile(path, 'old');
    const writing = guest.writeFile(path, Buffer.alloc(40_000_000, 'new'));
    const failed = writing.catch((error: unknown) => error);
    await expect.poll(async () => (await readdir(folder)).length).toBe(2);
    server.cut();
    expect(await failed).toMatchObject({ code: 'unreachable' });
    await expect.poll(() => readdir(folder), { timeout: 10_000 }).toEqual(['precious']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it('is read by offset, also its growth while somebody waits', async () => {
    const guest = (await startSshServer()).guest();
    const path = join(await tempFolder(), "it's a -file");
    expect(await guest.readFile(path, 0, 10)).toEqual({ bytes: new Uint8Array(), size: 0 });
    await writeFile(path, 'abcdef');
    expect(await guest.readFile(path, 2, 3)).toEqual({ bytes: new Uint8Array(Buffer.from('cde')), size: 6 });
    expect((await guest.readFile(path, 60, 3)).size).toBe(6);
    const waiting = guest.readFile(path, 6, 100, { waitMs: 20_000 });
    await writeFile(path, 'g', { flag: 'a' });
    expect(Buffer.from((await waiting).bytes).toString()).toBe('g');
  });
});
