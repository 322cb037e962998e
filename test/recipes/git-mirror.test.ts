/** A mirror of a person's own serves all that comes from OpenStack's git server, also what installers fetch by themselves. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kollaAnsible } from '../../main/recipes/kolla-ansible';
import { openstackAnsible } from '../../main/recipes/openstack-ansible';
import { scriptMachine } from '../support/script-machine';
import { tempFolder } from '../support/temp';

const COLLECTION = 'openstack/ansible-collection-kolla';

/** A git server of a person's own, with the versions of Python's packages and nothing else. @returns its address */
async function mirrorOfRequirements(): Promise<{ base: string; commit: string }> {
  const folder = join(await tempFolder(), 'openstack/requirements');
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@t', ...words], { encoding: 'utf8' });
  await mkdir(folder, { recursive: true });
  git('init', '--quiet', '--initial-branch', 'stable/2026.1');
  await writeFile(join(folder, 'upper-constraints.txt'), 'cliff===4.9\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'x');
  return { base: `file://${join(folder, '../..')}`, commit: git('rev-parse', 'HEAD').trim() };
}

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

it('OpenStack-Ansible has the versions of packages from the mirror too, and asks no web server for them', async () => {
  const { base, commit } = await mirrorOfRequirements();
  const guest = await scriptMachine(openstackAnsible, {});
  // As the real one does, see its "if we are in CI".
  const show = `git --git-dir="$ZUUL_SRC_PATH/opendev.org/openstack/requirements/.git" show ${commit}:upper-constraints.txt`;
  await guest.write(
    'opt/openstack-ansible/scripts/bootstrap-ansible.sh',
    `#!/bin/bash\necho "source: \${ZUUL_SRC_PATH-its web server}"\n[ -z "\${ZUUL_SRC_PATH-}" ] || ${show}\necho "System is bootstrapped and ready for use."\n`,
    0o755,
  );
  // A repeated step clones nothing anew.
  for (let times = 0; times < 2; times++) {
    const { code, output } = guest.run('bootstrap-ansible', { GIT_BASE: base });
    expect(code, output).toBe(0);
    expect(output).toContain('cliff===4.9');
  }
  const { output } = guest.run('bootstrap-ansible', { GIT_BASE: 'https://opendev.org' });
  expect(output).toContain('source: its web server');
});

it('Kolla-Ansible has the versions of packages and the collections of Ansible from mirrors', async () => {
  const { base } = await mirrorOfRequirements();
  const guest = await scriptMachine(kollaAnsible, { ln: '' });
  const bin = 'opt/kolla-ansible/bin';
  const asked = 'opt/kolla-ansible/share/kolla-ansible/requirements-core.yml';
  await guest.write(`${bin}/python3`, '#!/bin/sh\nexit 0\n', 0o755);
  await guest.write(`${bin}/pip`, '#!/bin/bash\nif [ "$2" = python-openstackclient ]; then cat "$4"; fi\n', 0o755);
  await guest.write(`${bin}/kolla-ansible`, '#!/bin/sh\necho "galaxy: $ANSIBLE_GALAXY_SERVER"\n', 0o755);
  const run = async (collections: string): Promise<string> => {
    await guest.write(asked, 'collections:\n  - name: ansible.utils\n    source: https://galaxy.ansible.com\n');
    const env = { GIT_BASE: base, BRANCH: 'stable/2026.1', COLLECTIONS: collections };
    const { code, output } = guest.run('install', { ...env, GIT_CONFIG_SYSTEM: join(guest.root, 'gitconfig') });
    expect(code, output).toBe(0);
    return output;
  };
  const output = await run('http://galaxy.lab:8080/api');
  expect(output).toContain('cliff===4.9');
  expect(output).toContain('galaxy: http://galaxy.lab:8080/api\n');
  expect(guest.read(asked)).toContain('source: http://galaxy.lab:8080/api\n');
  expect(await run('')).toContain('galaxy: \n');
  expect(guest.read(asked)).toContain('source: https://galaxy.ansible.com\n');
});
