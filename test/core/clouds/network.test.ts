/** What a cloud keeps and shows of its network when the hypervisor gives it less than before. */
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StackboxError } from '../../../main/contract/errors';
import { cloudSchema } from '../../../main/contract/models';
import { LiveCloud } from '../../../main/core/clouds/cloud';
import { startStep } from '../../../main/core/clouds/machine-steps';
import { projectCloud } from '../../../main/core/clouds/projection';
import { newCloudRecord, type CloudSecrets } from '../../../main/core/clouds/record';
import type { StepContext } from '../../../main/core/run/step';
import { dataFolder } from '../../../main/core/store/folders';
import type { Attachment, HypervisorDriver } from '../../../main/hypervisors/driver';
import { generateSshKey } from '../../../main/seed';
import { plan } from '../../fakes/fake-data';
import { createFakeDriver } from '../../fakes/fake-driver';

const both: Attachment = {
  mac: '08:00:27:00:00:aa',
  address: '10.0.2.15',
  reach: 'forwarded',
  subnet: '10.0.2.0/24',
  hostOnly: {
    kind: 'adapter',
    name: 'vboxnet0',
    mac: '0e:00:27:00:00:aa',
    address: '192.168.56.17',
    subnet: '192.168.56.0/24',
  },
};
const fallback = { reason: 'VirtualBox could not make a host-only adapter.', hint: 'sudo modprobe vboxnetadp' };

let root: string;
let cloud: LiveCloud;
const lines: string[] = [];

async function open(): Promise<LiveCloud> {
  const wish = { ...newCloudRecord({ ...plan, connection: 'virtualbox' }, 'debian'), id: 'c-0' };
  const key = generateSshKey('test');
  const secrets: CloudSecrets = { version: 1, login: key, host: key, passwords: {}, options: {} };
  const folder = dataFolder(root).cloud(wish.id);
  await mkdir(folder.root, { recursive: true });
  const listener = { changed: () => undefined, command: () => undefined };
  return LiveCloud.open({ wish, secrets, folder }, listener, () => undefined);
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'stackbox-network-'));
  cloud = await open();
  lines.length = 0;
});
afterEach(async () => {
  await cloud.close();
  await rm(root, { recursive: true, force: true });
});

function shown(): unknown {
  const seen = projectCloud(cloud, {
    recipe: undefined,
    imageTitle: 'Debian',
    acceleration: undefined,
    abilities: { saveState: false, snapshots: false },
  });
  return cloudSchema.parse(seen).machines[0]?.network;
}

/** Starts the cloud's machine on a driver that answers so before the start. */
async function start(renewNetwork?: NonNullable<HypervisorDriver['renewNetwork']>): Promise<void> {
  const fake = createFakeDriver({ connection: 'virtualbox' });
  const { id, domain } = cloud.wish.machine;
  fake.domains.set(domain, { machineId: id, cloudId: cloud.id, ours: true, state: 'stopped' });
  const context: StepContext = {
    signal: new AbortController().signal,
    progress: () => undefined,
    line: (text) => void lines.push(text),
    command: () => undefined,
    claim: async () => undefined,
    fact: async () => undefined,
    explain: () => undefined,
  };
  await startStep({ cloud, driver: { ...fake, ...(renewNetwork && { renewNetwork }) } }).run(context);
}

test('before the machine has a network nothing is shown', () => {
  expect(shown()).toBeUndefined();
});

test('a start without the adapter goes on, says why, and shows only the way that is left', async () => {
  await cloud.keepFact('attachment', both);
  await start(async () => ({ ...both, fallback }));
  expect(lines).toEqual([`${fallback.reason} ${fallback.hint}`]);
  expect(shown()).toEqual({
    ways: [
      {
        kind: 'nat',
        address: '10.0.2.15',
        forwards: [{ host: '127.0.0.1', port: 40_022, guestPort: 22 }],
      },
    ],
    fallback,
  });
});

test('what was learned is still there after the app was closed', async () => {
  await cloud.keepFact('attachment', { ...both, fallback });
  await start(async () => both);
  await cloud.close();
  cloud = await open();
  expect(cloud.attachment).toEqual(both);
  expect(shown()).toMatchObject({
    ways: [{ kind: 'nat' }, { kind: 'host-only', via: 'vboxnet0', address: '192.168.56.17', forwards: [] }],
  });
});

test('a driver that has nothing to renew is not asked, and a failure of one that has is not hidden', async () => {
  await cloud.keepFact('attachment', both);
  await start();
  expect(cloud.attachment).toEqual(both);
  const broken = new StackboxError('hypervisor', 'VBoxSVC is gone.');
  await expect(start(async () => Promise.reject(broken))).rejects.toBe(broken);
});
