import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tooOld } from '../../main/setup/node-version.mjs';
import { hashOf, isFresh, writeStamp } from '../../main/setup/stamps.mjs';
import { installWay, kvmIsHollow, whyNoWindow } from '../../main/setup/system.mjs';
import { tempFolder } from '../support/temp';

describe('the command that installs a hypervisor', () => {
  it.each([
    ['ID=debian\n', 'apt-get'],
    ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', 'apt-get'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'apt-get'],
    ['ID=fedora\n', 'dnf'],
    ['ID="centos"\nID_LIKE="rhel fedora"\n', 'dnf'],
    ['ID=manjaro\nID_LIKE=arch\n', 'pacman'],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'zypper'],
  ])('follows the distribution: %j', (release, program) => {
    expect(installWay('linux', release)?.commands.at(-1)?.[0]).toBe(program);
  });

  it('is brew on macOS, winget on Windows, and nothing where nothing is known', () => {
    expect(installWay('darwin', '')?.commands[0]?.[0]).toBe('brew');
    expect(installWay('win32', '')?.commands[0]?.[0]).toBe('winget');
    expect(installWay('linux', 'ID=plan9\n')).toBeUndefined();
    expect(installWay('linux', '')).toBeUndefined();
  });
});

it('does not trust /dev/kvm on a processor without virtualisation', () => {
  expect(kvmIsHollow(true, 'flags\t\t: fpu vme de\n')).toBe(true);
  expect(kvmIsHollow(true, 'flags\t\t: fpu vmx de\n')).toBe(false);
  expect(kvmIsHollow(true, 'flags\t\t: fpu svm\n')).toBe(false);
  expect(kvmIsHollow(false, 'flags\t\t: fpu\n')).toBe(false);
  // ARM lists no such flags.
  expect(kvmIsHollow(true, 'Features\t: fp asimd\n')).toBe(false);
});

it('says why there is no window, or opens one', () => {
  const facts = { platform: 'linux', env: { DISPLAY: ':0' }, root: false, binary: true } as const;
  expect(whyNoWindow(facts)).toBeUndefined();
  expect(whyNoWindow({ ...facts, env: {} })).toContain('no display');
  expect(whyNoWindow({ ...facts, env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBeUndefined();
  expect(whyNoWindow({ ...facts, root: true })).toContain('root');
  expect(whyNoWindow({ ...facts, binary: false })).toContain('binary');
  expect(whyNoWindow({ ...facts, platform: 'darwin', env: {} })).toBeUndefined();
});

it('turns away a Node that is too old, in one clear sentence', () => {
  expect(tooOld('20.19.0')).toBeUndefined();
  expect(tooOld('24.1.0')).toBeUndefined();
  expect(tooOld('20.18.3')).toContain('this is Node 20.18.3');
  expect(tooOld('18.20.0')).toContain('20.19');
});

it('does work again when a file changed, came, went or moved, and only then', async () => {
  const folder = await tempFolder();
  const stamp = join(folder, 'out', 'stamp');
  const source = join(folder, 'source');
  await mkdir(join(source, 'inner'), { recursive: true });
  await writeFile(join(source, 'inner', 'a.ts'), '1');
  const hash = hashOf([source, join(folder, 'absent')]);
  expect(isFresh(stamp, hash)).toBe(false);
  writeStamp(stamp, hash);
  expect(isFresh(stamp, hashOf([source, join(folder, 'absent')]))).toBe(true);
  await writeFile(join(source, 'inner', 'a.ts'), '2');
  expect(isFresh(stamp, hashOf([source, join(folder, 'absent')]))).toBe(false);
  await writeFile(join(source, 'inner', 'a.ts'), '1');
  await writeFile(join(folder, 'absent'), '');
  expect(isFresh(stamp, hashOf([source, join(folder, 'absent')]))).toBe(false);
});
