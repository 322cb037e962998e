import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { bench, type Bench } from './bench';

/** A busy computer takes a tenth of a second for each of a hundred commands. */
const LONG = { timeout: 60_000 };
const direct = true;

const base64 = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Nothing of a trial is in the cloud or the machine, and all that the person had is. */
async function isTidy({ openstack }: Bench): Promise<void> {
  expect(await openstack.left()).toEqual([]);
  expect(await openstack.ownIsThere()).toBe(true);
  expect(await readdir(openstack.env['TMPDIR'] ?? '')).toEqual([]);
}

function checkOf(one: Bench, id: string): ReturnType<Bench['result']>['checks'][number] | undefined {
  return one.result().checks.find((check) => check.id === id);
}

describe('a cloud that is tried', LONG, () => {
  it('with all services is used as a person would use it, and is afterwards as it was', async () => {
    const one = await bench();
    const run = await one.tryIt();
    expect(one.result().checks.filter(({ state }) => state !== 'passed')).toEqual([]);
    expect(run.state).toBe('done');
    expect(one.result().checks.map(({ id }) => id)).toEqual([
      ...['token', 'catalogue', 'identity', 'image', 'flavor', 'network', 'security-group', 'keypair', 'server'],
      ...['floating-ip', 'ping', 'ssh', 'icmp-rule', 'volume', 'object', 'dashboard', 'clean-up'],
    ]);
    expect(checkOf(one, 'icmp-rule')?.note).toBe('Without the rule there is no answer, while SSH still works.');
    expect(checkOf(one, 'network')?.note).toContain('with a router to public');
    expect((await one.openstack.called('openstack server create'))[0]).toContain('--image i-cirros ');
    await isTidy(one);
  });

  it('with Keystone alone skips the rest with a reason, in few commands', async () => {
    const one = await bench({ services: ['identity'], proof: [] });
    expect((await one.tryIt()).state).toBe('done');
    const { checks } = one.result();
    expect(checks.filter(({ state }) => state === 'passed').map(({ id }) => id)).toEqual([
      ...['token', 'catalogue', 'identity'],
    ]);
    expect(checks.filter(({ state, note }) => state === 'skipped' && note === '')).toEqual([]);
    expect(checkOf(one, 'volume')).toMatchObject({ state: 'skipped', note: 'The cloud has no Cinder.' });
    expect((await one.openstack.called('openstack ')).length).toBeLessThanOrEqual(10);
    await isTidy(one);
  });

  it('without CirrOS boots the tiny image, and does not wait for an answer of it', async () => {
    const one = await bench({ direct });
    await one.openstack.drop('image');
    await one.tryIt();
    expect(one.states()).toMatchObject({ server: 'done', ping: 'skipped', ssh: 'skipped', 'icmp-rule': 'skipped' });
    expect(checkOf(one, 'ping')?.note).toContain('no CirrOS image');
    expect(await one.openstack.left()).toEqual([]);
  });

  it('without an external network is tried without a floating address', async () => {
    const one = await bench({ direct });
    await one.openstack.drop('network');
    await one.tryIt();
    expect(one.states()).toMatchObject({ network: 'done', 'floating-ip': 'skipped', ping: 'skipped', volume: 'done' });
    expect(await one.openstack.left()).toEqual([]);
  });
});

describe('a cloud that does not work', LONG, () => {
  it('fails with the reason of a server that goes to ERROR and its console; what needs no server is still tried', async () => {
    const one = await bench({ direct, behave: { server: 'ERROR' } });
    const run = await one.tryIt();
    expect(run).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('No valid host was found') },
    });
    expect(run.error?.output).toContain('cirros login:');
    expect(run.error?.output).not.toContain('\u001b');
    expect(one.states()).toMatchObject({
      ...{ server: 'failed', ping: 'skipped', volume: 'done', object: 'done', dashboard: 'done' },
      ...{ 'clean-up': 'done', 'keep-result': 'done' },
    });
    expect(checkOf(one, 'volume')?.note).toContain('no server to attach it to');
    await isTidy(one);
  });

  it('fails when nothing changes about its server any more', async () => {
    const one = await bench({ direct, behave: { server: 'stuck' } });
    expect((await one.tryIt()).error?.message).toBe('The server is BUILD, spawning: nothing has changed for 2 s.');
    expect(one.lines).toContain('The server is BUILD, spawning');
    await isTidy(one);
  });

  it('fails when a ping is answered although its rule is gone', async () => {
    const one = await bench({ direct, behave: { firewall: 'open' } });
    const run = await one.tryIt();
    expect(run).toMatchObject({
      state: 'failed',
      error: { message: expect.stringMatching(/still answers 2 s after/) },
    });
    expect(one.states()).toMatchObject({ ping: 'done', 'icmp-rule': 'failed', volume: 'done' });
    await isTidy(one);
  });

  it('does not take silence for a rule that works when the server itself is gone, or ping does not run', async () => {
    const dies = await bench({ direct, behave: { server: 'dies' } });
    expect((await dies.tryIt()).error?.message).toContain('the server is not there any more');
    const mute = await bench({ direct });
    const stopped = mute.stopAt('openstack security group rule delete', 'kill');
    await stopped;
    await mute.openstack.behave({ ping: 2 });
    expect((await mute.goOn()).error?.message).toContain('ping did not run');
    await isTidy(mute);
  });

  it.each([
    [{ server: 'silent' }, 'ping', /There was no answer to a ping, and nothing new/],
    [{ ssh: 'refused' }, 'ssh', /There was no login by SSH/],
    [{ volume: 'error' }, 'volume', /Cinder calls the volume "error"/],
    [{ image: 'damaged' }, 'image', /the checksums differ/],
    [{ object: 'What goes in' }, 'object', /Swift gave back other bytes/],
    [{ horizon: '<html>It works!</html>' }, 'dashboard', /without its login form/],
  ] as const)('fails for %j, and is cleaned up', async (behave, check, message) => {
    const one = await bench({ direct, behave });
    const run = await one.tryIt();
    expect(run.state).toBe('failed');
    expect(run.steps.filter(({ state }) => state === 'failed').map(({ id }) => id)).toEqual([`try-${check}`]);
    expect(checkOf(one, check)).toMatchObject({ state: 'failed', note: expect.stringMatching(message) });
    await isTidy(one);
  });

  it('is not tried further when nobody can sign in, or when its machine is gone', async () => {
    const one = await bench({
      direct,
      behave: {
        at: {
          'openstack token': {
            code: 1,
            stderr: base64('The request you have made requires authentication. (HTTP 401)\n'),
          },
        },
      },
    });
    const run = await one.tryIt();
    expect(run.error?.message).toBe(
      '"openstack token issue" failed: The request you have made requires authentication. (HTTP 401)',
    );
    expect(await one.openstack.called('openstack')).toHaveLength(1);
    expect(checkOf(one, 'server')).toMatchObject({
      state: 'skipped',
      note: 'It was not tried, because “Issue a token” failed before.',
    });
    const off = await bench({ direct });
    off.machine = 'stopped';
    expect((await off.tryIt()).error).toMatchObject({ code: 'unreachable', message: 'demo is not running any more.' });
  });

  it('says what it could not remove, and the next try removes it', async () => {
    const one = await bench({
      direct,
      behave: { at: { 'openstack flavor delete': { code: 1, stderr: base64('HTTP 500\n') } } },
    });
    const run = await one.tryIt();
    expect(run).toMatchObject({
      state: 'failed',
      error: { message: expect.stringMatching(/^Not everything could be removed: flavor stackbox-try-/) },
    });
    expect(await one.openstack.left()).toEqual([expect.stringMatching(/^flavor stackbox-try-/)]);
    await one.openstack.behave({});
    await one.tryIt();
    expect(checkOf(one, 'left-overs')).toMatchObject({
      state: 'passed',
      note: expect.stringMatching(/had left: flavor/),
    });
    await isTidy(one);
  });
});

describe('a try that is stopped', LONG, () => {
  it('by a person in the middle removes what it made, and leaves the last result alone', async () => {
    const one = await bench({ direct, behave: {} });
    await one.tryIt();
    const before = one.result();
    await one.openstack.behave({ at: { 'openstack server create': { after: true } } });
    const run = await one.stopAt('openstack server create', 'cancel');
    expect(run.state).toBe('cancelled');
    expect(one.states()).toMatchObject({ server: 'cancelled', volume: 'waiting', 'clean-up': 'done' });
    expect(one.result()).toEqual(before);
    await isTidy(one);
  });

  it('because its cloud is deleted does not clean up first', async () => {
    const one = await bench({ behave: { at: { 'openstack server create': { hang: true } } } });
    expect((await one.stopAt('openstack server create', 'delete')).state).toBe('cancelled');
    expect(one.states()).toMatchObject({ server: 'cancelled', 'clean-up': 'cancelled' });
  });

  it.each(['server create', 'user create', 'volume show', 'floating ip create', 'router add', 'image create'])(
    'by the end of the app at "%s" goes on with the next start and ends clean',
    async (command) => {
      const one = await bench({ direct, behave: { at: { [`openstack ${command}`]: { after: true } } } });
      expect((await one.stopAt(`openstack ${command}`, 'kill')).state).toBe('running');
      expect(await one.openstack.left()).not.toEqual([]);
      await one.openstack.behave({});
      const run = await one.goOn();
      expect(run.state).toBe('done');
      expect(run.steps.filter(({ state }) => state === 'failed')).toEqual([]);
      expect(await one.openstack.called('openstack token issue')).toHaveLength(1);
      await isTidy(one);
    },
  );

  it('in the middle of its clean-up only cleans up when the app comes back', async () => {
    const one = await bench({
      direct,
      behave: { at: { 'openstack server create': { after: true }, 'openstack router unset': { hang: true } } },
    });
    const cancelled = one.stopAt('openstack server create', 'cancel');
    await expect.poll(() => one.openstack.called('openstack router unset'), { timeout: 20_000 }).toHaveLength(1);
    one.leave();
    expect((await cancelled).state).toBe('running');
    await one.openstack.behave({});
    expect((await one.goOn()).state).toBe('cancelled');
    expect(one.states()).toMatchObject({ server: 'cancelled', volume: 'waiting', 'clean-up': 'done' });
    await isTidy(one);
  });

  it('and never came back is cleaned up by another, whatever it left', async () => {
    const one = await bench({ direct });
    const name = 'stackbox-try-r-old';
    await one.openstack.put('server', { id: 'old-1', name, status: 'ACTIVE' });
    await one.openstack.put('volume', { id: 'old-2', name, status: 'in-use', server: 'old-1' });
    await one.openstack.put('floating ip', { id: 'old-3', name: '172.24.4.99', description: name });
    await one.openstack.put('container', { id: name, name, objects: { hello: 'x' } });
    await one.openstack.put('project', { id: 'old-4', name });
    expect((await one.tryIt()).state).toBe('done');
    expect(checkOf(one, 'left-overs')?.note).toMatch(/^An earlier try had left: server stackbox-try-r-old, /);
    await isTidy(one);
  });
});

describe('what a cloud says', LONG, () => {
  it.each([
    ['garbage', { stdout: base64('Segmentation fault\n') }, /printed no JSON/],
    ['nothing', { stdout: '' }, /printed no JSON/],
    ['another shape', { stdout: base64('{"ID": {"$ne": null}}') }, /answered something else than expected/],
    ['an identifier that is an option', { stdout: base64('{"id": "--os-password=x", "name": "x"}') }, /something else/],
    ['an identifier that is a command', { stdout: base64('{"id": "$(reboot)", "name": "x"}') }, /something else/],
    ['colours', { code: 1, stderr: base64('\u001b[31mBoom\u001b[0m\u0007\n') }, /failed: Boom$/],
    ['malformed UTF-8', { code: 1, stderr: base64(Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x0a])) }, /failed: .+/],
    ['megabytes', { stdout: base64(`[${'"x",'.repeat(500_000)}`) }, /printed no JSON/],
  ])('is not believed when it is %s', async (_what, answer, message) => {
    const one = await bench({ direct, services: ['identity'], behave: { at: { 'openstack project create': answer } } });
    const run = await one.tryIt();
    expect(run).toMatchObject({
      state: 'failed',
      error: { code: 'guest-failed', message: expect.stringMatching(message) },
    });
    // oxlint-disable-next-line no-control-regex -- that is the question
    expect(JSON.stringify(one.result())).not.toMatch(/\\u001b|\\u0007/);
    expect(JSON.stringify(one.result()).length).toBeLessThan(20_000);
    expect((await one.openstack.called('openstack')).join('\n')).not.toContain('--os-password');
    expect(one.report('html')).toContain('failed');
  });

  it('is never its password, in no command, log or report', async () => {
    const one = await bench();
    await one.openstack.behave({
      at: { 'openstack volume create': { code: 1, stderr: base64(`denied for admin with ${one.password}\n`) } },
    });
    await one.tryIt();
    expect(checkOf(one, 'volume')?.note).toContain('denied for admin with ••••');
    expect(checkOf(one, 'server')?.commands[0]?.argv.slice(0, 3)).toEqual(['openstack', 'server', 'create']);
    const files = await Promise.all([one.folder.journal, one.folder.commands].map((path) => readFile(path, 'utf8')));
    const all = [...files, one.report('html'), one.report('junit'), ...one.lines].join('\n');
    for (const secret of [one.password, 'MadeByNova1', 'gAAAAA-a-token', 'PRIVATE KEY'])
      expect(all).not.toContain(secret);
  });
});
