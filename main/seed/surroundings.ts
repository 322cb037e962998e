/** Files and settings that let a guest reach the world from behind a proxy or a company's own certificates. */
import type { SeedInput } from './input';

/** One entry of cloud-init's `write_files`. Modes are text, because a YAML number would not be octal. */
export interface SeedFile {
  readonly path: string;
  readonly content: string;
  readonly permissions: string;
  readonly append?: boolean;
}

const READABLE = '0644';

/** Families whose packages are RPMs. */
export function isEnterpriseLinux(os: SeedInput['os']): boolean {
  return os === 'centos' || os === 'rocky';
}

/**
 * The proxy with nothing in it that a shell, apt, dnf or systemd would read as more than text: everything unusual is
 * percent-encoded, which every one of them decodes.
 */
export function plainProxy(proxy: string): string {
  const { href } = new URL(proxy);
  return href.replace(
    /[^A-Za-z0-9._~:/@%[\]-]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/**
 * Proxy settings for logins (`profile.d`), for PAM and for jobs (`/etc/environment`; a systemd unit reads it with
 * `EnvironmentFile=`), and for dnf. apt gets its own through cloud-init.
 */
export function proxyFiles({ proxy, noProxy = [], hostname, os }: SeedInput): SeedFile[] {
  if (proxy === undefined) return [];
  const url = plainProxy(proxy);
  const none = [...new Set(['localhost', '127.0.0.1', '::1', hostname, ...noProxy])].join(',');
  const lines = [...['http_proxy', 'https_proxy'].map((name) => [name, url]), ['no_proxy', none]].flatMap(
    ([name = '', value = '']) => [`${name}=${value}`, `${name.toUpperCase()}=${value}`],
  );
  return [
    { path: '/etc/environment', content: `${lines.join('\n')}\n`, permissions: READABLE, append: true },
    {
      path: '/etc/profile.d/stackbox-proxy.sh',
      content: lines.map((line) => `export ${line.replace('=', "='")}'\n`).join(''),
      permissions: READABLE,
    },
    ...(isEnterpriseLinux(os)
      ? [{ path: '/etc/dnf/dnf.conf', content: `proxy=${url}\n`, permissions: READABLE, append: true }]
      : []),
  ];
}

/**
 * Certificates, and pip's pointer to them: pip brings a bundle of its own and would not look at the system's.
 * Debian and Ubuntu get the certificates through cloud-init's `ca_certs`, which skips CentOS and Rocky (its list of
 * distributions has neither, cloud-init 22.4): they get files and `update-ca-trust`.
 */
export function certificateFiles({ certificates = [], os }: SeedInput): SeedFile[] {
  if (certificates.length === 0) return [];
  const enterprise = isEnterpriseLinux(os);
  const bundle = enterprise ? '/etc/pki/tls/certs/ca-bundle.crt' : '/etc/ssl/certs/ca-certificates.crt';
  const anchors = certificates.map((pem, index) => ({
    path: `/etc/pki/ca-trust/source/anchors/stackbox-${index + 1}.pem`,
    content: `${pem.trim()}\n`,
    permissions: READABLE,
  }));
  return [
    { path: '/etc/pip.conf', content: `[global]\ncert = ${bundle}\n`, permissions: READABLE },
    ...(enterprise ? anchors : []),
  ];
}
