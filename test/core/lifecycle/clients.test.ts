/** clouds.yaml and openrc for a person's own computer, with a cloud that is made, used and deleted. */
import { mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import type { Cloud } from '../../../main/contract/models';
import type { Core } from '../../../main/core/open';
import { computer, created, deleted, plan, type Computer } from './kit';

interface Scene {
  readonly computer: Computer;
  readonly core: Core;
  readonly cloud: Cloud;
  readonly password: string;
  /** The person's folder for OpenStack. */
  readonly folder: string;
  readonly file: string;
}

async function scene(own?: string): Promise<Scene> {
  const place = await computer();
  const folder = join(process.env['XDG_CONFIG_HOME'] ?? '', 'openstack');
  const file = join(folder, 'clouds.yaml');
  if (own !== undefined) {
    await mkdir(folder, { recursive: true });
    await writeFile(file, own, { mode: 0o644 });
  }
  const core = await place.open();
  const cloud = await created(core);
  return { computer: place, core, cloud, folder, file, password: core.services.clouds.reveal(cloud.id, 'admin') };
}

const OWN = '# mine\nclouds:\n  work: # keep\n    auth: { password: own-secret }\n';
const entryIn = (text: string): unknown =>
  (parse(text) as { clouds: Record<string, unknown> }).clouds['stackbox-lab-1'];

describe('what clients need', () => {
  test('names addresses as this computer reaches them, and holds the password only when it is asked for', async () => {
    const { core, cloud, password, file } = await scene();
    const hidden = await core.services.clients.show(cloud.id, false);
    expect(JSON.stringify(hidden)).not.toContain(password);
    const shown = await core.services.clients.show(cloud.id, true);
    expect(shown).toMatchObject({ entry: 'stackbox-lab-1', file });
    const [keystone] = cloud.endpoints;
    expect(entryIn(shown.cloudsYaml)).toEqual({
      auth_type: 'v3password',
      auth: {
        auth_url: keystone?.url,
        username: 'admin',
        password,
        project_name: 'admin',
        user_domain_name: 'Default',
        project_domain_name: 'Default',
      },
      region_name: 'RegionOne',
      interface: 'public',
      identity_api_version: 3,
      // The fake machine is reached through forwards; nothing leads to the image service.
      identity_endpoint_override: keystone?.url,
      compute_endpoint_override: keystone?.url.replace('/v3', '/compute/v2.1'),
    });
    expect(shown.openrc).toContain(`export OS_PASSWORD=${password}\n`);
    expect(shown.openrc).toContain('export OS_COMPUTE_ENDPOINT_OVERRIDE=');
    expect(shown.limits?.text).toMatch(/calls to identity, compute work\. .* at 10\.0\.2\.15/);
    expect(shown.limits?.hint).toContain('stackbox shell lab-1 --as admin');
  });

  test('is not there for a recipe that has no OpenStack', async () => {
    const { core } = await scene();
    const plain = await created(core, plan('plain-1', 'plain-machine'));
    expect(plain.client).toBeUndefined();
    expect(plain.services).toBe(false);
    await expect(core.services.clients.show(plain.id, true)).rejects.toMatchObject({ code: 'not-found' });
    await expect(core.services.clients.add(plain.id)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the entry in clouds.yaml', () => {
  test('is added beside what is there, with a copy of the file as it was, for the person alone', async () => {
    const { core, cloud, folder, file, password } = await scene(OWN);
    expect(cloud.client).toEqual({ added: false });
    const change = await core.services.clients.add(cloud.id);
    expect(await readFile(change.backup ?? '', 'utf8')).toBe(OWN);
    const text = await readFile(file, 'utf8');
    expect(text).toContain('# mine');
    expect(text).toContain('# keep');
    expect(parse(text)).toMatchObject({
      clouds: { work: { auth: { password: 'own-secret' } }, 'stackbox-lab-1': { auth: { password } } },
    });
    for (const path of [file, change.backup ?? '']) expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(core.services.clouds.get(cloud.id).client).toEqual({ added: true });
    expect((await readdir(folder)).toSorted()).toHaveLength(2);

    await core.services.clients.remove(cloud.id);
    expect(parse(await readFile(file, 'utf8'))).toEqual(parse(OWN));
    expect(core.services.clouds.get(cloud.id).client).toEqual({ added: false });
    await expect(core.services.clients.remove(cloud.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is renewed without a second copy of it, and goes when the cloud is deleted', async () => {
    const { core, cloud, file } = await scene(OWN);
    await core.services.clients.add(cloud.id);
    await core.services.clients.add(cloud.id);
    expect((await readFile(file, 'utf8')).match(/stackbox-lab-1/g)).toHaveLength(1);
    await deleted(core, cloud);
    expect(parse(await readFile(file, 'utf8'))).toEqual(parse(OWN));
  });

  test('leaves no file behind where there was none', async () => {
    const { core, cloud, file, folder } = await scene();
    expect(await core.services.clients.add(cloud.id)).toEqual({ file });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await deleted(core, cloud);
    expect(await readdir(folder)).toEqual([]);
  });

  test('that the person changed is theirs: it is neither renewed nor removed, and the cloud can still be deleted', async () => {
    const { core, cloud, file } = await scene(OWN);
    await core.services.clients.add(cloud.id);
    const changed = (await readFile(file, 'utf8')).replace('RegionOne', 'RegionTwo');
    await writeFile(file, changed);
    for (const call of [() => core.services.clients.add(cloud.id), () => core.services.clients.remove(cloud.id)]) {
      await expect(call()).rejects.toMatchObject({ code: 'conflict' });
    }
    await deleted(core, cloud);
    expect(core.services.clouds.list()).toEqual([]);
    expect(await readFile(file, 'utf8')).toBe(changed);
  });

  test('of the same name that somebody else made is not touched', async () => {
    const own = 'clouds:\n  stackbox-lab-1: { region_name: mine }\n';
    const { core, cloud, file } = await scene(own);
    await expect(core.services.clients.add(cloud.id)).rejects.toMatchObject({ code: 'conflict' });
    expect(core.services.clouds.get(cloud.id).client).toEqual({ added: false });
    await deleted(core, cloud);
    expect(await readFile(file, 'utf8')).toBe(own);
  });

  test('that the person took out by hand is forgotten', async () => {
    const { core, cloud, file } = await scene(OWN);
    await core.services.clients.add(cloud.id);
    await writeFile(file, OWN);
    await core.services.clients.remove(cloud.id);
    expect(core.services.clouds.get(cloud.id).client).toEqual({ added: false });
    expect(await readFile(file, 'utf8')).toBe(OWN);
  });

  test('follows a link to where the file really is, and an older name of it', async () => {
    const { core, cloud, folder } = await scene();
    const real = join(folder, '..', 'dotfiles.yaml');
    await mkdir(folder, { recursive: true });
    await writeFile(real, OWN);
    await symlink(real, join(folder, 'clouds.yml'));
    await core.services.clients.add(cloud.id);
    expect(entryIn(await readFile(real, 'utf8'))).toBeDefined();
    expect(await readdir(folder)).not.toContain('clouds.yaml');
  });

  test('is not added to what is no clouds.yaml, and nothing is lost', async () => {
    const { core, cloud, file, folder } = await scene('clouds: [');
    const other = Uint8Array.from([0x63, 0x3a, 0xff, 0xfe, 0x0a]);
    for (const own of ['clouds: [', '- a\n', other, `# ${'x'.repeat(1024 * 1024)}`]) {
      await writeFile(file, own);
      await expect(core.services.clients.add(cloud.id)).rejects.toMatchObject({ code: 'bad-input' });
      expect((await readFile(file)).equals(Buffer.from(own))).toBe(true);
      expect(await readdir(folder)).toEqual(['clouds.yaml']);
      expect(core.services.clouds.get(cloud.id).client).toEqual({ added: false });
    }
  });

  test('is not added beside a clouds.json, which it would hide, nor where there is a folder', async () => {
    const { core, cloud, folder, file } = await scene();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'clouds.json'), '{}');
    await expect(core.services.clients.add(cloud.id)).rejects.toMatchObject({ code: 'bad-input' });
    expect(await readdir(folder)).toEqual(['clouds.json']);
    await mkdir(file);
    await expect(core.services.clients.add(cloud.id)).rejects.toMatchObject({ code: 'bad-input' });
  });
});

it('the record that an entry is ours survives the end of the app', async () => {
  const { computer: place, core, cloud, file } = await scene(OWN);
  await core.services.clients.add(cloud.id);
  await core.close();
  const again = await place.open();
  expect(again.services.clouds.get(cloud.id).client).toEqual({ added: true });
  await deleted(again, cloud);
  expect(parse(await readFile(file, 'utf8'))).toEqual(parse(OWN));
});
