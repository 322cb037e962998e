/**
 * What VirtualBox 6.1, 7.0 and 7.1 print and take otherwise than 7.2, which the build machines have. Where each recording is
 * from, `test/fixtures/virtualbox/README.md` says.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Attachment, MachineSpec } from '../../../main/hypervisors/driver';
import { createArguments, hardware } from '../../../main/hypervisors/virtualbox/define';
import { parseHostOnlyAdapters } from '../../../main/hypervisors/virtualbox/host-only-output';
import { knownFailure } from '../../../main/hypervisors/virtualbox/known-failures';
import { adapterOptions } from '../../../main/hypervisors/virtualbox/network';
import {
  forwardRules,
  parseLongList,
  parseMachineInfo,
  splitWarnings,
} from '../../../main/hypervisors/virtualbox/output';
import { parseVersion } from '../../../main/hypervisors/virtualbox/version';

function recorded(name: string): string {
  return readFileSync(join(import.meta.dirname, `../../fixtures/virtualbox/${name}.txt`), 'utf8');
}

describe('recorded output', () => {
  it.each([
    ['version.6.1.50', '6.1.50', 'module-missing'],
    ['version.7.0.22', '7.0.22', 'module-missing'],
    ['version.7.1.10', '7.1.10', undefined],
    ['version.7.2.22', '7.2.22', 'module-missing'],
  ])('%s tells the version, and the missing module as a finding', (name, version, failure) => {
    const { warnings, output } = splitWarnings(recorded(name));
    expect(parseVersion(output)).toMatchObject({ text: version, supported: true });
    expect(knownFailure(warnings.join('\n'))?.id).toBe(failure);
  });

  it.each([
    ['6.1', 'work_default_1636643437597_49186', 'running', 'ce78aceb-4033-4dd8-8416-7eaaf47c699c'],
    ['7.0', 'TestHA', 'stopped', 'f05c746c-a545-4329-8252-bc3b42907131'],
    ['7.1', 'Win10(64)', 'stopped', '9cd73e7b-9ce4-4ff3-9d7a-8b6b792e44a5'],
  ])(
    'the long list of %s is read, alone, repeated, and with the line ends of Windows',
    (version, name, state, uuid) => {
      const text = recorded(`list-long-vms.${version}`);
      const machine = { name, state, uuid, groups: '/', accessible: true };
      expect(parseLongList(text)).toMatchObject([machine]);
      expect(parseLongList(text)[0]?.settingsFile).toMatch(/^[CD]:\\.*\.vbox$/);
      expect(parseLongList(text + text)).toMatchObject([machine, machine]);
      expect(parseLongList(splitWarnings(text.replaceAll('\n', '\r\n')).output)).toMatchObject([machine]);
    },
  );

  it('the settings of 7.0 are read past the lines that have no key', () => {
    const info = parseMachineInfo(recorded('showvminfo-machinereadable.7.0'));
    expect(info.get('name')).toBe('work-1');
    expect(info.get('groups')).toBe('/');
    expect(info.get('VMState')).toBe('poweroff');
    expect(info.get('BIOS NVRAM File')).toBe('/home/me/work-1/work-1.nvram');
    expect(info.get('IDE Controller-0-0')).toBe('/home/me/work-1/disk001.vmdk');
    expect(info.get('GuestMemoryBalloon')).toBe('0');
    expect(forwardRules(info)).toEqual([{ name: 'ssh', hostPort: 2201, guestPort: 22 }]);
  });

  it('host-only adapters are read with nothing behind a label', () => {
    expect(
      parseHostOnlyAdapters(recorded('list-hostonlyifs.linux')).map(({ name, address }) => [name, address]),
    ).toEqual([
      ['vboxnet0', '192.168.56.1'],
      ['vboxnet10', '192.168.66.1'],
    ]);
  });
});

describe('options', () => {
  const spec: MachineSpec = {
    id: 'm-0123456789ab',
    cloudId: 'c-0123456789ab',
    domain: 'stackbox-a-012345',
    title: 'a',
    cpus: 2,
    memoryMiB: 2048,
    diskBytes: 10 * 1024 ** 3,
    image: { id: 'i', path: '/i', format: 'qcow2', virtualBytes: 1 },
    folder: '/folder',
  };
  const attachment: Attachment = {
    mac: '08:00:27:67:89:ab',
    address: '10.0.2.15',
    reach: 'forwarded',
    subnet: '10.0.2.0/24',
  };
  const hostOnly = { name: 'Stackbox', mac: '0e:00:27:67:89:ab', address: '192.168.56.9', subnet: '192.168.56.0/24' };

  it.each([
    ['6.1.50r161033', ['--audio', 'none'], '--audio-enabled'],
    ['7.0.22r165102', ['--audio-enabled', 'off'], '--audio'],
    ['7.1.10r169112', ['--audio-enabled', 'off'], '--audio'],
    ['7.2.22_Debianr175245', ['--audio-enabled', 'off'], '--audio'],
  ])('%s is told of no sound in its own words', (text, [option = '', value], other) => {
    const settings = hardware(spec, parseVersion(text), false);
    expect(settings[settings.indexOf(option) + 1]).toBe(value);
    expect(settings).not.toContain(other);
  });

  it.each([
    ['6.1.50r161033', false],
    ['7.0.22r165102', false],
    ['7.1.10r169112', true],
    ['7.2.22_Debianr175245', true],
  ])('%s is told the platform only if it knows others: %s', (text, told) => {
    expect(createArguments(spec, 'uuid', parseVersion(text)).includes('--platform-architecture')).toBe(told);
  });

  it('nested virtualisation is on only where it was found', () => {
    const version = parseVersion('7.2.22');
    for (const nested of [true, false]) {
      const settings = hardware(spec, version, nested);
      expect(settings[settings.indexOf('--nested-hw-virt') + 1]).toBe(nested ? 'on' : 'off');
    }
  });

  it.each([
    ['6.1.50', 'darwin', false],
    ['7.0.22', 'darwin', true],
    ['7.2.22', 'darwin', true],
    ['7.2.22', 'linux', false],
    ['7.2.22', 'win32', false],
  ] as const)('%s on %s has host-only networks instead of adapters: %s', (text, platform, networks) => {
    expect(parseVersion(text, platform).hostOnlyNets).toBe(networks);
  });

  it('the second adapter is plugged into an adapter or a network, by the option that each has', () => {
    const adapter = adapterOptions({ ...attachment, hostOnly: { ...hostOnly, kind: 'adapter' } }).join(' ');
    expect(adapter).toContain('--nic2 hostonly --hostonlyadapter2 Stackbox');
    const network = adapterOptions({ ...attachment, hostOnly: { ...hostOnly, kind: 'network' } }).join(' ');
    expect(network).toContain('--nic2 hostonlynet --host-only-net2 Stackbox');
    // 7.x still takes the spelling of 6.1.
    for (const options of [adapter, network]) expect(options).toContain('--nictype1 virtio');
  });
});
