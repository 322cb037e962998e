/** How VBoxManage is found and driven: one change at a time, whatever becomes of the one before. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findVBoxManage, placesOfVBoxManage, settingsFolder } from '../../../main/hypervisors/virtualbox/find';
import { openVBoxManage, type VBoxManage } from '../../../main/hypervisors/virtualbox/vboxmanage';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbox-vboxmanage-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that answers instead of VBoxManage. */
async function program(script: string): Promise<string> {
  const path = join(folder, 'VBoxManage');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

async function open(script: string, silenceMs?: number): Promise<VBoxManage> {
  const path = await program(script);
  return openVBoxManage(async () => path, silenceMs);
}

describe('changes', () => {
  it('come one after the other, in the order of the calls', async () => {
    const log = join(folder, 'log');
    const manage = await open(`echo "begin $1" >> '${log}'; sleep 0.05; echo "end $1" >> '${log}'`);
    await Promise.all(['a', 'b', 'c'].map((name) => manage.change([name])));
    expect((await readFile(log, 'utf8')).split('\n')).toEqual([
      'begin a',
      'end a',
      'begin b',
      'end b',
      'begin c',
      'end c',
      '',
    ]);
  });

  it('that hang are given up with a hint, and the next one is carried out', async () => {
    const manage = await open('[ "$1" = hang ] && exec sleep 60; echo done', 200);
    const hanging = manage.change(['hang']);
    const next = manage.change(['modifyvm']);
    await expect(hanging).rejects.toMatchObject({
      code: 'silent',
      facts: { hint: expect.stringContaining('VBoxSVC') as string },
    });
    expect(await next).toBe('done\n');
  });

  it('that are cancelled while they wait leave at once, with the reason that was given', async () => {
    const manage = await open(`[ "$1" = slow ] && sleep 0.3; echo "$1" >> '${join(folder, 'log')}'`);
    const control = new AbortController();
    const reason = new Error('the person pressed Cancel');
    const slow = manage.change(['slow']);
    const waiting = manage.change(['waiting'], { signal: control.signal });
    control.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await slow;
    await manage.change(['last']);
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe('slow\nlast\n');
  });

  it('come again when VirtualBox’s server was just ending', async () => {
    const mark = join(folder, 'mark');
    const manage = await open(
      `[ -e '${mark}' ] && { echo made; exit; }; touch '${mark}'
       echo 'VBoxManage: error: Failed to create the VirtualBox object!' >&2; exit 1`,
    );
    expect(await manage.change(['createvm'])).toBe('made\n');
  });
});

it('questions come one after the other, but not after a change that takes long', async () => {
  const log = join(folder, 'log');
  const go = join(folder, 'go');
  const manage = await open(
    `echo "begin $1" >> '${log}'
     [ "$1" = clonemedium ] && while [ ! -e '${go}' ]; do sleep 0.01; done
     echo "end $1" >> '${log}'`,
  );
  const change = manage.change(['clonemedium']);
  await expect.poll(() => readFile(log, 'utf8').catch(() => '')).toBe('begin clonemedium\n');
  await Promise.all([manage.read(['list']), manage.read(['showvminfo'])]);
  await writeFile(go, '');
  await change;
  expect((await readFile(log, 'utf8')).split('\n')).toEqual([
    'begin clonemedium',
    'begin list',
    'end list',
    'begin showvminfo',
    'end showvminfo',
    'end clonemedium',
    '',
  ]);
});

it('a start that dies without a word is explained by the warning in front of it', async () => {
  const fixture = join(import.meta.dirname, '../../fixtures/virtualbox/startvm-without-module.7.2.22.txt');
  const manage = await open(`cat '${fixture}'; exit 1`);
  await expect(manage.change(['startvm', 'x', '--type', 'headless'])).rejects.toMatchObject({
    code: 'hypervisor',
    message: expect.stringContaining('kernel module is not loaded') as string,
    facts: { hint: expect.stringContaining('virtualbox-dkms') as string, exitCode: 1 },
  });
});

it('what VirtualBox says ends as a sentence, because a hint follows', async () => {
  const manage = await open("echo 'VBoxManage: error: Failed to create the host-only adapter' >&2; exit 1");
  await expect(manage.change(['hostonlyif', 'create'])).rejects.toMatchObject({
    message: expect.stringMatching(/ VirtualBox says: Failed to create the host-only adapter\.$/) as string,
  });
});

it('no VBoxManage is a missing tool and not a crash', async () => {
  const manage = openVBoxManage(() => findVBoxManage({ platform: 'linux', env: { STACKBOX_VBOXMANAGE: '/nowhere' } }));
  expect(await manage.program()).toBeUndefined();
  const absent = openVBoxManage(async () => join(folder, 'absent'));
  await expect(absent.read(['list', 'vms'])).rejects.toMatchObject({ code: 'missing-tool' });
});

describe('VBoxManage is looked for', () => {
  it('on Windows where its installer says', () => {
    const env = { VBOX_MSI_INSTALL_PATH: 'D:\\VirtualBox\\', Path: 'C:\\Windows' };
    expect(placesOfVBoxManage({ platform: 'win32', env })[0]).toBe('D:\\VirtualBox\\VBoxManage.exe');
    expect(placesOfVBoxManage({ platform: 'win32', env: {} })).toContain(
      'C:\\Program Files\\Oracle\\VirtualBox\\VBoxManage.exe',
    );
  });

  it('on macOS and Linux on the path and where packages put it, but never in a relative folder', () => {
    expect(placesOfVBoxManage({ platform: 'darwin', env: { PATH: '.:bin:/opt/x' } })).toEqual([
      '/opt/x/VBoxManage',
      '/usr/local/bin/VBoxManage',
      '/opt/homebrew/bin/VBoxManage',
      '/Applications/VirtualBox.app/Contents/MacOS/VBoxManage',
    ]);
    expect(placesOfVBoxManage({ platform: 'linux', env: {} })).toContain('/usr/bin/VBoxManage');
  });

  it('and its settings where each system keeps them', () => {
    expect(settingsFolder({ platform: 'linux', env: { HOME: '/home/a' } })).toBe('/home/a/.config/VirtualBox');
    expect(settingsFolder({ platform: 'darwin', env: { HOME: '/Users/a' } })).toBe('/Users/a/Library/VirtualBox');
    expect(settingsFolder({ platform: 'win32', env: { USERPROFILE: 'C:\\Users\\a' } })).toBe(
      'C:\\Users\\a\\.VirtualBox',
    );
    expect(settingsFolder({ platform: 'linux', env: { VBOX_USER_HOME: '/x' } })).toBe('/x');
  });
});
