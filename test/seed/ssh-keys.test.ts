/** Keys made here are taken by OpenSSH (as host key and for login) and by ssh2. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { generateSshKey } from '../../main/seed';
import { tempFolder } from '../support/temp';

test('OpenSSH reads the private key and finds the same public one', async () => {
  const file = join(await tempFolder(), 'key');
  const { privateKey, publicKey } = generateSshKey('my cloud; $(touch x)\n"');
  await writeFile(file, privateKey, { mode: 0o600 });
  expect(execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' }).trim()).toBe(publicKey);
  expect(publicKey).toMatch(/^ssh-ed25519 \S+ my-cloud-touch-x-$/);
});

test('every one of many keys is sound, though ssh2 damages one in about 256', () => {
  for (let count = 0; count < 600; count++) {
    const { privateKey, publicKey } = generateSshKey('many');
    const parsed = ssh2.utils.parseKey(privateKey);
    if (parsed instanceof Error) throw parsed;
    expect(publicKey).toContain(parsed.getPublicSSH().toString('base64'));
  }
});
