/** Boots the test image with plain QEMU, without any of our drivers: for tests of what happens inside a guest. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { firstContact } from '../../main/guest/first-contact';
import { connectGuest, type SshGuest } from '../../main/guest/ssh';
import { findFreePort } from '../../main/network/ports';
import { buildSeed, generateSshKey, writeIso, type SshKey } from '../../main/seed';
import { guestImage } from './guest-image';

export interface BootedGuest {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: 'debian';
  readonly login: SshKey;
  readonly hostKey: SshKey;
  readonly hostname: string;
  /** What the serial console has said so far. */
  console(): Promise<string>;
  /** Pulls the plug and removes all files. */
  end(): Promise<void>;
}

const MAC = '52:54:00:aa:bb:cc';

/** @param diskGiB of which it takes only what is written */
export async function bootGuest(diskGiB = 6): Promise<BootedGuest> {
  const folder = await mkdtemp(join(tmpdir(), 'stackbox-guest-'));
  const login = generateSshKey('test');
  const hostKey = generateSshKey('guest');
  const hostname = 'guest-under-test';
  const seed = buildSeed({
    machineId: 'm-0123456789ab',
    hostname,
    user: 'debian',
    authorizedKey: login.publicKey,
    hostKey,
    mac: MAC,
    os: 'debian',
    memoryMiB: 1024,
    diskBytes: diskGiB * 1024 ** 3,
    swapMiB: 0,
  });
  const iso = writeIso('cidata', [
    { name: 'user-data', content: seed.userData },
    { name: 'meta-data', content: seed.metaData },
    { name: 'network-config', content: seed.networkConfig },
  ]);
  await writeFile(join(folder, 'seed.iso'), iso);
  const disk = join(folder, 'disk.qcow2');
  const image = await guestImage();
  await promisify(execFile)('qemu-img', [
    'create',
    '-q',
    '-f',
    'qcow2',
    '-b',
    image,
    '-F',
    'qcow2',
    disk,
    `${diskGiB}G`,
  ]);
  const port = await findFreePort();
  const qemu = spawn(
    'qemu-system-x86_64',
    [
      ...[
        '-machine',
        'q35,accel=tcg',
        '-cpu',
        'qemu64',
        '-smp',
        '2',
        '-m',
        '1024',
        '-display',
        'none',
        '-no-user-config',
      ],
      ...['-drive', `file=${disk},if=virtio,format=qcow2,cache=unsafe`],
      ...['-drive', `file=${join(folder, 'seed.iso')},if=virtio,format=raw,readonly=on`],
      ...['-netdev', `user,id=n,hostfwd=tcp:127.0.0.1:${port}-:22`, '-device', `virtio-net-pci,netdev=n,mac=${MAC}`],
      ...['-serial', `file:${join(folder, 'console.log')}`, '-monitor', 'none'],
    ],
    { stdio: 'ignore' },
  );
  return {
    host: '127.0.0.1',
    port,
    user: 'debian',
    login,
    hostKey,
    hostname,
    console: () => readFile(join(folder, 'console.log'), 'utf8'),
    async end() {
      await kill(qemu);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A connection to a guest whose cloud-init is through. */
export async function connectBooted({ host, port, user, login, hostKey }: BootedGuest): Promise<SshGuest> {
  const reach = (): Promise<{ host: string; port: number }> => Promise.resolve({ host, port });
  const guest = connectGuest({ reach, user, privateKey: login.privateKey, hostKey: hostKey.publicKey });
  // The guests of the tests are emulated, beside all else that a test computer does.
  const contact = firstContact({ reach, connect: () => guest, console: () => undefined, patience: 3 });
  const { signal } = new AbortController();
  for (const requirement of contact) {
    await requirement.wait({ signal, progress: () => undefined, line: () => undefined });
  }
  return guest;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
