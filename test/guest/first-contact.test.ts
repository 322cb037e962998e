/** Waiting for a machine, with one that says what real ones said. */
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { StackboxError } from '../../main/contract/errors';
import { firstContact, type Requirement } from '../../main/guest/first-contact';
import type { Guest, GuestResult } from '../../main/guest/guest';
import type { ReadBytes } from '../../main/guest/log-reader';

interface Machine {
  /** Answers to `exec`, by a word of the command line. */
  readonly says?: Readonly<Record<string, Partial<GuestResult>>>;
  readonly refuses?: () => StackboxError | undefined;
  readonly console?: ReadBytes;
  readonly port?: number;
  readonly log?: string;
}

function guestOf({ says = {}, refuses, log = '' }: Machine, ran: string[]): Guest {
  const unused = (): never => {
    throw new Error('First contact does not use this.');
  };
  return {
    exec(argv) {
      const refusal = refuses?.();
      if (refusal) return Promise.reject(refusal);
      const line = argv.join(' ');
      ran.push(line);
      const known = Object.entries(says).find(([word]) => line.includes(word));
      return Promise.resolve({ exitCode: 0, stdout: '', stderr: '', ...known?.[1] });
    },
    readFile: (_path, offset, length) =>
      Promise.resolve({ bytes: Buffer.from(log).subarray(offset, offset + length), size: Buffer.byteLength(log) }),
    writeFile: unused,
    startJob: unused,
    jobState: unused,
    followJob: unused,
    forgetJob: unused,
    jobLog: unused,
    close: unused,
  };
}

interface Contact {
  wait(id: string): Promise<'done' | 'skipped'>;
  readonly lines: string[];
  readonly details: (string | undefined)[];
  readonly ran: string[];
}

function contactWith(machine: Machine, patience = 1): Contact {
  const lines: string[] = [];
  const details: (string | undefined)[] = [];
  const ran: string[] = [];
  const guest = guestOf(machine, ran);
  const requirements = firstContact({
    reach: () => Promise.resolve({ host: '127.0.0.1', port: machine.port ?? 1 }),
    connect: () => guest,
    console: () => machine.console,
    patience,
  });
  return {
    lines,
    details,
    ran,
    wait(id) {
      const requirement = requirements.find((each): each is Requirement => each.id === id);
      if (!requirement) throw new Error(`There is no requirement ${id}.`);
      return requirement.wait({
        signal: AbortSignal.timeout(15_000),
        line: (text) => lines.push(text),
        progress: (_, detail) => details.push(detail),
      });
    },
  };
}

describe('the SSH server', () => {
  it('is waited for though a forward takes connections long before it is up', async () => {
    let up = false;
    let knocks = 0;
    const server = createServer((socket) => {
      knocks += 1;
      socket.on('error', () => undefined);
      // QEMU's user network takes the connection, and hangs or drops it while the guest has no server.
      if (up) socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n');
      else if (knocks % 2 === 0) socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const contact = contactWith({ port: (server.address() as AddressInfo).port });
    let done = false;
    const waiting = contact.wait('ssh').then(() => {
      done = true;
    });
    await expect.poll(() => knocks).toBeGreaterThan(4);
    expect(done).toBe(false);
    up = true;
    await waiting;
    // Nobody keeps a connection open that would count against the server's limit.
    const closed = new Promise((resolve) => {
      server.close(resolve);
    });
    await closed;
  });
});

describe('the login', () => {
  it('goes through a moment in which the machine has another key, but not through minutes of it', async () => {
    const wrong = new StackboxError('verification', 'another host key');
    let refusals = 0;
    const brief = contactWith({ refuses: () => (refusals++ < 2 ? wrong : undefined) });
    expect(await brief.wait('login')).toBe('done');

    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    let asked = 0;
    const machine = {
      refuses: () => {
        asked += 1;
        vi.advanceTimersByTime(50_000);
        return wrong;
      },
    };
    await expect(contactWith(machine).wait('login')).rejects.toMatchObject({ code: 'verification' });
    const before = asked;
    // An emulated machine gets as much longer as it is slower.
    await expect(contactWith(machine, 3).wait('login')).rejects.toMatchObject({ code: 'verification' });
    expect(asked - before).toBeGreaterThan(2 * before);
  });
});

describe('cloud-init', () => {
  const ended = { 'result.json': { stdout: '120\nended\n' } };

  it('fails with its own reason, and the end of its log', async () => {
    const contact = contactWith({
      says: {
        ...ended,
        '--format json': {
          exitCode: 1,
          // Debian 12, cloud-init 22.4.2.
          stdout: `{"boot_status_code": "enabled-by-generator", "datasource": "nocloud", "detail": "('locale', ProcessExecutionError())",
            "errors": ["('locale', ProcessExecutionError())"], "last_update": "Sat, 21 Nov 2026 05:30:24 +0000", "status": "error"}`,
        },
      },
      log: `${'noise\n'.repeat(5000)}locale-gen: command not found\n`,
    });
    const error = await contact.wait('cloud-init').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StackboxError);
    expect(error).toMatchObject({ code: 'guest-failed', message: expect.stringContaining("('locale'") });
    expect((error as StackboxError).facts.output).toContain('locale-gen: command not found');
  });

  it('is done with a warning when it could recover, and shows its stage until then', async () => {
    let looks = 0;
    const says = {
      get 'result.json'(): Partial<GuestResult> {
        looks += 1;
        const stage = JSON.stringify({ v1: { stage: 'modules-config', datasource: null } });
        return { stdout: looks < 3 ? `${looks}\n${stage}` : '9\nended\n' };
      },
      '--format json': {
        exitCode: 2,
        // cloud-init 24.1.
        stdout: `{"status": "done", "extended_status": "degraded done", "errors": [], "recoverable_errors":
          {"WARNING": ["Failed at merging in cloud config part from part-002"]}}`,
      },
    };
    const contact = contactWith({ says });
    expect(await contact.wait('cloud-init')).toBe('done');
    expect(contact.details).toEqual(['cloud-init: modules-config', 'cloud-init: modules-config']);
    expect(contact.lines).toEqual(['Failed at merging in cloud config part from part-002']);
  });
});

describe('a machine that is up', () => {
  it('must let its user install, and know its own name', async () => {
    const noSudo = contactWith({ says: { getent: { exitCode: 1, stderr: 'sudo: a password is required' } } });
    await expect(noSudo.wait('sudo')).rejects.toMatchObject({ code: 'guest-failed' });
    const noName = contactWith({ says: { getent: { stdout: 'no 0\n' } } });
    await expect(noName.wait('sudo')).rejects.toMatchObject({ message: expect.stringContaining('host name') });
  });

  it('gets the time when its clock is wrong, and only then', async () => {
    const right = contactWith({ says: { getent: { stdout: 'yes -2\n' } } });
    expect(await right.wait('sudo')).toBe('done');
    expect(right.ran.some((line) => line.startsWith('date -s'))).toBe(false);
    const wrong = contactWith({ says: { getent: { stdout: 'yes -7200\n' } } });
    expect(await wrong.wait('sudo')).toBe('done');
    expect(wrong.ran.some((line) => line.startsWith('date -s @'))).toBe(true);
    expect(wrong.lines).toEqual(["The machine's clock is 7200 s behind; it is set to this computer's."]);
  });
});

describe('the serial console', () => {
  it('is passed over with a word when nobody may read it, and shown without its colours when one may', async () => {
    const closed = contactWith({});
    expect(await closed.wait('console')).toBe('skipped');
    expect(closed.lines).toHaveLength(1);
    const bytes = Buffer.from('\u001b[0;32m  OK  \u001b[0m] Started ssh.service.\r\n');
    const open = contactWith({
      console: (offset, length) =>
        Promise.resolve({ bytes: bytes.subarray(offset, offset + length), size: bytes.length }),
    });
    expect(await open.wait('console')).toBe('done');
    expect(open.lines).toEqual(['OK  ] Started ssh.service.']);
  });
});
