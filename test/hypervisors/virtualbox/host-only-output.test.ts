/**
 * Reading host-only lists and extradata. The lists with adapters in them follow VBoxManageList.cpp and published output, for
 * build machines cannot make an adapter; the rest is recorded from VirtualBox 7.2.22.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  dhcpIsOn,
  parseCreatedAdapter,
  parseExtradata,
  parseHostOnlyAdapters,
  parseHostOnlyNetworks,
  subnetOfInterface,
} from '../../../main/hypervisors/virtualbox/host-only-output';
import { knownFailure } from '../../../main/hypervisors/virtualbox/known-failures';
import { splitWarnings } from '../../../main/hypervisors/virtualbox/output';

function fixture(name: string): string {
  const folder = join(import.meta.dirname, '../../fixtures/virtualbox');
  return splitWarnings(readFileSync(join(folder, name), 'utf8')).output;
}

const unknownForm = expect.objectContaining({ code: 'hypervisor' }) as Error;

test('adapters, with an address and without', () => {
  const adapters = parseHostOnlyAdapters(fixture('list-hostonlyifs.from-sources.7.2.txt'));
  expect(adapters).toEqual([
    {
      name: 'vboxnet0',
      guid: '786f6276-656e-4074-8000-0a0027000000',
      address: '192.168.56.1',
      netmask: '255.255.255.0',
    },
    {
      name: 'VirtualBox Host-Only Ethernet Adapter #2',
      guid: '7fb57b86-f6d3-413c-8ab8-f8143ae6c451',
      address: undefined,
      netmask: undefined,
    },
  ]);
  expect(adapters.map(subnetOfInterface)).toEqual(['192.168.56.1/24', undefined]);
  expect(parseHostOnlyAdapters('')).toEqual([]);
});

test('networks of macOS', () => {
  expect(parseHostOnlyNetworks(fixture('list-hostonlynets.from-sources.7.2.txt'))).toMatchObject([
    { name: 'Stackbox', guid: '57ac6b0c-57ac-8b05-95ac-57ac6b0c57ac', address: '192.168.56.1' },
  ]);
});

test('a list that is cut off anywhere before the mask is an error and never an adapter without address', () => {
  const whole = fixture('list-hostonlyifs.from-sources.7.2.txt').split('\n').slice(0, 4);
  for (let lines = 1; lines <= whole.length; lines++) {
    expect(() => parseHostOnlyAdapters(whole.slice(0, lines).join('\n'))).toThrow(unknownForm);
  }
});

test.each([
  ['garbage', '\u0000\u0001 what?\n'],
  ['another language', 'Имя:             vboxnet0\nGUID:            x\n'],
  ['an address that is none', 'Name: a\nGUID: b\nIPAddress: 999.1.1.1\nNetworkMask: 255.255.255.0\n'],
  ['an adapter without a name', 'Name:\nGUID: b\nIPAddress: 10.0.0.1\nNetworkMask: 255.255.255.0\n'],
])('%s is an error', (_what, text) => {
  expect(() => parseHostOnlyAdapters(text)).toThrow(unknownForm);
});

test('the name of a new adapter', () => {
  expect(parseCreatedAdapter("0%...10%...100%\nInterface 'vboxnet3' was successfully created\n")).toBe('vboxnet3');
  expect(() => parseCreatedAdapter('0%...NS_ERROR_FAILURE\n')).toThrow(unknownForm);
});

test('whether VirtualBox’s own DHCP server is on', () => {
  const servers = fixture('list-dhcpservers.7.2.22.txt');
  expect(dhcpIsOn(servers, 'HostInterfaceNetworking-vboxnet0')).toBe(true);
  expect(dhcpIsOn(servers, 'HostInterfaceNetworking-vboxnet1')).toBe(false);
  expect(
    dhcpIsOn(servers.replace('Enabled:        Yes', 'Enabled:        No'), 'HostInterfaceNetworking-vboxnet0'),
  ).toBe(false);
});

test('extradata, whatever else is in it', () => {
  expect([...parseExtradata(fixture('getextradata-enumerate.7.2.22.txt'))]).toEqual([
    ['stackbox/address/0e:00:27:aa:bb:cc', '192.168.56.12'],
    ['stackbox/hostonly', '{"a":"b \\"c\\""}'],
  ]);
  expect(parseExtradata('').size).toBe(0);
  expect([...parseExtradata('Key: GUI/X, Value: a, Value: b\nnonsense\nKey: half')]).toEqual([
    ['GUI/X', 'a, Value: b'],
  ]);
});

test('a refused address is known by what VBoxManage says since 6.1.28', () => {
  const said = [
    'VBoxManage: error: Code E_ACCESSDENIED (0x80070005) - Access denied (extended info not available)',
    'VBoxManage: error: Context: "EnableStaticIPConfig(Bstr(pIp).raw(), Bstr(pNetmask).raw())" at line 242',
  ];
  expect(knownFailure(said.join('\n'))?.id).toBe('host-only-range');
});
