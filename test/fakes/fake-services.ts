/** Services, journal and client configuration of the fake core. */
import type { implement } from '@orpc/server';
import type { contract } from '../../main/contract/api';
import type { ClientConfig } from '../../main/contract/clients';
import type { CloudService, JournalEntry, LogLevel } from '../../main/contract/cloud-services';
import type { ErrorRecord } from '../../main/contract/errors';
import { StackboxError } from '../../main/contract/errors';
import type { FakeState } from './fake-api';

type Os = ReturnType<typeof implement<typeof contract>>;
type Note = (call: string) => void;
type Delay = (ms: number, signal: AbortSignal | undefined) => Promise<void>;

/** What crosses the wire for an error of ours. */
function record(error: Error): { data: ErrorRecord } {
  return { data: StackboxError.from(error).toRecord() };
}

// oxlint-disable-next-line typescript/explicit-module-boundary-types -- the types are the contract's
export function fakeServices(os: Os, state: FakeState, note: Note, delay: Delay) {
  return {
    list: os.services.list.handler(({ errors }) => {
      if (state.services instanceof Error) throw errors.STACKBOX(record(state.services));
      return state.services;
    }),
    act: os.services.act.handler(({ input, errors }) => {
      note(`services.act ${input.action} ${input.unit}`);
      if (state.services instanceof Error || state.services.kind === 'elsewhere')
        throw new Error('There are no units.');
      const { services } = state.services;
      const service = services.find(({ unit }) => unit === input.unit);
      if (!service) throw errors.STACKBOX(record(new StackboxError('not-found', 'There is no such service.')));
      const now = { ...service, state: input.action === 'stop' ? ('stopped' as const) : ('running' as const) };
      state.services = { kind: 'units', services: services.map((one) => (one === service ? now : one)) };
      return now;
    }),
    levels: os.services.levels.handler(({ errors }) => {
      if (state.levels instanceof Error) throw errors.STACKBOX(record(state.levels));
      return [...state.levels];
    }),
    setLevel: os.services.setLevel.handler(async ({ input: { unit, debug }, signal, errors }) => {
      note(`services.setLevel ${unit} ${debug}`);
      if (state.levels instanceof Error) throw errors.STACKBOX(record(state.levels));
      const level = state.levels.find((one) => one.unit === unit);
      if (level?.kind !== 'level') throw errors.STACKBOX(record(new StackboxError('conflict', 'There is no switch.')));
      const touched = [unit, ...level.alike];
      await delay(600, signal);
      state.levels = state.levels.map((one) =>
        one.kind === 'level' && touched.includes(one.unit) ? { ...one, debug, stale: false } : one,
      );
      const changed = level.debug !== debug;
      return { file: level.file, changed, restarted: changed ? touched : [] };
    }),
    journal: os.services.journal.handler(async ({ input, signal }) => {
      const { units, request, after, lines, waitMs } = input;
      const from = after === undefined ? 0 : Number(after);
      const wanted = state.journal.filter(
        ({ unit, text }, index) =>
          index >= from &&
          (units.length === 0 || units.includes(unit)) &&
          (request === undefined || text.includes(request)),
      );
      if (after !== undefined && wanted.length === 0) await delay(waitMs, signal);
      const entries = after === undefined ? wanted.slice(-lines) : wanted.slice(0, lines);
      return { entries, next: String(state.journal.length), more: false };
    }),
  };
}

const HIDDEN = '••••••••';

// oxlint-disable-next-line typescript/explicit-module-boundary-types -- the types are the contract's
export function fakeClients(os: Os, state: FakeState, note: Note, added: (cloudId: string, added: boolean) => void) {
  return {
    show: os.clients.show.handler(({ input }): ClientConfig => {
      const cloud = state.clouds.find(({ id }) => id === input.cloudId);
      const password = input.secrets ? (state.passwords['admin'] ?? '') : HIDDEN;
      const entry = `stackbox-${cloud?.name ?? ''}`;
      return {
        entry,
        cloudsYaml: `clouds:\n  ${entry}:\n    auth_type: v3password\n    auth:\n      auth_url: http://127.0.0.1:40080/identity/v3\n      username: admin\n      password: ${password}\n`,
        openrc: `unset OS_CLOUD\nexport OS_AUTH_URL=http://127.0.0.1:40080/identity/v3\nexport OS_USERNAME=admin\nexport OS_PASSWORD=${password}\n`,
        file: '/home/ada/.config/openstack/clouds.yaml',
        limits: {
          text: 'This computer reaches the cloud through forwarded ports: calls to identity work. Calls to other services do not.',
          hint: 'For those, open a terminal that is signed in already.',
        },
      };
    }),
    add: os.clients.add.handler(({ input, errors }) => {
      note('clients.add');
      if (state.clientsFail) throw errors.STACKBOX(record(state.clientsFail));
      added(input.cloudId, true);
      return {
        file: '/home/ada/.config/openstack/clouds.yaml',
        backup: '/home/ada/.config/openstack/clouds.yaml.before-stackbox-2026-11-21T17-00-00',
      };
    }),
    remove: os.clients.remove.handler(({ input, errors }) => {
      note('clients.remove');
      if (state.clientsFail) throw errors.STACKBOX(record(state.clientsFail));
      added(input.cloudId, false);
      return { file: '/home/ada/.config/openstack/clouds.yaml' };
    }),
  };
}

/** Services in every state, to look at. */
export function manyServices(now: number): CloudService[] {
  const base = { state: 'running', since: now - 7_200_000, restarts: 0, enabled: true } as const;
  const make = (group: string, name: string, unit: string, part: Partial<CloudService> = {}): CloudService => ({
    ...base,
    memoryBytes: (60 + unit.length * 9) * 1024 * 1024,
    group,
    name,
    unit: `${unit}.service`,
    ...part,
  });
  return [
    make('Keystone', 'Keystone', 'devstack@keystone', {
      hurts: 'Requests to every service fail until it answers again.',
    }),
    make('Nova', 'Nova API', 'devstack@n-api'),
    make('Nova', 'Nova scheduler', 'devstack@n-sch', { state: 'starting', since: now - 3000 }),
    make('Nova', 'Nova conductor (cell1)', 'devstack@n-cond-cell1'),
    make('Nova', 'Nova compute', 'devstack@n-cpu', {
      state: 'failed',
      result: 'exit-code',
      restarts: 4,
      since: now - 600_000,
    }),
    make('Neutron', 'Neutron OVN maintenance', 'devstack@neutron-ovn-maintenance-worker'),
    make('Open vSwitch and OVN', 'OVN central', 'ovn-central', { state: 'done' }),
    make('Beneath it', 'Apache (Horizon, and the way to every API)', 'apache2'),
    make('Beneath it', 'Memcached', 'memcached', { state: 'stopped', enabled: false }),
  ];
}

/** Levels for {@link manyServices}: one file that three go by, one of its own, one that was changed later, and reasons. */
export function manyLevels(): LogLevel[] {
  const nova = ['devstack@n-api.service', 'devstack@n-sch.service'];
  const level = (unit: string, file: string, part: Partial<Extract<LogLevel, { kind: 'level' }>> = {}): LogLevel => ({
    ...{ kind: 'level', unit: `${unit}.service`, file, debug: true, alike: [], stale: false },
    ...part,
  });
  const none = (unit: string, why: string): LogLevel => ({ kind: 'none', unit: `${unit}.service`, why });
  const unknown = (name: string): string =>
    `The recipe knows no configuration file that has a debug switch of ${name}.`;
  return [
    level('devstack@keystone', '/etc/keystone/keystone.conf', { debug: false }),
    level('devstack@n-api', '/etc/nova/nova.conf', { alike: nova.slice(1) }),
    level('devstack@n-sch', '/etc/nova/nova.conf', { alike: nova.slice(0, 1) }),
    level('devstack@n-cond-cell1', '/etc/nova/nova_cell1.conf', { stale: true }),
    level('devstack@n-cpu', '/etc/nova/nova-cpu.conf'),
    none(
      'devstack@neutron-ovn-maintenance-worker',
      '/etc/neutron/neutron.conf has a debug that is neither true nor false.',
    ),
    none('ovn-central', unknown('OVN central')),
    none('apache2', unknown('Apache (Horizon, and the way to every API)')),
    none('memcached', unknown('Memcached')),
  ];
}

/** A request on its way through three services, between other lines. */
export function manyEntries(now: number): JournalEntry[] {
  const id = 'req-5f0c8d3a-6a2e-4b8e-9a55-0d9a3f6d2c11';
  const lines = [
    [
      'Nova API',
      'devstack@n-api',
      `\u001B[00;32mINFO nova.osapi_compute.wsgi.server [\u001B[01;36mNone ${id} demo demo\u001B[00;32m] \u001B[01;35mPOST /v2.1/servers 202\u001B[00m`,
    ],
    [
      'Keystone',
      'devstack@keystone',
      'INFO keystone.server.flask.application [None req-00000000-0000-4000-8000-000000000001 service] GET /v3/auth/tokens',
    ],
    [
      'Nova conductor (cell1)',
      'devstack@n-cond-cell1',
      `DEBUG nova.conductor.manager [None ${id} demo demo] Selected host: cloud`,
    ],
    [
      'Nova compute',
      'devstack@n-cpu',
      `ERROR nova.compute.manager [None ${id} demo demo] Instance failed to spawn\nTraceback (most recent call last):\n  File "manager.py", line 2640, in _build_resources`,
    ],
    [
      'Neutron OVN maintenance',
      'devstack@neutron-ovn-maintenance-worker',
      'WARNING neutron.plugins.ml2 deprecated option',
    ],
  ] as const;
  return Array.from({ length: 200 }, (_, index) => {
    const [service, unit, text] = lines[index % lines.length] ?? lines[0];
    return { time: now - (200 - index) * 1370, service, unit: `${unit}.service`, text };
  });
}
