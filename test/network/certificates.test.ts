/** Certificates that somebody added to this computer, in the layouts of the distributions. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { beforeAll, expect, test } from 'vitest';
import { hostExtraCertificates } from '../../main/network/certificates';
import { tempFolder } from '../support/temp';

const available = existsSync('/usr/bin/openssl');
let company = '';
let person = '';

beforeAll(() => {
  if (!available) return;
  const make = (name: string): string => {
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const more = ['-subj', `/CN=${name}`, '-keyout', '/dev/null'];
    return execFileSync('openssl', [...args, ...more], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  };
  company = make('Company CA');
  person = make('Person CA');
});

async function computer(files: Record<string, string>): Promise<string> {
  const root = await tempFolder();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

const PUBLIC = rootCertificates.slice(0, 3).join('\n');

test.skipIf(!available)(
  'Debian: the added ones, each once, none of the public ones (skipped without openssl)',
  async () => {
    const root = await computer({
      'usr/share/ca-certificates/mozilla/public.crt': PUBLIC,
      'usr/local/share/ca-certificates/company.crt': `Company\n${company}`,
      'usr/local/share/ca-certificates/broken.crt': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      'usr/local/share/ca-certificates/notes.txt': person,
      'etc/ssl/certs/ca-certificates.crt': `${PUBLIC}\n${company}\n${person}`,
    });
    const found = await hostExtraCertificates({ root, env: {}, platform: 'linux' });
    expect(found.map((pem) => pem.trim())).toEqual([company.trim(), person.trim()]);
  },
);

test.skipIf(!available)(
  'Fedora: anchors, and not the whole bundle that a variable names (skipped without openssl)',
  async () => {
    const root = await computer({
      'etc/pki/ca-trust/source/anchors/company.pem': company,
      'whole.pem': rootCertificates.join('\n') + company + person,
      'one.pem': person,
    });
    const anchors = await hostExtraCertificates({
      root,
      env: { SSL_CERT_FILE: join(root, 'whole.pem') },
      platform: 'linux',
    });
    expect(anchors.map((pem) => pem.trim())).toEqual([company.trim()]);
    const env = { NODE_EXTRA_CA_CERTS: join(root, 'one.pem'), SSL_CERT_FILE: join(root, 'absent.pem') };
    expect(await hostExtraCertificates({ root, env, platform: 'linux' })).toHaveLength(2);
    expect(await hostExtraCertificates({ root, env, platform: 'darwin' })).toHaveLength(1);
  },
);

test('a computer without any certificates', async () => {
  expect(await hostExtraCertificates({ root: await computer({}), env: {}, platform: 'linux' })).toEqual([]);
});

test.skipIf(!existsSync('/usr/share/ca-certificates/mozilla'))(
  'on this computer few are found, and all of them are in its bundle (skipped where the layout is not Debian’s)',
  async () => {
    const found = await hostExtraCertificates({ env: {} });
    expect(found.length).toBeLessThan(10);
    const bundle = await readFile('/etc/ssl/certs/ca-certificates.crt', 'utf8');
    for (const pem of found) expect(bundle.replaceAll('\r', '')).toContain(pem.trim());
  },
);
