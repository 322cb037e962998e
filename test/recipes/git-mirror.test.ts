/** A mirror of a person's own serves all that comes from OpenStack's git server, also what installers fetch by themselves. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kollaAnsible } from '../../main/recipes/kolla-ansible';
import { openstackAnsible } from '../../main/recipes/openstack-ansible';
import { tempFolder } from '../support/temp';

const COLLECTION = 'openstack/ansible-collection-kolla';

/** Where git really goes for a collection after the beginning of a recipe's script, which ran twice. */
async function whereGitGoes(script: string, base: string): Promise<string> {
  const env = { ...process.env, GIT_CONFIG_SYSTEM: join(await tempFolder(), 'gitconfig'), GIT_BASE: base };
  const beginning = script.slice(0, script.indexOf('\nfi\n') + 4);
  for (let times = 0; times < 2; times++)
    execFileSync('bash', ['--norc', '-euo', 'pipefail', '-c', beginning], { env });
  return execFileSync('git', ['ls-remote', '--get-url', `https://opendev.org/${COLLECTION}`], {
    env,
    encoding: 'utf8',
  });
}

it.each([
  ['Kolla-Ansible', kollaAnsible.script('install.sh')],
  ['OpenStack-Ansible', openstackAnsible.script('clone.sh')],
])('%s fetches all from the mirror, and without one from where it comes from', async (_title, script) => {
  for (const base of ['https://github.com', 'git://192.168.130.1', 'https://git.lab/mirror']) {
    expect(await whereGitGoes(script, base)).toBe(`${base}/${COLLECTION}\n`);
  }
  expect(await whereGitGoes(script, 'https://opendev.org')).toBe(`https://opendev.org/${COLLECTION}\n`);
});
