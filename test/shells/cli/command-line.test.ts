import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EXEC_INPUT_MAX } from '../../../main/contract/limits';
import { FakeCore } from '../../fakes/fake-api';
import { makeCloud, makeRun, readyParts, recipes } from '../../fakes/fake-data';
import { optionRecipe } from '../../fakes/option-recipe';
import { tempFolder } from '../../support/temp';
import { stackbox } from './run-stackbox';

const [sample] = recipes;
if (!sample) throw new Error('The fakes have no recipe.');
const withOptions = { ...sample, id: 'options', options: [...optionRecipe.fields] };

function coreWith(...names: string[]): FakeCore {
  return new FakeCore({ clouds: names.map((name, at) => makeCloud(`id-${at}`, name, readyParts, Date.now())) });
}

describe('looking', () => {
  it('lists the clouds for a person, and as JSON for a script', async () => {
    const core = coreWith('alpha', 'beta');
    const table = await stackbox(['list'], { core });
    expect(table).toMatchObject({ code: 0, err: '', closed: true });
    expect(table.out.split('\n')).toHaveLength(4);
    expect(table.out).toMatch(/^NAME +STATE/);
    const names = (JSON.parse((await stackbox(['list', '--json'], { core })).out) as { name: string }[]).map(
      (c) => c.name,
    );
    expect(names).toEqual(['alpha', 'beta']);
  });

  it('writes messages to standard error, so that a pipe gets only data', async () => {
    expect(await stackbox(['list'])).toMatchObject({ code: 0, out: '', err: expect.stringContaining('no clouds yet') });
  });

  it('finds a cloud by its name in any case or its id, and says what there is otherwise', async () => {
    const core = coreWith('alpha');
    expect((await stackbox(['show', 'ALPHA'], { core })).code).toBe(0);
    expect((await stackbox(['show', 'id-0'], { core })).code).toBe(0);
    const missing = await stackbox(['show', '$(touch x)'], { core });
    expect(missing).toMatchObject({ code: 3, out: '' });
    expect(missing.err).toContain('There are: alpha.');
  });

  it('shows a password only when asked', async () => {
    const core = coreWith('alpha');
    const password = core.state.passwords['admin'] ?? '';
    expect((await stackbox(['show', 'alpha', '--json'], { core })).out).not.toContain(password);
    expect((await stackbox(['show', 'alpha', '--passwords'], { core })).out).toContain(password);
  });

  it('gives an error as JSON with its code', async () => {
    const { code, err } = await stackbox(['show', 'x', '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'not-found' } });
  });

  it('ends with 1 when the doctor finds a problem', async () => {
    const finding = { id: 'kvm', title: 'KVM', summary: 'None.', evidence: [] };
    const sick = new FakeCore({ findings: [{ ...finding, state: 'problem' }] });
    const warned = new FakeCore({ findings: [{ ...finding, state: 'warning' }] });
    expect((await stackbox(['doctor'], { core: sick })).code).toBe(1);
    expect((await stackbox(['doctor'], { core: warned })).code).toBe(0);
  });
});

describe('creating', () => {
  it('prints the plan it would carry out, from defaults and flags', async () => {
    const core = new FakeCore();
    const flags = ['--name', 'mine', '--cpus', '3', '--memory', '6GiB', '--disk', '20480MiB', '--option', 'debug=true'];
    const { code, out } = await stackbox(['create', '--dry-run', ...flags], { core });
    expect(code).toBe(0);
    expect(parse(out)).toMatchObject({
      name: 'mine',
      size: { cpus: 3, memoryMiB: 6144, diskGiB: 20 },
      recipe: { options: { debug: true } },
    });
    expect(core.calls).toEqual([]);
  });

  it('takes each option as what the recipe wants it to be, and shows no secret', async () => {
    const core = new FakeCore({ recipes: [withOptions] });
    const secret = join(await tempFolder(), 'token');
    await writeFile(secret, 'a-secret-token\n');
    const wanted = [
      'mirror=https://1',
      'workers=3',
      'debug=yes',
      'plugins=heat, manila',
      `token=@${secret}`,
      'new=[1]',
    ];
    const flags = wanted.flatMap((option) => ['--option', option]);
    const dry = await stackbox(['create', '--recipe', 'options', '--dry-run', ...flags], { core });
    expect(parse(dry.out)).toMatchObject({
      recipe: { options: { mirror: 'https://1', workers: 3, debug: true, plugins: ['heat', 'manila'], new: [1] } },
    });
    expect(dry.out).not.toContain('token');
    const made = await stackbox(['create', '--recipe', 'options', '--no-wait', ...flags], { core, ownCore: false });
    expect(made).toMatchObject({ code: 0 });
    expect(core.plans[0]?.recipe.options).toMatchObject({ token: 'a-secret-token' });
  });

  it.each([
    ['token=a-secret-token', 'everybody can see a command line'],
    ['token=@/no/such/file', 'could not be read'],
  ])('refuses --option %s', async (option, message) => {
    const core = new FakeCore({ recipes: [withOptions] });
    const { code, err } = await stackbox(['create', '--recipe', 'options', '--option', option], { core });
    expect(code).not.toBe(0);
    expect(err).toContain(message);
    expect(core.calls).toEqual([]);
  });

  it('lists the recipes with what their options take', async () => {
    const { out } = await stackbox(['recipes'], { core: new FakeCore({ recipes: [withOptions] }) });
    expect(out).toContain('--option workers=2 (1-8)  Workers');
    expect(out).toContain('--option branch=stable|master  Branch');
    expect(out).toContain('--option token=@FILE  Token');
  });

  it('reads a plan from a file or standard input, and flags win over it', async () => {
    const file = join(await tempFolder(), 'plan.yaml');
    await writeFile(file, 'name: from-file\nsize:\n  cpus: 7\n');
    const fromFile = await stackbox(['create', '--dry-run', '--json', '--plan', file, '--name', 'flag']);
    expect(JSON.parse(fromFile.out)).toMatchObject({ name: 'flag', size: { cpus: 7 } });
    const fromPipe = await stackbox(['create', '--dry-run', '--json', '--plan', '-'], { stdin: '{"name":"piped"}' });
    expect(JSON.parse(fromPipe.out)).toMatchObject({ name: 'piped' });
  });

  it.each([
    ['an unknown key', 'nmae: x'],
    ['a name that is a command', 'name: $(touch x)'],
    ['a path as a name', 'name: ../../etc'],
    ['a negative size', 'size: { cpus: -1 }'],
    ['a key of the prototype', '"__proto__": { x: 1 }\nconstructor: 1'],
  ])('refuses a plan with %s before anything is made', async (_, stdin) => {
    const core = new FakeCore();
    expect((await stackbox(['create', '--plan', '-'], { core, stdin })).code).toBe(2);
    expect(core.state.clouds).toEqual([]);
  });

  it.each([
    ['no mapping', '- 1'],
    ['not YAML', '{ a: ['],
    ['nothing', ''],
    ['a bomb of aliases', `a: &a [x]\n${Array.from({ length: 40 }, () => '? *a').join('\n')}`],
  ])('refuses a plan that is %s', async (_, stdin) => {
    expect((await stackbox(['create', '--plan', '-'], { stdin })).code).toBe(2);
  });

  it.each([
    ['--memory', '4GB'],
    ['--memory', '-1'],
    ['--memory', '1e9'],
    ['--disk', '0'],
    ['--cpus', '2.5'],
    ['--cpus', '99999999999999999999'],
    ['--option', 'novalue'],
    ['--option', '=x'],
    ['--unknown', 'x'],
  ])('refuses %s %s', async (flag, value) => {
    const core = new FakeCore();
    expect((await stackbox(['create', flag, value], { core })).code).toBe(2);
    expect(core.calls).toEqual([]);
  });

  it('follows the run to its end with plain lines in a pipe', async () => {
    const core = new FakeCore();
    const ended = stackbox(['create', '--name', 'mine'], { core });
    await expect.poll(() => core.state.clouds.length).toBe(1);
    const [cloud] = core.state.clouds;
    if (!cloud) throw new Error('No cloud was made.');
    core.putCloud({ ...cloud, ...readyParts, run: makeRun(cloud.id, 99, 'done', Date.now()) });
    const { code, out, err } = await ended;
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toMatch(/^\[1\/\d+\] .+: done in /m);
    expect(err).toContain('mine is ready.');
    expect(err).not.toContain('\u001B');
  });

  it('ends with 1, the reason and the cure when the run fails', async () => {
    const core = new FakeCore();
    const ended = stackbox(['create', '--name', 'mine'], { core });
    await expect.poll(() => core.state.clouds.length).toBe(1);
    const [cloud] = core.state.clouds;
    if (!cloud) throw new Error('No cloud was made.');
    core.putCloud({ ...cloud, run: makeRun(cloud.id, 11, 'failed', Date.now()) });
    const { code, err } = await ended;
    expect(code).toBe(1);
    expect(err).toContain('stack.sh ended with exit code 1');
    expect(err).toContain('retry from this step');
    expect(err).toContain('Renew the package lists and try again: stackbox retry mine --cure renew-package-lists');
  });

  it('cancels the run politely on the first Ctrl-C, and says so', async () => {
    const core = new FakeCore();
    const ended = stackbox(['create', '--name', 'mine'], { core });
    await expect.poll(() => process.listenerCount('SIGINT')).toBeGreaterThan(0);
    process.emit('SIGINT');
    const { code, err } = await ended;
    expect(core.calls).toContain('clouds.cancel');
    expect(err).toContain('Cancelling.');
    expect(code).toBe(130);
  });

  it('does not promise to go on without anybody who would', async () => {
    const core = new FakeCore();
    expect((await stackbox(['create', '--no-wait'], { core, ownCore: true })).code).toBe(2);
    expect(core.calls).toEqual([]);
    expect((await stackbox(['create', '--no-wait', '--name', 'b'], { core, ownCore: false })).code).toBe(0);
  });
});

describe('living with a cloud', () => {
  it('deletes only with a yes', async () => {
    const core = coreWith('alpha');
    expect((await stackbox(['delete', 'alpha'], { core })).code).toBe(2);
    expect(core.calls).toEqual([]);
    const done = await stackbox(['delete', 'alpha', '--yes'], { core });
    expect(done).toMatchObject({ code: 0, err: expect.stringContaining('alpha is deleted.') });
  });

  it('lists what can be done with what is installed, and does it after a yes', async () => {
    const core = coreWith('alpha');
    const { code, out } = await stackbox(['run', 'alpha'], { core });
    expect(code).toBe(0);
    expect(out).toMatch(/^restack: Stack again\. Takes OpenStack down .*\n {2}gone: All instances/);
    const list = JSON.parse((await stackbox(['run', 'alpha', '--json'], { core })).out) as { id: string }[];
    expect(list.map(({ id }) => id)).toEqual(['restack', 'repair']);
    const refused = await stackbox(['run', 'alpha', 'restack'], { core, ownCore: false });
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('All instances') });
    expect((await stackbox(['run', 'alpha', '$(touch x)'], { core })).code).toBe(3);
    expect(core.calls).toEqual(['clouds.act $(touch x)']);
    core.calls.length = 0;
    const done = await stackbox(['run', 'alpha', 'restack', '--yes', '--no-wait'], { core, ownCore: false });
    expect(done).toMatchObject({ code: 0, err: expect.stringContaining('Stack again') });
    expect((await stackbox(['run', 'alpha', 'repair', '--no-wait'], { core, ownCore: false })).code).toBe(0);
    expect(core.calls).toEqual(['clouds.act restack', 'clouds.act repair']);
  });

  it('tries again, with the cure that the failure offers if asked to', async () => {
    const core = coreWith('alpha');
    const [alpha] = core.state.clouds;
    if (!alpha) throw new Error('There is no cloud.');
    core.putCloud({ ...alpha, state: 'attention', run: makeRun(alpha.id, 11, 'failed', Date.now()) });
    expect((await stackbox(['show', 'alpha'], { core })).out).toContain(
      'stackbox retry alpha --cure renew-package-lists',
    );
    for (const more of [[], ['--cure', 'renew-package-lists']]) {
      const { code } = await stackbox(['retry', 'alpha', '--no-wait', ...more], { core, ownCore: false });
      expect(code).toBe(0);
    }
    expect(core.calls).toEqual(['clouds.retry', 'clouds.retry renew-package-lists']);
  });

  it('hands on what the guest said and how it ended', async () => {
    const guest = (argv: string[]) => ({ exitCode: 7, stdout: argv.join('|'), stderr: 'oops' });
    const ended = await stackbox(['exec', 'alpha', '--', 'sh', '-c', 'exit 7', '--json'], {
      core: coreWith('alpha'),
      guest,
    });
    expect(ended).toMatchObject({ code: 7, out: 'sh|-c|exit 7|--json', err: 'oops' });
  });

  describe('gives a program in the machine', () => {
    const guest = (_: string[], input?: Buffer) => ({
      exitCode: 0,
      stdout: input?.toString('latin1') ?? 'nothing',
      stderr: '',
    });
    const exec = (...words: string[]) =>
      stackbox(['exec', ...words, 'alpha', '--', 'cat'], { core: coreWith('alpha'), guest, stdin: 'a\n$(b)' });

    it('standard input when asked to, and else leaves it alone', async () => {
      expect(await exec('--input', '-')).toMatchObject({ code: 0, out: 'a\n$(b)' });
      expect(await exec()).toMatchObject({ code: 0, out: 'nothing' });
    });

    it('a file, byte by byte, even an empty one', async () => {
      const file = join(await tempFolder(), 'two words');
      await writeFile(file, Buffer.from([0, 255, 10]));
      expect((await exec('--input', file)).out).toBe('\u0000\u00FF\n');
      await writeFile(file, '');
      expect((await exec('--input', file)).out).toBe('');
    });

    it('nothing at all when the file is not there or too large', async () => {
      expect(await exec('--input', '/nowhere')).toMatchObject({ err: expect.stringContaining('could not be read') });
      const file = join(await tempFolder(), 'large');
      await writeFile(file, Buffer.alloc(EXEC_INPUT_MAX + 1));
      expect(await exec('--input', file)).toMatchObject({ out: '', err: expect.stringContaining('larger than 4 MiB') });
      const large = { core: coreWith('alpha'), guest, stdin: 'x'.repeat(EXEC_INPUT_MAX + 1) };
      const { out, code } = await stackbox(['exec', '--input', '-', 'alpha', '--', 'cat'], large);
      expect({ out, code }).toEqual({ out: '', code: 2 });
    });
  });

  it('prints a whole log, larger than one piece', async () => {
    const core = coreWith('alpha');
    core.state.logs = { install: 'a line of a log\n'.repeat(50_000) };
    const { out } = await stackbox(['logs', 'alpha'], { core });
    expect(out).toBe(core.state.logs.install);
  });

  it('types into a terminal and leaves when its shell ends', async () => {
    const core = coreWith('alpha');
    const ended = stackbox(['shell', 'alpha'], { core, stdin: 'hostname' });
    await expect.poll(() => core.terminals.all.get('t1')?.history).toContain('hostname');
    core.terminals.get('t1').setState('ended', 'The shell ended.');
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).toContain('hostname');
    expect(core.terminals.all.size).toBe(0);
    expect(core.terminals.sizes).toEqual([]);
  });

  it('opens a terminal that is signed in to OpenStack as a user', async () => {
    const core = coreWith('alpha');
    const ended = stackbox(['shell', 'alpha', '--as', 'demo'], { core });
    await expect.poll(() => core.terminals.all.size).toBe(1);
    expect(core.terminals.get('t1')).toMatchObject({ kind: 'openstack', account: 'demo' });
    core.terminals.get('t1').setState('ended', 'The shell ended.');
    expect((await ended).code).toBe(0);
  });

  it('types into the serial console until Ctrl+], and says so first', async () => {
    const core = coreWith('alpha');
    const { code, out, err } = await stackbox(['console', 'alpha'], { core, stdin: 'ls /\u001Dnever typed' });
    expect([code, out, err]).toEqual([
      0,
      expect.stringContaining('ls /'),
      expect.stringContaining('Leave with Ctrl+]'),
    ]);
    expect(out).not.toContain('never');
    expect(core.terminals.all.size).toBe(0);
  });

  it('says that a terminal was lost', async () => {
    const core = coreWith('alpha');
    const ended = stackbox(['shell', 'alpha'], { core });
    await expect.poll(() => core.terminals.all.size).toBe(1);
    core.terminals.get('t1').setState('lost', 'The connection broke.');
    expect(await ended).toMatchObject({ code: 1, err: expect.stringContaining('The connection broke.') });
  });

  it('lists the images when not told what to do with them', async () => {
    const core = new FakeCore();
    const { out, code } = await stackbox(['images'], { core });
    expect(code).toBe(0);
    for (const { id } of core.state.images) expect(out).toContain(id);
    expect(JSON.parse((await stackbox(['images', '--json'], { core })).out)).toHaveLength(core.state.images.length);
    expect((await stackbox(['images', 'fly'], { core })).code).toBe(2);
  });

  it('waits for a download, and frees the space again', async () => {
    const core = new FakeCore();
    const image = core.state.images.find(({ state }) => state === 'absent');
    if (!image) throw new Error('The fake has no absent image.');
    const ended = stackbox(['images', 'download', image.id], { core });
    await expect.poll(() => core.state.images.find(({ id }) => id === image.id)?.state).toBe('downloading');
    await new Promise((resolve) => setImmediate(resolve));
    core.state.images = core.state.images.map((other) =>
      other.id === image.id ? { ...other, state: 'cached' } : other,
    );
    core.publish({ type: 'image', image: { ...image, state: 'cached', cachedBytes: 2 ** 30 } });
    expect((await ended).code).toBe(0);
  });
});

it('fails a command line that makes no sense with 2, and helps with 0', async () => {
  expect((await stackbox(['fly'])).code).toBe(2);
  expect((await stackbox([])).code).toBe(2);
  expect((await stackbox(['--help'])).code).toBe(0);
  expect((await stackbox(['serve', '--port', '70000'])).code).toBe(2);
});
