// @vitest-environment happy-dom
/** How a machine is reached, as a person sees it and as it is read out. */
import { screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import '../../renderer/text/i18n';
import type { MachineNetwork } from '../../main/contract/models';
import { machineNetwork } from '../../main/core/clouds/machine-network';
import type { Attachment } from '../../main/hypervisors/driver';
import { FakeCore } from '../fakes/fake-api';
import { makeCloud, readyParts } from '../fakes/fake-data';
import { closeWindow, openWindow } from './window';

afterEach(closeWindow);

const nat: Attachment = { mac: '08:00:27:00:00:aa', address: '10.0.2.15', reach: 'forwarded', subnet: '10.0.2.0/24' };
const hostOnly = {
  kind: 'adapter',
  name: 'vboxnet0',
  mac: '0e:00:27:00:00:aa',
  address: '192.168.56.17',
  subnet: '192.168.56.0/24',
} as const;
const ports = { '22': { host: '127.0.0.1', port: 40_022 }, '5000': { host: '127.0.0.1', port: 45_000 } };
const fallback = {
  reason: 'VirtualBox could not make a host-only adapter.',
  hint: 'Load the kernel modules: "sudo modprobe vboxnetadp".',
};

/** Opens a cloud's overview with that network. @returns what a screen reader says of the diagram */
async function readOut(network: MachineNetwork): Promise<string> {
  const cloud = makeCloud('a', 'dev', readyParts, Date.now());
  const machines = cloud.machines.map((machine) => ({ ...machine, network }));
  openWindow(new FakeCore({ clouds: [{ ...cloud, machines }] }), '#/clouds/a/overview');
  await screen.findByRole('heading', { name: 'Network' });
  return screen.getByRole('img', { name: /reaches dev/ }).getAttribute('aria-label') ?? '';
}

test('VirtualBox with both ways: forwards on this computer, and an address of the machine to copy', async () => {
  expect(await readOut(machineNetwork('virtualbox', { ...nat, hostOnly }, ports))).toBe(
    'This computer reaches dev (10.0.2.15) by VirtualBox NAT: 127.0.0.1:40022 leads to port 22, ' +
      '127.0.0.1:45000 leads to port 5000. ' +
      'This computer reaches dev by Host-only adapter vboxnet0 at 192.168.56.17, on every port.',
  );
  expect(screen.getByText('127.0.0.1:40022')).toBeDefined();
  expect(screen.getByRole('button', { name: 'Copy the address 192.168.56.17' })).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Copy the address 10.0.2.15' })).toBeNull();
});

test('VirtualBox with NAT alone says why and what would change it, and no address that is not there', async () => {
  const said = await readOut(machineNetwork('virtualbox', { ...nat, hostOnly, fallback }, ports));
  expect(said).not.toContain('192.168.56.17');
  expect(screen.getByText(fallback.reason)).toBeDefined();
  expect(screen.getByText(fallback.hint)).toBeDefined();
});

test('libvirt’s own network is reached directly, with no forwards', async () => {
  const attachment: Attachment = { ...nat, address: '192.168.130.10', reach: 'direct', subnet: '192.168.130.0/24' };
  const direct = { '22': { host: '192.168.130.10', port: 22 } };
  expect(await readOut(machineNetwork('libvirt-system', attachment, direct))).toBe(
    'This computer reaches dev by libvirt NAT network at 192.168.130.10, on every port.',
  );
});

test('user networking before its first start has no port yet', async () => {
  expect(await readOut(machineNetwork('libvirt-session', nat, undefined))).toBe(
    'This computer reaches dev (10.0.2.15) by QEMU user networking, once a port is forwarded.',
  );
});
