import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { takenSubnets } from '../../main/network/routes';
import { addressAt, chooseSubnet, overlapsAny } from '../../main/network/subnets';

describe('the subnet of our network', () => {
  it('is the same for the same surroundings', () => {
    expect(chooseSubnet([])).toBe('192.168.130.0/24');
    expect(chooseSubnet(['192.168.130.0/24'])).toBe('192.168.131.0/24');
  });

  it('gives way to a company that routes all of 192.168 and 10 through a VPN', () => {
    expect(chooseSubnet(['192.168.0.0/16'])).toBe('10.130.77.0/24');
    expect(chooseSubnet(['192.168.0.0/16', '10.0.0.0/8'])).toBe('172.28.77.0/24');
    expect(() => chooseSubnet(['192.168.0.0/16', '10.0.0.0/8', '172.16.0.0/12'])).toThrow(/already routed/);
  });

  it('gives way to a single address inside it and to a route narrower than itself', () => {
    expect(chooseSubnet(['192.168.130.77'])).toBe('192.168.131.0/24');
    expect(chooseSubnet(['192.168.130.128/25', '192.168.131.9/32'])).toBe('192.168.132.0/24');
  });

  it('is not scared by the default route, a VPN’s two halves, IPv6 or nonsense', () => {
    const harmless = ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', 'fd00::/8', '::1', 'default', '', 'x/24', '1.2.3.4/99'];
    expect(chooseSubnet(harmless)).toBe('192.168.130.0/24');
  });

  it('never overlaps anything that is taken', () => {
    const prefix = fc
      .tuple(fc.constantFrom('192.168', '10.130', '10.131'), fc.nat(255), fc.nat(255), fc.integer({ min: 12, max: 32 }))
      .map(([start, c, d, length]) => `${start}.${c}.${d}/${length}`);
    fc.assert(
      fc.property(fc.array(prefix, { maxLength: 40 }), (taken) => {
        const chosen = ipaddr.IPv4.parseCIDR(chooseSubnet(taken));
        for (const other of taken.map((one) => ipaddr.IPv4.parseCIDR(one))) {
          expect(chosen[0].match(other[0], Math.min(chosen[1], other[1]))).toBe(false);
        }
      }),
    );
  });

  it('has its addresses by number', () => {
    expect(addressAt('192.168.130.0/24', 1)).toBe('192.168.130.1');
    expect(addressAt('10.131.77.0/24', 254)).toBe('10.131.77.254');
    expect(() => addressAt('fd00::/64', 1)).toThrow(/no IPv4 subnet/);
  });

  it('stays clear of this computer’s own addresses and routes', async () => {
    const taken = await takenSubnets();
    expect(taken).toContain('127.0.0.1/8');
    expect(overlapsAny(chooseSubnet(taken), taken)).toBe(false);
  });
});
