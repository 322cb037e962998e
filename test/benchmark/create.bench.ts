/**
 * From "create" to the first command over SSH: through Stackbox, and by the bare hand-written sequence (qemu-img, virsh
 * define, virsh start, ssh) with the same image, sizes, processor model and seed. Rounds alternate, medians are compared.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCore, type Core } from '../../main/core/open';
import { median } from '../../main/core/run/durations';
import { buildSeed, generateSshKey, writeIso } from '../../main/seed';
import { serveImage, type ImageServer } from '../e2e/support/image-server';
import { guestImage } from '../support/guest-image';

const execute = promisify(execFile);
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const MEMORY_MIB = 1024;
const MAC = '52:54:00:5b:00:01';
const ADDRESS = '192.168.122.77';

let folder: string;
let images: ImageServer;
let core: Core;

beforeAll(async () => {
  // Where QEMU's own user may read.
  folder = await mkdtemp('/var/lib/libvirt/images/stackbox-bench-');
  images = await serveImage(await guestImage(), folder);
  process.env['STACKBOX_CATALOGUE'] = images.catalogue;
  core = await openCore({ dataFolder: join(folder, 'data'), resume: false });
  await core.services.images.ensure('debian-12-test');
  await virsh('net-start', 'default').catch(() => undefined);
  await execute('chmod', ['755', folder]);
});

afterAll(async () => {
  await core.close();
  await images.close();
  await virsh('net-destroy', 'default');
  await rm(folder, { recursive: true, force: true });
});

describe('create → first command over SSH', () => {
  it('costs what the bare sequence costs', { timeout: 3_600_000 }, async () => {
    const ours: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await bareSequence());
      ours.push(await throughStackbox(round));
    }
    const ratio = (median(ours) ?? 0) / (median(bare) ?? 1);
    console.log(`bare qemu-img, virsh, ssh   ${list(bare)}  median ${seconds(median(bare) ?? 0)}`);
    console.log(`Stackbox                    ${list(ours)}  median ${seconds(median(ours) ?? 0)}`);
    console.log(`ratio                       ${ratio.toFixed(3)}`);
    expect(ratio).toBeGreaterThan(0);
  });
});

async function throughStackbox(round: number): Promise<number> {
  const begun = performance.now();
  const { clouds } = core.services;
  const cloud = await clouds.create({
    version: 1,
    name: `bench-${round}`,
    recipe: { id: 'plain-machine' },
    connection: 'libvirt-system',
    image: 'debian-12-test',
    size: { cpus: 2, memoryMiB: MEMORY_MIB, diskGiB: 8 },
    surroundings: { extraCertificates: 'none' },
  });
  try {
    while (clouds.get(cloud.id).run?.steps.find(({ id }) => id === 'login')?.state !== 'done') await sleep(20);
    return performance.now() - begun;
  } finally {
    await clouds.delete(cloud.id);
    while (clouds.list().length > 0) await sleep(100);
  }
}

/** What a person types who has done it often: address fixed beforehand, ssh tried until it works. */
async function bareSequence(): Promise<number> {
  const login = generateSshKey('bench');
  const hostKey = generateSshKey('bench-host');
  const disk = join(folder, 'bare.qcow2');
  const iso = join(folder, 'bare.iso');
  const key = join(folder, 'bare-key');
  const known = join(folder, 'bare-known');
  await writeFile(key, login.privateKey, { mode: 0o600 });
  await writeFile(known, `${ADDRESS} ${hostKey.publicKey}\n`);
  const seed = buildSeed({
    machineId: `m-${Date.now().toString(16).padStart(12, '0').slice(-12)}`,
    hostname: 'bare',
    user: 'debian',
    authorizedKey: login.publicKey,
    hostKey,
    mac: MAC,
    os: 'debian',
    memoryMiB: MEMORY_MIB,
    diskBytes: 8 * 1024 ** 3,
    swapMiB: 'auto',
    emulated: true,
  });
  const lease = `<host mac='${MAC}' ip='${ADDRESS}'/>`;
  const begun = performance.now();
  await writeFile(
    iso,
    writeIso('cidata', [
      { name: 'user-data', content: seed.userData },
      { name: 'meta-data', content: seed.metaData },
      { name: 'network-config', content: seed.networkConfig },
    ]),
  );
  const image = await guestImage();
  await execute('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image, '-F', 'qcow2', disk, '8G']);
  await virsh('net-update', 'default', 'add', 'ip-dhcp-host', lease, '--live');
  await writeFile(join(folder, 'bare.xml'), domainXml(disk, iso));
  await virsh('define', join(folder, 'bare.xml'));
  await virsh('start', 'stackbench-bare');
  try {
    const options = ['-i', key, '-o', `UserKnownHostsFile=${known}`, '-o', 'StrictHostKeyChecking=yes'];
    const words = [
      '-F',
      '/dev/null',
      ...options,
      '-o',
      'BatchMode=yes',
      '-o',
      'ConnectTimeout=2',
      `debian@${ADDRESS}`,
      'true',
    ];
    for (;;) {
      const worked = await execute('ssh', words).then(
        () => true,
        () => false,
      );
      if (worked) return performance.now() - begun;
      await sleep(200);
    }
  } finally {
    await virsh('destroy', 'stackbench-bare');
    await virsh('undefine', 'stackbench-bare');
    await virsh('net-update', 'default', 'delete', 'ip-dhcp-host', lease, '--live');
    await rm(disk);
  }
}

function domainXml(disk: string, iso: string): string {
  return `<domain type='qemu'><name>stackbench-bare</name><memory unit='MiB'>${MEMORY_MIB}</memory><vcpu>2</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>
  <cpu mode='custom' match='exact'><model>qemu64</model></cpu>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2' discard='unmap'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${iso}'/><target dev='vdb' bus='virtio'/><readonly/></disk>
    <interface type='network'><mac address='${MAC}'/><source network='default'/><model type='virtio'/></interface>
    <serial type='null'/><rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices></domain>`;
}

async function virsh(...words: string[]): Promise<void> {
  await execute('virsh', ['-c', 'qemu:///system', ...words]);
}

function list(times: readonly number[]): string {
  return times.map(seconds).join(' ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
