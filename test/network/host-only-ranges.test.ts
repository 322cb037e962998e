/** Which subnet a host-only network gets, and what a person is told when none can be had. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allowedRanges, chooseHostOnlySubnet, isAllowed, parseNetworksConf } from '../../main/network/host-only-ranges';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbox-ranges-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('networks.conf is read as VirtualBox does', () => {
  const text = [
    '# * 10.1.0.0/16',
    '* 10.0.0.0/8 192.168.0.0/16',
    '*\t172.16.0.0/12 2001::/64 nonsense 300.1.1.1/24 10.0.0.0/99',
    '*10.9.0.0/16',
    '192.168.9.0/24',
    '',
    '* 10.3.0.0/16\r',
    '  * 192.168.60.0/24',
  ].join('\n');
  expect(parseNetworksConf(text)).toEqual(['10.0.0.0/8', '192.168.0.0/16', '172.16.0.0/12', '192.168.60.0/24']);
  expect(parseNetworksConf('\u0000\u0007 garbage * 10.0.0.0/8')).toEqual([]);
});

test('without the file the default holds; with an empty one nothing is allowed', async () => {
  const path = join(folder, 'networks.conf');
  expect(await allowedRanges(path)).toEqual(['192.168.56.0/21']);
  await writeFile(path, '');
  expect(await allowedRanges(path)).toEqual([]);
  await expect(allowedRanges(folder)).rejects.toMatchObject({ code: 'denied' });
});

test.each([
  [['192.168.56.0/21'], [], '192.168.56.0/24'],
  [['192.168.56.0/21'], ['192.168.56.1/24', '192.168.57.128/25'], '192.168.58.0/24'],
  [['0.0.0.0/0'], [], '192.168.56.0/24'],
  [['0.0.0.0/0'], ['192.168.56.0/21'], '192.168.130.0/24'],
  [['10.77.3.0/24'], ['0.0.0.0/1'], '10.77.3.0/24'],
  [['10.20.0.0/28', '10.30.0.0/23'], ['10.30.0.0/24'], '10.30.1.0/24'],
])('allowed %j, taken %j: %s', (allowed, taken, subnet) => {
  expect(chooseHostOnlySubnet(allowed, taken)).toBe(subnet);
});

test.each([
  [[], [], '* 192.168.56.0/21'],
  [['10.0.0.0/30'], [], '* 192.168.56.0/21'],
  [['192.168.56.0/21'], ['192.168.0.0/16'], '* 10.130.77.0/24'],
])('allowed %j, taken %j: the hint has the line "%s"', (allowed, taken, line) => {
  expect(() => chooseHostOnlySubnet(allowed, taken)).toThrow(
    expect.objectContaining({
      code: 'network',
      facts: { hint: `Add the line "${line}" to /etc/vbox/networks.conf.` },
    }) as Error,
  );
});

test('a line that the hint names is enough', () => {
  expect(isAllowed('10.130.77.0/24', parseNetworksConf('* 10.130.77.0/24'))).toBe(true);
  expect(isAllowed('192.168.64.0/24', ['192.168.56.0/21'])).toBe(false);
});
