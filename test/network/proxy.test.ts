/** The proxy of the environment, and what a guest can do with it. */
import { expect, test } from 'vitest';
import { hostProxy, proxyForGuest, withoutCredentials } from '../../main/network/proxy';

test('no proxy', () => {
  expect(hostProxy({})).toEqual({ noProxy: [], problems: [] });
  expect(hostProxy({ http_proxy: ' ', NO_PROXY: '' })).toEqual({ noProxy: [], problems: [] });
});

test('either case, with or without a scheme; lower case counts first', () => {
  const env = {
    HTTP_PROXY: 'http://upper:1',
    http_proxy: 'lower.example:3128',
    HTTPS_PROXY: 'https://me:pw@secure.example:8443/',
    NO_PROXY: 'localhost, .example.org  10.0.0.0/8',
  };
  expect(hostProxy(env)).toEqual({
    http: 'http://lower.example:3128/',
    https: 'https://me:pw@secure.example:8443/',
    noProxy: ['localhost', '.example.org', '10.0.0.0/8'],
    problems: [],
  });
  expect(hostProxy({ ALL_PROXY: 'http://all:1' })).toMatchObject({ http: 'http://all:1/', https: 'http://all:1/' });
});

test('what is no HTTP proxy is named, without its password', () => {
  const { http, https, problems } = hostProxy({ http_proxy: 'socks5://me:hunter2@x:1', https_proxy: 'http://[bad' });
  expect([http, https]).toEqual([undefined, undefined]);
  expect(problems).toHaveLength(2);
  expect(problems.join()).not.toContain('hunter2');
});

test('an exception that is no host is named and left out', () => {
  const { noProxy, problems } = hostProxy({ no_proxy: "*.lab,[::1],under_score,a'b,$(x)" });
  expect(noProxy).toEqual(['*.lab', '[::1]', 'under_score']);
  expect(problems).toHaveLength(2);
});

test.each([
  ['http://me:p@ss@proxy:1/', 'http://••••@proxy:1/'],
  ['me:pw@proxy:1', '••••@proxy:1'],
  ['http://proxy:1/a@b', 'http://proxy:1/a@b'],
])('%s is shown as %s', (address, shown) => {
  expect(withoutCredentials(address)).toBe(shown);
});

test.each(['http://127.0.0.1:3128/', 'http://localhost:3128/', 'http://[::1]:3128/', 'http://127.9.9.9:3128/'])(
  'a guest cannot reach %s, unless this computer has another address for it',
  (proxy) => {
    expect(proxyForGuest(proxy)).toHaveProperty('problem');
    expect(proxyForGuest(proxy, '10.0.2.2')).toEqual({ proxy: 'http://10.0.2.2:3128/' });
  },
);

test('a proxy elsewhere stays as it is', () => {
  expect(proxyForGuest('http://me:pw@proxy:3128/', '10.0.2.2')).toEqual({ proxy: 'http://me:pw@proxy:3128/' });
});
