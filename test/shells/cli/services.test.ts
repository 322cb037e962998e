/** The services of a cloud, and what clients need, on the command line; against a whole in-memory core. */
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import type { CloudService, LogLevel, ServiceList } from '../../../main/contract/cloud-services';
import { StackboxError } from '../../../main/contract/errors';
import { FakeCore } from '../../fakes/fake-api';
import { makeCloud, readyParts } from '../../fakes/fake-data';
import { stackbox } from './run-stackbox';

const api: CloudService = {
  unit: 'devstack@n-api.service',
  name: 'Nova API',
  group: 'Nova',
  state: 'running',
  since: 1_795_265_641_000,
  memoryBytes: 134_217_728,
  restarts: 0,
  enabled: true,
};
const database: CloudService = {
  ...api,
  unit: 'mariadb.service',
  name: 'MariaDB',
  state: 'failed',
  result: 'oom-kill',
  hurts: 'All services lose their database.',
};
const scheduler: CloudService = { ...api, unit: 'devstack@n-sch.service', name: 'Nova scheduler' };
const levels: LogLevel[] = [
  {
    kind: 'level',
    unit: api.unit,
    debug: true,
    file: '/etc/nova/nova.conf',
    alike: [scheduler.unit],
    stale: false,
  },
  { kind: 'level', unit: scheduler.unit, debug: false, file: '/etc/nova/sch.conf', alike: [], stale: true },
  { kind: 'none', unit: database.unit, why: 'It has no\u001B[31m such switch.' },
];
const REQUEST = 'req-5f0c8d3a-6a2e-4b8e-9a55-0d9a3f6d2c11';

function coreWith(services: ServiceList | Error = { kind: 'units', services: [api, database] }): FakeCore {
  return new FakeCore({
    clouds: [makeCloud('id-0', 'alpha', readyParts, Date.now())],
    services,
    journal: [
      { time: 1_795_265_641_000, unit: api.unit, service: api.name, text: `\u001B[31mGET [${REQUEST}]\nsecond line` },
      { time: 1_795_265_642_000, unit: database.unit, service: database.name, text: 'Killed' },
    ],
  });
}

describe('services', () => {
  it('are listed for a person and for a script; one that failed makes it end with 1', async () => {
    const { code, out } = await stackbox(['services', 'alpha'], { core: coreWith() });
    expect(code).toBe(1);
    expect(out).toMatch(/^Nova API +running +2026-11-21T12:54:01\.000Z +128 MiB +devstack@n-api\.service$/m);
    expect(out).toMatch(/^MariaDB +failed \(oom-kill\)/m);
    const fine = coreWith({ kind: 'units', services: [api] });
    const asJson = await stackbox(['services', 'alpha', '--json'], { core: fine });
    expect(asJson.code).toBe(0);
    expect(JSON.parse(asJson.out)).toEqual([api]);
  });

  it('are restarted by unit or by name; what hurts others wants a yes', async () => {
    const core = coreWith();
    for (const name of ['devstack@n-api.service', 'devstack@n-api', 'nova api']) {
      expect(await stackbox(['services', 'alpha', 'restart', name], { core })).toMatchObject({ code: 0 });
    }
    expect(await stackbox(['services', 'alpha', 'restart', 'mariadb'], { core })).toMatchObject({
      code: 2,
      err: expect.stringContaining('All services lose their database.') as string,
    });
    expect(await stackbox(['services', 'alpha', 'stop', 'nova api'], { core })).toMatchObject({ code: 2 });
    expect(core.calls).toEqual(Array.from({ length: 3 }, () => 'services.act restart devstack@n-api.service'));
    expect((await stackbox(['services', 'alpha', 'stop', 'mariadb', '--yes'], { core })).code).toBe(0);
    expect(core.calls.at(-1)).toBe('services.act stop mariadb.service');
  });

  it('print their journal, each line with its service and without colours, or only that of a request', async () => {
    const core = coreWith();
    const all = await stackbox(['services', 'alpha', 'journal'], { core });
    expect(all.out).toBe(
      [
        `2026-11-21T12:54:01.000Z Nova API: GET [${REQUEST}]`,
        '2026-11-21T12:54:01.000Z Nova API: second line',
        '2026-11-21T12:54:02.000Z MariaDB: Killed\n',
      ].join('\n'),
    );
    const one = await stackbox(['services', 'alpha', 'journal', 'mariadb'], { core });
    expect(one.out).toBe('2026-11-21T12:54:02.000Z MariaDB: Killed\n');
    const request = await stackbox(['services', 'alpha', 'journal', '--request', REQUEST, '--json'], { core });
    expect(JSON.parse(request.out)).toMatchObject({ service: 'Nova API' });
  });

  test.each([
    [['restart'], 2, 'Which service?'],
    [['restart', 'mariadb', 'devstack@n-api'], 2, 'Which service?'],
    [['restart', 'sshd'], 3, 'There are: devstack@n-api.service, mariadb.service.'],
    [['explode', 'mariadb'], 2, 'Allowed choices are'],
    [['journal', '--request', '.*'], 2, 'no identifier of a request'],
  ])('refuses %j', async (words, wanted, message) => {
    const core = coreWith();
    const { code, err } = await stackbox(['services', 'alpha', ...words], { core });
    expect([code, err]).toEqual([wanted, expect.stringContaining(message)]);
    expect(core.calls).toEqual([]);
  });

  it('say where they are when systemd does not have them, and why they cannot be asked', async () => {
    const core = coreWith({ kind: 'elsewhere', text: 'They are in containers.', command: 'sudo docker ps' });
    const elsewhere = await stackbox(['services', 'alpha'], { core });
    expect(elsewhere).toMatchObject({ code: 3, err: expect.stringContaining('sudo docker ps') as string });
    const off = coreWith(new StackboxError('unreachable', 'alpha is not running.'));
    expect(await stackbox(['services', 'alpha'], { core: off })).toMatchObject({
      err: expect.stringContaining('alpha is not running.') as string,
    });
  });
});

describe('debug', () => {
  const core = (): FakeCore => {
    const made = coreWith({ kind: 'units', services: [api, scheduler, database] });
    made.state.levels = levels;
    return made;
  };

  it('lists who logs at which level, and why it cannot be said of the others', async () => {
    const { code, out } = await stackbox(['services', 'alpha', 'debug'], { core: core() });
    expect(code).toBe(0);
    expect(out).toMatch(/^Nova API +at debug +\/etc\/nova\/nova\.conf$/m);
    expect(out).toMatch(/^Nova scheduler +as usual after a restart +\/etc\/nova\/sch\.conf$/m);
    expect(out).toMatch(/^MariaDB +\? +It has no {2}such switch\.$/m);
    const asJson = await stackbox(['services', 'alpha', 'debug', '--json'], { core: core() });
    expect(JSON.parse(asJson.out)).toEqual(levels);
  });

  it('is switched on and off by unit or by name, and says how to undo it', async () => {
    const one = core();
    const on = await stackbox(['services', 'alpha', 'debug', 'nova scheduler'], { core: one });
    expect(on).toMatchObject({
      code: 0,
      err: [
        '/etc/nova/sch.conf has debug = True now.',
        'Restarted: Nova scheduler.',
        'Undo it: stackbox services alpha debug devstack@n-sch.service --off\n',
      ].join('\n'),
    });
    const again = await stackbox(['services', 'alpha', 'debug', 'nova scheduler'], { core: one });
    expect(again.err).toBe('/etc/nova/sch.conf had debug = True already.\n');
    expect((await stackbox(['services', 'alpha', 'debug', 'nova scheduler', '--off'], { core: one })).code).toBe(0);
    expect(one.calls).toEqual(['true', 'true', 'false'].map((word) => `services.setLevel ${scheduler.unit} ${word}`));
  });

  it('wants a yes when others read the same file', async () => {
    const one = core();
    expect(await stackbox(['services', 'alpha', 'debug', 'nova api', '--off'], { core: one })).toMatchObject({
      code: 2,
      err: expect.stringContaining('/etc/nova/nova.conf is read by Nova scheduler too') as string,
    });
    expect(one.calls).toEqual([]);
    const { out } = await stackbox(['services', 'alpha', 'debug', 'nova api', '--off', '--yes', '--json'], {
      core: one,
    });
    expect(JSON.parse(out)).toEqual({
      file: '/etc/nova/nova.conf',
      changed: true,
      restarted: [api.unit, scheduler.unit],
    });
  });

  test.each([
    [['debug', 'mariadb'], 1, 'It has no  such switch.'],
    [['debug', 'sshd'], 3, 'has no service "sshd"'],
    [['debug', 'nova api', 'mariadb'], 2, 'Which service?'],
    [['debug', '--off'], 2, '--off goes with debug and a unit.'],
    [['restart', 'nova api', '--off'], 2, '--off goes with debug and a unit.'],
    [['debug', 'nova api', '--off=maybe'], 2, '--off'],
  ])('refuses %j', async (words, wanted, message) => {
    const one = core();
    const { code, err } = await stackbox(['services', 'alpha', ...words], { core: one });
    expect([code, err]).toEqual([wanted, expect.stringContaining(message)]);
    expect(one.calls).toEqual([]);
  });
});

describe('clients', () => {
  it('get an openrc to source and an entry for clouds.yaml, with what cannot work said aside', async () => {
    const core = coreWith();
    const openrc = await stackbox(['openrc', 'alpha'], { core });
    expect(openrc.out).toContain('export OS_PASSWORD=kX7pQ2mVt9LwZr4HcN8d\n');
    expect(openrc.out).not.toContain('forwarded ports');
    expect(openrc.err).toContain('forwarded ports');
    const yaml = await stackbox(['clouds-yaml', 'alpha'], { core });
    expect(parse(yaml.out)).toMatchObject({ clouds: { 'stackbox-alpha': { auth_type: 'v3password' } } });
    expect(core.calls).toEqual([]);
  });

  it('have the entry added and removed on request, and are told of the copy', async () => {
    const core = coreWith();
    const added = await stackbox(['clouds-yaml', 'alpha', '--add'], { core });
    expect(added).toMatchObject({ code: 0, out: 'export OS_CLOUD=stackbox-alpha\n' });
    expect(added.err).toContain('clouds.yaml.before-stackbox-');
    expect((await stackbox(['clouds-yaml', 'alpha', '--remove'], { core })).code).toBe(0);
    expect(core.calls).toEqual(['clients.add', 'clients.remove']);
    expect((await stackbox(['clouds-yaml', 'alpha', '--add', '--remove'], { core })).code).toBe(2);
    core.state.clientsFail = new StackboxError('bad-input', 'Your clouds.yaml cannot be changed.');
    const refused = await stackbox(['clouds-yaml', 'alpha', '--add'], { core });
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('cannot be changed') as string });
  });
});
