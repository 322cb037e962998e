import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StackboxError } from '../../main/contract/errors';
import { listBranches } from '../../main/host/git-branches';
import { run } from '../../main/host/process';
import { tempFolder } from '../support/temp';

afterEach(() => vi.unstubAllEnvs());

/** A real repository with one commit and these branches. */
async function repository(...branches: string[]): Promise<string> {
  const folder = await tempFolder();
  const git = (...args: string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args]);
  await git('init', '--quiet', '--initial-branch=master');
  await git('commit', '--quiet', '--allow-empty', '--message=first');
  for (const branch of branches) await git('branch', branch);
  return pathToFileURL(folder).href;
}

/** A program that stands in for git. */
async function insteadOfGit(script: string): Promise<string> {
  const folder = await tempFolder();
  await writeFile(join(folder, 'git'), `#!/bin/bash\n${script}\n`);
  await chmod(join(folder, 'git'), 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
  return folder;
}

describe('the branches of a repository', () => {
  it('are asked from the repository itself', async () => {
    const address = await repository('stable/2026.1', 'unmaintained/2024.1', 'feature/x');
    expect(await listBranches(address)).toEqual(['feature/x', 'master', 'stable/2026.1', 'unmaintained/2024.1']);
  });

  it.each([
    '--upload-pack=touch x',
    '-oProxyCommand=x',
    'ext::sh -c touch% x',
    'ext::https://x',
    'ssh://host/x',
    'git@host:x',
    'file:///',
    '/etc',
    'https://',
    'https://host/a b',
    'https://host/\n--x',
    `https://${'x'.repeat(3000)}`,
    '',
  ])('are not asked for at %j', async (address) => {
    await expect(listBranches(address)).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('run no program, even if the person’s own settings of git would lead there', async () => {
    const folder = await tempFolder();
    const mark = join(folder, 'ran');
    const settings = join(folder, 'gitconfig');
    const evil = `ext::touch ${mark}`;
    await writeFile(
      settings,
      `[url "${evil} "]\ninsteadOf = https://evil.example/\n[protocol "ext"]\nallow = always\n`,
    );
    vi.stubEnv('GIT_CONFIG_GLOBAL', settings);
    await expect(listBranches('https://evil.example/x')).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('not allowed'),
    });
    await expect(readFile(mark)).rejects.toThrow('ENOENT');
  });

  it('are not there where there is no repository, and git’s own words say so without the address', async () => {
    const address = 'file:///no/such/place-with-secret';
    const failure = listBranches(address);
    await expect(failure).rejects.toMatchObject({ code: 'network', message: expect.stringMatching(/^git says: /) });
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
  });

  it('are not taken from garbage', async () => {
    const sha = 'a'.repeat(40);
    const lines = [
      '<html>',
      `${sha}\trefs/heads/-x`,
      `${sha}\trefs/heads/$(reboot)`,
      `${sha}\trefs/tags/1`,
      `${sha} refs/heads/y`,
      `${sha}\trefs/heads/good`,
      `${sha}\trefs/heads/${'x'.repeat(500)}`,
    ];
    const folder = await insteadOfGit(`cat "$(dirname "$0")/output"`);
    await writeFile(join(folder, 'output'), lines.join('\n'));
    expect(await listBranches('https://host/x')).toEqual(['good']);
    await writeFile(join(folder, 'output'), '\0\0\u001b[2J');
    await expect(listBranches('https://host/x')).rejects.toThrow('named no branch');
  });

  it('asks nobody for a password', async () => {
    const folder = await insteadOfGit(
      'printf "%s|%s|%s" "$GIT_TERMINAL_PROMPT" "$GIT_ASKPASS" "$*" >"$(dirname "$0")/asked"',
    );
    vi.stubEnv('GIT_ASKPASS', '/bin/window');
    await expect(listBranches('https://host/x')).rejects.toThrow('named no branch');
    const asked = await readFile(join(folder, 'asked'), 'utf8');
    expect(asked).toMatch(/^0\|\|.*protocol\.ext\.allow=never.* ls-remote --heads -- https:\/\/host\/x$/);
  });

  it('are given up when the server does not answer, or nobody waits any more', async () => {
    await insteadOfGit('exec sleep 60');
    await expect(listBranches('https://host/x', { answerMs: 200 })).rejects.toMatchObject({ code: 'silent' });
    const controller = new AbortController();
    const asked = listBranches('https://host/x', { signal: controller.signal });
    controller.abort(new Error('the page was left'));
    await expect(asked).rejects.toThrow('the page was left');
  });

  it('need git', async () => {
    vi.stubEnv('PATH', await tempFolder());
    const failure = await listBranches('https://host/x').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StackboxError);
    expect(failure).toMatchObject({ code: 'missing-tool', message: 'git is not installed.' });
  });
});
