/** The host-only adapter: one for all machines, theirs while they need it, and never a reason for a run to fail. */
import { expect, describe, it } from 'vitest';
import { StackboxError } from '../../../main/contract/errors';
import type { Attachment } from '../../../main/hypervisors/driver';
import type { NetworkSurroundings } from '../../../main/hypervisors/virtualbox/host-only';
import type { Machines } from '../../../main/hypervisors/virtualbox/machines';
import { adapterOptions, openNetworking, type Networking } from '../../../main/hypervisors/virtualbox/network';
import { HostOnlyDouble } from './host-only-double';

const A = { id: 'm-0000000000aa' };
const B = { id: 'm-0000000000bb' };
const usual: NetworkSurroundings = { taken: async () => [], allowed: async () => ['192.168.56.0/21'] };

function open(double: HostOnlyDouble, surroundings = usual, state = 'poweroff'): Networking {
  const info = new Map([['VMState', state]]);
  const found = { uuid: 'uuid-a', info };
  const machines: Machines = {
    ours: async () => [],
    summaries: async () => [],
    find: async () => found,
    findLost: async () => undefined,
    get: async () => found,
    assertNameFree: async () => undefined,
  };
  return openNetworking(double.manage(), machines, surroundings);
}

function hostOnlyOf({ hostOnly }: Attachment): NonNullable<Attachment['hostOnly']> {
  if (!hostOnly) throw new Error('There is no host-only adapter.');
  return hostOnly;
}

const refused = new StackboxError('hypervisor', 'VirtualBox could not make a host-only adapter.', {
  hint: 'sudo modprobe vboxnetadp',
});

describe('machines', () => {
  it('share one adapter, each with an address of its own that stays the same', async () => {
    const double = new HostOnlyDouble();
    const networking = open(double);
    const [a, b] = await Promise.all([networking.attach(A, {}), networking.attach(B, {})]);
    expect(double.adapters).toMatchObject([{ name: 'vboxnet0', address: '192.168.56.1' }]);
    expect(a).toMatchObject({ address: '10.0.2.15', reach: 'forwarded', mac: '08:00:27:00:00:aa' });
    expect(hostOnlyOf(a)).toMatchObject({
      kind: 'adapter',
      name: 'vboxnet0',
      mac: '0e:00:27:00:00:aa',
      subnet: '192.168.56.0/24',
    });
    expect(hostOnlyOf(a).address).toMatch(/^192\.168\.56\.\d+$/);
    expect(hostOnlyOf(b).address).not.toBe(hostOnlyOf(a).address);
    expect(await open(double).attach(A, {})).toEqual(a);
    expect(double.changes.filter((change) => change === 'hostonlyif create')).toHaveLength(1);
  });

  it('give their addresses back, and the adapter goes with the last of them', async () => {
    const double = new HostOnlyDouble();
    double.dhcp.add('HostInterfaceNetworking-vboxnet0');
    const networking = open(double);
    const a = hostOnlyOf(await networking.attach(A, {}));
    const b = hostOnlyOf(await networking.attach(B, {}));
    // VirtualBox's own DHCP server must not hand out what we choose.
    expect([...double.dhcp]).toEqual([]);
    await networking.release(a.mac, {});
    await networking.release(a.mac, {});
    await networking.collect({});
    expect(double.adapters).toHaveLength(1);
    await networking.release(b.mac, {});
    await networking.collect({});
    expect(double.adapters).toEqual([]);
    expect([...double.extradata]).toEqual([]);
    expect([...double.dhcp]).toEqual(['HostInterfaceNetworking-vboxnet0']);
  });

  it('never use nor remove an adapter that a person made', async () => {
    const double = new HostOnlyDouble();
    double.adapters.push({ name: 'vboxnet0', guid: 'theirs', address: '192.168.56.1' });
    const networking = open(double);
    const a = hostOnlyOf(await networking.attach(A, {}));
    expect(a).toMatchObject({ name: 'vboxnet1', subnet: '192.168.57.0/24' });
    await networking.release(a.mac, {});
    await networking.collect({});
    expect(double.adapters).toEqual([{ name: 'vboxnet0', guid: 'theirs', address: '192.168.56.1' }]);
  });

  it('leave an adapter of ours to a person who plugged a machine into it', async () => {
    const double = new HostOnlyDouble();
    const networking = open(double);
    const a = hostOnlyOf(await networking.attach(A, {}));
    await networking.release(a.mac, {});
    double.machines = "NIC 1:  MAC: 0800276E29D4, Attachment: Host-only Interface 'vboxnet0', Cable connected: on\n";
    await networking.collect({});
    expect(double.adapters).toHaveLength(1);
    expect([...double.extradata]).toEqual([]);
  });

  it('get a host-only network instead of an adapter on macOS', async () => {
    const double = new HostOnlyDouble('darwin');
    const networking = open(double);
    const attachment = await networking.attach(A, {});
    const a = hostOnlyOf(attachment);
    expect(a).toMatchObject({ kind: 'network', name: 'Stackbox' });
    expect(adapterOptions(attachment).join(' ')).toContain('--nic2 hostonlynet --host-only-net2 Stackbox');
    expect(await networking.attach(B, {})).toMatchObject({ hostOnly: { name: 'Stackbox' } });
    await networking.release(a.mac, {});
    await networking.release('0e:00:27:00:00:bb', {});
    await networking.collect({});
    expect(double.adapters).toEqual([]);
  });
});

describe('without an adapter a machine has NAT alone, and the reason is kept', () => {
  it.each([
    ['it cannot be made', 'hostonlyif create', refused],
    [
      'VirtualBox does not answer',
      'list hostonlyifs',
      new StackboxError('silent', 'VirtualBox did not answer "list".'),
    ],
    ['its address is refused', 'hostonlyif ipconfig', new StackboxError('hypervisor', 'Not allowed.')],
  ])('because %s', async (_why, command, error) => {
    const double = new HostOnlyDouble();
    double.failing = { command, error };
    const attachment = await open(double).attach(A, {});
    expect(attachment).toMatchObject({ reach: 'forwarded', fallback: { reason: error.message } });
    expect(attachment.hostOnly).toBeUndefined();
    expect(attachment.fallback?.hint).toBe(error.facts.hint);
    expect(adapterOptions(attachment).join(' ')).toMatch(/--nic2 none$/);
    expect(double.adapters).toEqual([]);
    expect([...double.extradata]).toEqual([]);
  });

  it('because networks.conf allows none, with the line to add', async () => {
    const double = new HostOnlyDouble();
    const attachment = await open(double, { ...usual, allowed: async () => [] }).attach(A, {});
    expect(attachment.fallback?.hint).toBe('Add the line "* 192.168.56.0/21" to /etc/vbox/networks.conf.');
    expect(double.changes).toEqual([]);
  });

  it('but being cancelled is no reason', async () => {
    const control = new AbortController();
    const reason = new Error('the person pressed Cancel');
    const surroundings = {
      ...usual,
      taken: async () => {
        control.abort(reason);
        return [];
      },
    };
    const double = new HostOnlyDouble();
    await expect(open(double, surroundings).attach(A, { signal: control.signal })).rejects.toBe(reason);
    expect(double.adapters).toEqual([]);
  });
});

describe('before a start', () => {
  it('an adapter that is gone is made anew for the same subnet', async () => {
    const double = new HostOnlyDouble();
    const networking = open(double);
    const attachment = await networking.attach(A, {});
    double.adapters.splice(0, 1, { name: 'theirs', guid: 'x', address: '10.9.9.1' });
    const now = await networking.renew('a', attachment, {});
    expect(hostOnlyOf(now)).toEqual({ ...hostOnlyOf(attachment), name: 'vboxnet1' });
    expect(double.adapters.at(-1)).toMatchObject({ name: 'vboxnet1', address: '192.168.56.1' });
    expect(double.changes.at(-1)).toContain('modifyvm uuid-a');
    expect(double.changes.at(-1)).toContain('--hostonlyadapter2 vboxnet1');
  });

  it('one that cannot be had is unplugged, and plugged in again when it can', async () => {
    const double = new HostOnlyDouble();
    const networking = open(double);
    const attachment = await networking.attach(A, {});
    double.adapters.splice(0);
    double.failing = { command: 'hostonlyif create', error: refused };
    const without = await networking.renew('a', attachment, {});
    expect(without).toEqual({ ...attachment, fallback: { reason: refused.message, hint: refused.facts.hint } });
    expect(double.changes.at(-1)).toContain('--nic2 null');
    double.failing = undefined;
    expect(await networking.renew('a', without, {})).toEqual(attachment);
    expect(double.changes.at(-1)).toContain('--nic2 hostonly');
  });

  it('a subnet that a VPN has taken in between is not forced', async () => {
    const double = new HostOnlyDouble();
    const attachment = await open(double).attach(A, {});
    double.adapters.splice(0);
    const vpn = { ...usual, taken: async () => ['192.168.0.0/16'] };
    const without = await open(double, vpn).renew('a', attachment, {});
    expect(without.fallback?.reason).toContain('192.168.56.0/24 is now used by another network');
    expect(double.adapters).toEqual([]);
  });

  it('a machine that was made without one, or that is not off, stays as it is', async () => {
    const double = new HostOnlyDouble();
    const attachment = await open(double).attach(A, {});
    const before = double.changes.length;
    const { hostOnly: _none, ...nat } = attachment;
    expect(await open(double).renew('a', nat, {})).toBe(nat);
    expect(await open(double, usual, 'saved').renew('a', attachment, {})).toBe(attachment);
    expect(double.changes).toHaveLength(before);
  });
});
