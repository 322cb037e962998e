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

/** Where a family of systems keeps certificates that its administrator added, and the bundle of all. */
function trustOf(os: SeedInput['os']): { folder: string; ending: string; bundle: string } {
  return isEnterpriseLinux(os)
    ? { folder: '/etc/pki/ca-trust/source/anchors', ending: 'pem', bundle: '/etc/pki/tls/certs/ca-bundle.crt' }
    : { folder: '/usr/local/share/ca-certificates', ending: 'crt', bundle: '/etc/ssl/certs/ca-certificates.crt' };
}

/** Certificates as files, and pip's pointer to the bundle: pip brings one of its own and would not look at the system's. */
export function certificateFiles({ certificates = [], os }: SeedInput): SeedFile[] {
  if (certificates.length === 0) return [];
  const { folder, ending, bundle } = trustOf(os);
  const anchors = certificates.map((pem, index) => ({
    path: `${folder}/stackbox-${index + 1}.${ending}`,
    content: `${pem.trim()}\n`,
    permissions: READABLE,
  }));
  return [{ path: '/etc/pip.conf', content: `[global]\ncert = ${bundle}\n`, permissions: READABLE }, ...anchors];
}

/**
 * Adds our certificates to the bundle as `update-ca-certificates` would, which any later run of it repeats. It alone
 * reads all 140 certificates anew with half a dozen processes each: two minutes of an emulated boot (measured), before SSH
 * answers, if it is left to cloud-init's `ca_certs`.
 */
const ADD_TO_BUNDLE = `cd /etc/ssl/certs
for file in /usr/local/share/ca-certificates/stackbox-*.crt; do
  name=$(basename "$file" .crt).pem
  ln -sf "$file" "$name"
  ln -sf "$name" "$(openssl x509 -noout -hash -in "$file").0"
  cat "$file" >>ca-certificates.crt
done`;

/** Makes the system trust the certificates of {@link certificateFiles}. */
export function certificateCommands({ certificates = [], os }: SeedInput): (readonly string[])[] {
  if (certificates.length === 0) return [];
  return [isEnterpriseLinux(os) ? ['update-ca-trust', 'extract'] : ['sh', '-ec', ADD_TO_BUNDLE]];
}
