/** Everything that goes on inside a guest, in a real one: one boot for all tests, in order. */
import { createServer, connect, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { firstContact } from '../../main/guest/first-contact';
import { localLog, readLog } from '../../main/guest/log-reader';
import { connectGuest, type SshGuest } from '../../main/guest/ssh';
import { Terminals, type TerminalEvent } from '../../main/guest/terminal';
import { generateSshKey } from '../../main/seed';
import { bootGuest, type BootedGuest } from '../support/boot-guest';
import { tempFolder } from '../support/temp';

let booted: BootedGuest;
let guest: SshGuest;
let wire: CuttableWire;
const signal = new AbortController().signal;

/** A way to the guest that a test can cut, as a lost network would. */
class CuttableWire {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(target: { host: string; port: number }) {
    this.server = createServer((near) => {
      const far = connect(target);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket
          .on('error', () => undefined)
          .on('close', () => {
            near.destroy();
            far.destroy();
          });
      }
      near.pipe(far).pipe(near);
    });
  }

  async listen(): Promise<{ host: string; port: number }> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return { host: '127.0.0.1', port: (this.server.address() as AddressInfo).port };
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  close(): void {
    this.cut();
    this.server.close();
  }
}

function contact(): ReturnType<typeof firstContact> {
  return firstContact({
    reach: () => Promise.resolve({ host: booted.host, port: booted.port }),
    connect: () => guest,
    console: () => undefined,
    // The guests of the tests are emulated, beside all else that a test computer does.
    patience: 3,
  });
}

const quiet = { signal, progress: () => undefined, line: () => undefined };

beforeAll(async () => {
  booted = await bootGuest();
  wire = new CuttableWire({ host: booted.host, port: booted.port });
  const place = await wire.listen();
  guest = connectGuest({
    reach: () => Promise.resolve(place),
    user: booted.user,
    privateKey: booted.login.privateKey,
    hostKey: booted.hostKey.publicKey,
  });
  for (const requirement of contact()) await requirement.wait(quiet);
}, 400_000);

afterAll(async () => {
  guest.close();
  wire.close();
  await booted.end();
});

describe('a program in the guest', () => {
  it('gets its words as they are, whatever is in them, and runs no other', async () => {
    const words = [
      'two words',
      `it's "quoted"`,
      '$(touch /tmp/hostile)',
      '`id`',
      '; reboot',
      '../../etc',
      '☁️🔥',
      '',
      '-rf',
      '*',
      '~',
      'a\nb',
      '!x',
      '\\',
      '#',
      '{a,b}',
      '|&<>',
    ];
    const { stdout } = await guest.exec(['printf', String.raw`%s\0`, ...words]);
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
    expect((await guest.exec(['test', '-e', '/tmp/hostile'])).exitCode).toBe(1);
  });

  it('hands back its exit code and both streams, and takes input', async () => {
    const result = await guest.exec(['sh', '-c', 'cat; echo bad >&2; exit 7'], { input: 'in' });
    expect(result).toEqual({ exitCode: 7, stdout: 'in', stderr: 'bad\n' });
  });

  it('is ended when it is cancelled, also as root', async () => {
    for (const root of [false, true]) {
      const abort = new AbortController();
      const running = guest.exec(['sleep', '4321'], { signal: abort.signal, root });
      await expect
        .poll(async () => (await guest.exec(['pgrep', '-f', 'sleep 4321'])).exitCode, { timeout: 20_000 })
        .toBe(0);
      abort.abort(new Error('not wanted'));
      await expect(running).rejects.toThrow('not wanted');
      await expect.poll(async () => (await guest.exec(['pgrep', '-x', 'sleep'])).stdout, { timeout: 20_000 }).toBe('');
    }
  });

  it('fails as silent when it says nothing for too long', async () => {
    await expect(guest.exec(['sleep', '60'], { silenceMs: 1500 })).rejects.toMatchObject({ code: 'silent' });
  });

  it('can be one of twenty at once, though a server opens ten sessions', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => guest.exec(['echo', String(n)])));
    expect(results.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });
});

it('refuses a guest with another host key', async () => {
  const other = connectGuest({
    reach: () => Promise.resolve({ host: booted.host, port: booted.port }),
    user: booted.user,
    privateKey: booted.login.privateKey,
    hostKey: generateSshKey('impostor').publicKey,
  });
  await expect(other.exec(['true'])).rejects.toMatchObject({ code: 'verification' });
  other.close();
});

describe('a file in the guest', () => {
  it('is written atomically with its mode and read by offset', async () => {
    const path = "/root/a folder/it's.bin";
    const content = new Uint8Array([0, 255, 10, 13, 128, 7]);
    await guest.writeFile(path, content, { root: true, mode: 0o600 });
    expect(await guest.readFile(path, 2, 3, { root: true })).toEqual({ bytes: content.slice(2, 5), size: 6 });
    expect((await guest.exec(['stat', '-c', '%a', path], { root: true })).stdout).toBe('600\n');
    expect((await guest.exec(['ls', '-A', '/root/a folder'], { root: true })).stdout).toBe("it's.bin\n");
  });

  it('is empty when it is not there, and forbidden when it is not ours', async () => {
    expect(await guest.readFile('/nowhere', 0, 10)).toEqual({ bytes: new Uint8Array(), size: 0 });
    await expect(guest.readFile('/etc/shadow', 0, 10)).rejects.toMatchObject({ code: 'guest-failed' });
  });
});

describe('a job', () => {
  it('goes on while the connection is lost, and nothing of its output is missed', async () => {
    const job = {
      name: 'counting',
      script: 'for n in $(seq 40); do echo "line $n ☃ $SECRET"; sleep 0.1; done',
      env: { SECRET: `a'b "c" $(d)` },
    };
    await guest.startJob(job);
    let text = '';
    const end = await guest.followJob(
      'counting',
      0,
      (piece) => {
        text += piece;
        if (text.includes('line 10 ') && !text.includes('line 30 ')) wire.cut();
      },
      signal,
    );
    expect(end).toEqual({ state: 'ended', exitCode: 0, result: 'success' });
    expect(text.trim().split('\n')).toEqual(Array.from({ length: 40 }, (_, n) => `line ${n + 1} ☃ a'b "c" $(d)`));
    // Values may be secret: neither systemd nor a file tells them afterwards.
    expect(
      (await guest.exec(['grep', '-r', 'SECRET', '/var/lib/stackbox/jobs/counting'], { root: true })).exitCode,
    ).toBe(1);
  });

  it('is not started twice, and runs again after it was forgotten', async () => {
    const job = { name: 'once', script: 'echo run; exit 3' };
    await guest.startJob(job);
    await expect
      .poll(() => guest.jobState('once'), { timeout: 20_000 })
      .toEqual({ state: 'ended', exitCode: 3, result: 'exit-code' });
    await guest.startJob(job);
    expect((await guest.readFile(guest.jobLog('once'), 0, 100)).size).toBe(4);
    await guest.forgetJob('once');
    expect(await guest.jobState('once')).toEqual({ state: 'absent' });
    await guest.startJob(job);
    await expect
      .poll(async () => (await guest.readFile(guest.jobLog('once'), 0, 100)).size, { timeout: 20_000 })
      .toBe(8);
  });

  it.each(['root', 'debian'])('of %s tells how it ended when systemd was reloaded in the middle', async (user) => {
    // systemd 252 forgets some properties of transient units at a reload, and every package with a unit causes one.
    const name = `reloading-${user}`;
    await guest.startJob({ name, user, script: 'sudo systemctl daemon-reload; exit 4' });
    await expect
      .poll(() => guest.jobState(name), { timeout: 60_000 })
      .toEqual({ state: 'ended', exitCode: 4, result: 'exit-code' });
    await guest.forgetJob(name);
  });

  it('ends when it is forgotten, with everything it started', async () => {
    await guest.startJob({ name: 'endless', script: 'sleep 7654 & wait' });
    expect(await guest.jobState('endless')).toEqual({ state: 'running' });
    await guest.forgetJob('endless');
    expect((await guest.exec(['pgrep', '-f', 'sleep 7654'])).exitCode).toBe(1);
  });
});

/** Terminals of the one guest, which was started without anything that has its console. */
function hostOf(openrc: string): ConstructorParameters<typeof Terminals>[0] {
  return {
    guest: () => Promise.resolve(guest),
    openrc: () => openrc,
    console: () => Promise.reject(new Error('There is no console.')),
  };
}

describe('a terminal', () => {
  it('answers, is resized, and keeps its history through a lost connection', async () => {
    const terminals = new Terminals(hostOf('/etc/os-release'));
    const { terminalId } = await terminals.open({ cloudId: 'c', cols: 80, rows: 24, kind: 'shell' });
    const reader = new Reader(terminals, terminalId);
    terminals.input(terminalId, 'hostname\r');
    await reader.shows(booted.hostname);
    terminals.resize(terminalId, 132, 50);
    terminals.input(terminalId, 'stty size\r');
    await reader.shows('50 132');
    wire.cut();
    await expect.poll(() => reader.state, { timeout: 30_000 }).toBe('lost');
    await terminals.reconnect(terminalId);
    terminals.input(terminalId, 'echo back-again\r');
    await reader.shows('back-again');
    expect(reader.text).toContain('50 132');
    terminals.input(terminalId, 'exit\r');
    await expect.poll(() => reader.state, { timeout: 30_000 }).toBe('ended');
    terminals.close(terminalId);
    expect(terminals.list('c')).toEqual([]);
  });

  it('holds a flood up until it is acknowledged', async () => {
    const terminals = new Terminals(hostOf(''));
    const { terminalId } = await terminals.open({ cloudId: 'c', cols: 80, rows: 24, kind: 'shell' });
    const reader = new Reader(terminals, terminalId, false);
    terminals.input(terminalId, 'yes flood | head -c 3500000; echo; echo end-of-flood\r');
    await expect.poll(() => reader.next, { timeout: 30_000 }).toBeGreaterThan(100_000);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    // SSH's own window (2 MiB) may still empty itself; three and a half million characters must not arrive.
    expect(reader.next).toBeLessThan(3_000_000);
    reader.acknowledge();
    await reader.shows('end-of-flood', 300_000);
    terminals.close(terminalId);
  });
});

/** Reads a terminal as the window does. */
class Reader {
  text = '';
  next = 0;
  state = '';
  private acknowledges: boolean;
  private readonly terminals: Terminals;
  private readonly id: string;

  constructor(terminals: Terminals, id: string, acknowledges = true) {
    this.terminals = terminals;
    this.id = id;
    this.acknowledges = acknowledges;
    void this.read(terminals.output(id, 0));
  }

  acknowledge(): void {
    this.acknowledges = true;
    this.terminals.ack(this.id, this.next);
  }

  async shows(text: string, timeout = 30_000): Promise<void> {
    await vi.waitUntil(() => this.text.includes(text), { timeout, interval: 50 });
  }

  private async read(output: AsyncGenerator<TerminalEvent, void>): Promise<void> {
    for await (const event of output) {
      if (event.type === 'state') this.state = event.state;
      else {
        this.text = (this.text + event.text).slice(-10_000);
        this.next = event.next;
        if (this.acknowledges) this.terminals.ack(this.id, event.next);
      }
    }
  }
}

it('takes a job that a reboot cut off for interrupted', async () => {
  await guest.startJob({ name: 'cut-off', script: 'sleep 900' });
  await expect.poll(() => guest.jobState('cut-off'), { timeout: 20_000 }).toEqual({ state: 'running' });
  // Hard, as a power cut: systemd has no time to write down an end.
  await guest
    .exec(['sh', '-c', 'sync; echo b > /proc/sysrq-trigger'], { root: true, silenceMs: 3000 })
    .catch(() => undefined);
  wire.cut();
  for (const requirement of contact()) await requirement.wait(quiet);
  await expect
    .poll(() => guest.jobState('cut-off').catch(() => undefined), { timeout: 60_000 })
    .toEqual({ state: 'ended', exitCode: 255, result: 'interrupted' });
}, 300_000);

it('reads a log by offset and waits for more of it', async () => {
  const folder = await tempFolder();
  expect(await readLog(localLog(`${folder}/none`), { offset: 0, waitMs: 0 })).toEqual({
    text: '',
    start: 0,
    next: 0,
    size: 0,
  });
});
