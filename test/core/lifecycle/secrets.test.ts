import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CoreEvent } from '../../../main/contract/models';
import { dataFolder } from '../../../main/core/store/folders';
import { cloudSecretsSchema, secretTexts } from '../../../main/core/clouds/record';
import { computer, deleted, ended, plan } from './kit';

it('no password and no private key is in any event, log, command or file of a life, outside its secrets', async () => {
  const { open, gates, guest, folder } = await computer();
  const core = await open();
  const { clouds } = core.services;
  const events: CoreEvent[] = [];
  const leave = new AbortController();
  const listening = (async (): Promise<void> => {
    for await (const event of core.services.subscribe(leave.signal)) events.push(structuredClone(event));
  })();

  const held = gates.hold('install');
  const cloud = await clouds.create(plan());
  await held.reached;
  const full = join(guest(cloud).root, 'full');
  await writeFile(full, '');
  held.open();
  const failed = await ended(core, cloud);
  expect(failed.run?.error?.code).toBe('guest-failed');
  const files = dataFolder(folder).cloud(cloud.id);
  const secrets = cloudSecretsSchema.parse(JSON.parse(await readFile(files.secrets, 'utf8')));
  // The job did say its password.
  expect(await readFile(join(guest(cloud).root, 'var/log/stackbox/stackbox-lab-install.log'), 'utf8')).toContain(
    secrets.passwords['admin'],
  );
  const install = await core.services.logs.read({ cloudId: cloud.id, source: 'install', offset: 0, waitMs: 0 });
  const written = await filesBelow(folder, [files.secrets, files.ssh.key]);
  const commands = clouds.find(cloud.id).commands.list();

  await deleted(core, cloud);
  leave.abort();
  await listening;
  expect(events.length).toBeGreaterThan(2);
  expect(commands.length).toBeGreaterThan(5);
  const emitted = JSON.stringify({ events, failed, install, commands });
  expect(emitted).toContain('No space left');
  for (const secret of secretTexts(secrets)) {
    // A key in any wrapping: its inner lines are enough to know it by.
    for (const part of secret.split('\n').filter((line) => line.length >= 20 && !line.startsWith('-----'))) {
      expect(emitted.includes(part), 'in what was emitted').toBe(false);
      expect([...written].filter(([, text]) => text.includes(part)).map(([path]) => path)).toEqual([]);
    }
  }
});

async function filesBelow(folder: string, except: readonly string[]): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = new Map<string, string>();
  for (const path of paths) if (!except.includes(path)) texts.set(path, await readFile(path, 'latin1'));
  return texts;
}
