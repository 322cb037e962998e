/** The proxy that this computer uses, for handing on to a guest. */
import ipaddr from 'ipaddr.js';

export interface HostProxy {
  /** Proxy for http, and for https, as `http://[user:password@]host:port`. */
  readonly http?: string;
  readonly https?: string;
  readonly noProxy: readonly string[];
  /** Settings that were left out, as sentences for a person, without passwords. */
  readonly problems: readonly string[];
}

/**
 * Reads `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`. Lower case counts first, as curl has it. A web server
 * may get `HTTP_PROXY` from a request header, but nothing here runs as CGI.
 */
export function hostProxy(env: Readonly<NodeJS.ProcessEnv> = process.env): HostProxy {
  const problems: string[] = [];
  const read = (name: string): string | undefined => {
    const value = (env[name] ?? env[name.toUpperCase()] ?? '').trim();
    if (value === '') return undefined;
    const url = proxyUrl(value);
    if (url === undefined) problems.push(`${name} is not the address of an HTTP proxy: ${withoutCredentials(value)}`);
    return url;
  };
  const all = read('all_proxy');
  const http = read('http_proxy') ?? all;
  const https = read('https_proxy') ?? all;
  const noProxy = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(/[\s,]+/).filter((entry) => {
    const known = NO_PROXY_ENTRY.test(entry);
    if (!known && entry !== '') problems.push(`no_proxy names something that is no host or network: ${entry}`);
    return known;
  });
  return { ...(http !== undefined && { http }), ...(https !== undefined && { https }), noProxy, problems };
}

/** A host, `*.domain`, `.domain`, address or network; what else stands there would only spoil a file in the guest. */
const NO_PROXY_ENTRY = /^[A-Za-z0-9_.*:/[\]-]{1,253}$/;

/** A proxy without a scheme means http, as everywhere; SOCKS is nothing that apt or dnf would take from us. */
function proxyUrl(value: string): string | undefined {
  const text = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.hostname !== '' ? url.href : undefined;
}

/** The address for people and logs: a user name and password become `••••`. */
export function withoutCredentials(address: string): string {
  return address.replace(/^([a-z0-9+.-]+:\/\/)?[^/]*@/i, '$1••••@');
}

/** A proxy as the guest has to call it, or why it cannot. */
export type GuestProxy = { readonly proxy: string } | { readonly problem: string };

/**
 * A proxy on 127.0.0.1 is this computer's own: from a guest, that name is the guest itself. Where the guest reaches
 * this computer under another address, that one is put in; else the proxy cannot be used.
 * @param hostAddress address of this computer as the guest sees it (10.0.2.2 behind user networking, where the host's
 *   loopback answers; on a libvirt network its gateway, where only a proxy that listens on all addresses does)
 */
export function proxyForGuest(proxy: string, hostAddress?: string): GuestProxy {
  const url = new URL(proxy);
  if (!isLoopback(url.hostname)) return { proxy: url.href };
  if (hostAddress === undefined) {
    return {
      problem: `The proxy ${withoutCredentials(url.href)} listens on this computer only, so a machine cannot reach it.`,
    };
  }
  url.hostname = hostAddress;
  return { proxy: url.href };
}

function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '');
  if (plain === 'localhost' || plain.endsWith('.localhost')) return true;
  return ipaddr.isValid(plain) && ipaddr.process(plain).range() === 'loopback';
}
