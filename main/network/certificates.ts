/**
 * Certificates that a person or a company added to this computer, for handing on to guests: behind a proxy that inspects
 * TLS a guest without them fails every HTTPS request.
 */
import { X509Certificate } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';

export interface CertificateOptions {
  /** Folder in front of every path; `/` by default. */
  readonly root?: string;
  readonly env?: Readonly<NodeJS.ProcessEnv>;
  readonly platform?: NodeJS.Platform;
}

/** Where certificates that were added by hand lie: Debian and Ubuntu, Fedora and Enterprise Linux, Arch, SUSE. */
const ADDED = [
  'usr/local/share/ca-certificates',
  'etc/pki/ca-trust/source/anchors',
  'etc/ca-certificates/trust-source/anchors',
  'etc/pki/trust/anchors',
];
/** Debian's bundle of all, and the folder of those that the distribution ships. */
const BUNDLE = 'etc/ssl/certs/ca-certificates.crt';
const SHIPPED = 'usr/share/ca-certificates';
/** Bundles that a person points programs at; most of their content is public and dropped here. */
const VARIABLES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];

const PEM = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END (?:TRUSTED )?CERTIFICATE-----/g;

/**
 * On macOS and Windows the system's own store is not read: only what the environment variables name is found there.
 * @returns PEM texts, each certificate once, none that every system has anyway
 */
export async function hostExtraCertificates(options: CertificateOptions = {}): Promise<string[]> {
  const { root = '/', env = process.env, platform = process.platform } = options;
  const linux = platform === 'linux';
  const [added, bundle, shipped, named] = await Promise.all([
    linux ? Promise.all(ADDED.map((folder) => readFolder(join(root, folder)))) : [],
    linux ? readText(join(root, BUNDLE)) : '',
    linux ? readFolder(join(root, SHIPPED)) : '',
    Promise.all(VARIABLES.map((name) => readText(env[name] ?? ''))),
  ]);
  const known = new Set([...pemBlocks(shipped), ...rootCertificates].map(body));
  // Without the shipped ones to compare with (Fedora, Arch), a whole bundle would count as added.
  const bundles =
    shipped === ''
      ? named.map(pemBlocks).filter(({ length }) => length < BUNDLE_SIZE)
      : [bundle, ...named].map(pemBlocks);
  const candidates = [...pemBlocks(added.join('\n')), ...bundles.flat()].filter((pem) => !known.has(body(pem)));

  const found = new Map(candidates.flatMap(parsed).map((each) => [each.fingerprint256, each.toString()]));
  return [...found.values()];
}

/** A file with this many is a distribution's whole bundle and not what somebody added. */
const BUNDLE_SIZE = 50;

function pemBlocks(text: string): string[] {
  return text.match(PEM) ?? [];
}

/** What makes a certificate the same in two files, whatever the line breaks. Parsing hundreds would take half a second. */
function body(pem: string): string {
  return pem.replace(/-----[^-]+-----|\s/g, '');
}

/** What is no certificate is passed over: one broken file must not cost the others. */
function parsed(pem: string): X509Certificate[] {
  try {
    return [new X509Certificate(pem)];
  } catch {
    // The text has the right frame and the wrong content.
    return [];
  }
}

async function readFolder(folder: string): Promise<string> {
  let names: string[];
  try {
    names = await readdir(folder, { recursive: true });
  } catch {
    // Every distribution has only some of these folders.
    return '';
  }
  const files = names.filter((name) => /\.(?:crt|pem|cer)$/i.test(name));
  return (await Promise.all(files.map((name) => readText(join(folder, name))))).join('\n');
}

async function readText(path: string): Promise<string> {
  if (path === '') return '';
  try {
    return await readFile(path, 'utf8');
  } catch {
    // Absent, or not for this user to read: then it cannot be handed on.
    return '';
  }
}
