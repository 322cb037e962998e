import { describe, expect, it, vi } from 'vitest';
import { StackboxError } from '../../../main/contract/errors';
import type { Image } from '../../../main/contract/models';
import { createBranchLists } from '../../../main/core/plans/branches';
import { configurationOf } from '../../../main/core/plans/configuration';
import type { listBranches } from '../../../main/host/git-branches';
import { recipes } from '../../../main/recipes';
import { optionRecipe } from '../../fakes/option-recipe';

const size = { cpus: 4, memoryMiB: 10_240, diskGiB: 60 };
const noble: Image = {
  id: 'ubuntu-24.04',
  title: 'Ubuntu 24.04',
  os: 'ubuntu',
  release: '24.04',
  user: 'ubuntu',
  state: 'absent',
  imported: false,
  usedBy: [],
};

describe('the branches that a plan can have', () => {
  const plan = (options: Record<string, string> = {}, id = 'devstack') => ({
    recipe: { id, options },
    image: noble.id,
  });

  function lists(ask: typeof listBranches) {
    const parts = { recipes, images: { list: () => Promise.resolve([noble]) } };
    return createBranchLists(parts as unknown as Parameters<typeof createBranchLists>[0], ask);
  }
  const once = { again: false };

  it('are those of the git server, newest first, each with whether the image is for it', async () => {
    const ask = vi.fn<typeof listBranches>(() =>
      Promise.resolve(['feature/x', 'master', 'stable/2025.2', 'stable/2031.1', 'unmaintained/2025.1', 'HEAD']),
    );
    const all = lists(ask);
    const wanted = plan({ gitBase: 'https://me@git.lab/os' });
    expect(await all.branches(wanted, 'branch', once)).toEqual({
      from: 'live',
      address: 'https://git.lab/os/openstack/devstack',
      branches: [
        { value: 'stable/2031.1', label: 'stable/2031.1', fits: 'unknown' },
        { value: 'stable/2025.2', label: '2025.2 Flamingo', fits: 'yes' },
        { value: 'unmaintained/2025.1', label: 'unmaintained/2025.1', fits: 'yes' },
        { value: 'master', label: 'master: the newest, may be broken', fits: 'yes' },
      ],
    });
    await all.branches(wanted, 'branch', once);
    expect(ask.mock.calls.map(([address]) => address)).toEqual(['https://me@git.lab/os/openstack/devstack']);
    await all.branches(wanted, 'branch', { again: true });
    await all.branches(plan(), 'branch', once);
    expect(ask.mock.calls.map(([address]) => address)).toEqual([
      'https://me@git.lab/os/openstack/devstack',
      'https://me@git.lab/os/openstack/devstack',
      'https://opendev.org/openstack/devstack',
    ]);
  });

  it('are those that Stackbox came with when the server cannot be asked, and it is asked anew the next time', async () => {
    const ask = vi.fn<typeof listBranches>(() => Promise.reject(new StackboxError('silent', 'It did not answer.')));
    const all = lists(ask);
    const answer = await all.branches(plan(), 'branch', once);
    expect(answer).toMatchObject({ from: 'shipped', reason: 'It did not answer.' });
    expect(answer.branches.map(({ value }) => value)).toContain('stable/2026.1');
    ask.mockResolvedValue(['stable/2026.1']);
    expect(await all.branches(plan(), 'branch', once)).toMatchObject({ from: 'live' });
    ask.mockResolvedValue(['gh-pages']);
    expect(await all.branches(plan(), 'branch', { again: true })).toMatchObject({
      from: 'shipped',
      reason: 'It has none of OpenStack’s branches.',
    });
  });

  it('are not asked for any more when nobody waits', async () => {
    const controller = new AbortController();
    const all = lists((_, options) => {
      controller.abort(new Error('gone'));
      options?.signal?.throwIfAborted();
      return Promise.resolve([]);
    });
    await expect(all.branches(plan(), 'branch', { again: false, signal: controller.signal })).rejects.toThrow('gone');
  });

  it.each([
    [plan({}, 'nothing'), 'branch', 'not-found'],
    [plan({}, 'plain-machine'), 'branch', 'not-found'],
    [plan(), 'preset', 'not-found'],
    [plan(), '__proto__', 'not-found'],
    [plan({ gitBase: 'ext::sh -c x' }), 'branch', 'bad-input'],
    [plan({ gitBase: '--upload-pack=x' }), 'branch', 'bad-input'],
  ])('are refused for %j', async (wanted, option, code) => {
    const ask = vi.fn<typeof listBranches>();
    await expect(lists(ask).branches(wanted, option, once)).rejects.toMatchObject({ code });
    expect(ask).not.toHaveBeenCalled();
  });
});

describe('a configuration file of a plan', () => {
  const parts = { recipes: [...recipes, optionRecipe] };

  it.each([
    ['devstack', 'localConf', 'ADMIN_PASSWORD={{ADMIN_PASSWORD}}'],
    ['rdo', 'answers', 'CONFIG_KEYSTONE_ADMIN_PW={{ADMIN_PASSWORD}}'],
  ])('of %s shows no password, and is right as it is generated', (id, option, line) => {
    const { generated, findings, placeholders } = configurationOf({ recipe: { id, options: {} }, size }, option, parts);
    expect(generated.split('\n')).toContain(line);
    expect(findings).toEqual([]);
    const used = new Set([...generated.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name));
    expect([...used].filter((name) => !placeholders.some((one) => one.name === name))).toEqual([]);
  });

  it('is looked through with the plan’s edits, or as the person has it now', () => {
    const plan = { recipe: { id: 'devstack', options: { localConf: 'A = 1' } }, size };
    expect(configurationOf(plan, 'localConf', parts).findings).toMatchObject([{ severity: 'problem' }]);
    const { generated } = configurationOf(plan, 'localConf', parts);
    expect(generated).not.toContain('A = 1');
    expect(configurationOf(plan, 'localConf', parts, generated).findings).toEqual([]);
  });

  it('takes any text: what cannot be seen, what nobody knows, and very much of it', () => {
    const plan = { recipe: { id: 'devstack', options: {} }, size };
    const { generated } = configurationOf(plan, 'localConf', parts);
    const messages = (text: string) =>
      configurationOf(plan, 'localConf', parts, `${generated}${text}`).findings.map(({ message }) => message);
    expect(messages('A=1\u00A0\n')).toEqual(['There is a character that cannot be seen, or looks like another.']);
    expect(messages('# caf\u00E9 \u201Cquoted\u201D\n')).toEqual([]);
    expect(messages('# \u202Eabc\n')).toHaveLength(1);
    expect(messages('A={{ROOT_PASSWORD}}\n')).toEqual([
      expect.stringMatching(/^Stackbox has nothing to put .*\{\{ADDRESS\}\}/),
    ]);
    expect(messages('A = 1\n'.repeat(5000))).toHaveLength(200);
    expect(messages('A=1\n'.repeat(20_000))).toHaveLength(200);
    expect(messages(`A=${' '.repeat(90_000)}x\n`)).toEqual(['A line has at most 4096 characters.']);
    expect(messages('#\n'.repeat(4000))).toEqual(['The file has at most 3000 lines.']);
    expect(messages(`enable_service ${'xyz '.repeat(1000)}\n`.repeat(20))).toHaveLength(200);
    for (const text of [
      '\0',
      ']]',
      '[[',
      `[[${'|'.repeat(5000)}]]`,
      `A=${'x'.repeat(100_000)}`,
      '`reboot`; $(reboot)',
    ]) {
      expect(Array.isArray(messages(text))).toBe(true);
    }
  });

  it.each([
    ['devstack', 'nothing', 'not-found'],
    ['devstack', 'constructor', 'not-found'],
    ['nothing', 'localConf', 'not-found'],
    ['options', 'mirror', 'not-found'],
  ])('is refused for %s %s', (id, option, code) => {
    expect(() => configurationOf({ recipe: { id, options: {} }, size }, option, parts)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('waits for an option that is wrong, and says which', () => {
    const recipe = { id: 'devstack', options: { gitBase: 'x' } };
    expect(() => configurationOf({ recipe, size }, 'localConf', parts)).toThrow('Git server must be an address');
  });
});
