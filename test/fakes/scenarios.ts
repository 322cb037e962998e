/** Cores in the states that a page must show, by name; the preview server takes the name as its token. */
import type { CommandRecord } from '../../main/contract/models';
import type { TrialCheck } from '../../main/contract/trial';
import { FakeCore } from './fake-api';
import { findRecipe, recipes as realRecipes } from '../../main/recipes';
import { findings, makeCloud, makeRun, problemFinding, readyParts, recipes } from './fake-data';
import { manyEntries, manyLevels, manyServices } from './fake-services';

const LONG = 'neutron-ovn-multinode-with-a-really-long-name-of-sixty-chars';

const commands: CommandRecord[] = [
  [
    'qemu-img',
    'create',
    '-f',
    'qcow2',
    '-F',
    'qcow2',
    '-b',
    '/var/lib/stackbox/images/ubuntu-24.04.qcow2',
    'devstack-1.qcow2',
    '40G',
  ],
  ['virsh', '-c', 'qemu:///system', 'define', '/run/stackbox/devstack-1.xml'],
  ['virsh', '-c', 'qemu:///system', 'start', 'stackbox-devstack-1'],
  ['cloud-init', 'status', '--wait', '--long'],
  ['systemd-run', '--unit', 'stackbox-stack', '/opt/stackbox/stack.sh'],
  // oxlint-disable-next-line oxc/no-map-spread -- clear beats fast in a fake
].map((argv, index) => ({
  seq: index + 1,
  stepId: 'define',
  where: index < 3 ? ('host' as const) : ('guest' as const),
  argv,
  startedAt: Date.now() - 600_000 + index * 9000,
  output: index === 1 ? 'Domain stackbox-devstack-1 defined from /run/stackbox/devstack-1.xml\n' : '',
  ...(index < 4 && { durationMs: 40 + index * 1700, exitCode: index === 3 ? 2 : 0 }),
}));

function install(lines: number): string {
  const out: string[] = [];
  for (let line = 1; line <= lines; line += 1) {
    const words =
      line % 97 === 0
        ? 'WARNING: Running pip as root can break packages'
        : line % 211 === 0
          ? 'ERROR: Failed to fetch python3.12-dev, trying the next mirror'
          : `Unpacking \u001B[32mlibpython3.12-dev:amd64\u001B[0m (3.12.3-1ubuntu0.${line % 9}) over (3.12.3-1) ...`;
    out.push(`2026-11-21 05:1${line % 10}:07.${String(line % 1000).padStart(3, '0')} | ${words}`);
  }
  return `${out.join('\r\n')}\r\n`;
}

const logs = { install: install(2400), console: 'Booting from Hard Disk...\r\n[    0.000000] Linux version 6.8.0\r\n' };

export const scenarios: Record<string, () => FakeCore> = {
  first: () => new FakeCore(),
  /** DevStack with the options and the file of the real recipe. */
  options: () =>
    new FakeCore({
      realRecipes,
      recipes: recipes.map((recipe) => ({ ...recipe, options: [...(findRecipe(recipe.id)?.fields ?? [])] })),
    }),
  problem: () => new FakeCore({ findings: [problemFinding, ...findings.slice(1)] }),
  many: () => {
    const now = Date.now();
    return new FakeCore({
      commands,
      logs,
      services: { kind: 'units', services: manyServices(now) },
      levels: manyLevels(),
      journal: manyEntries(now),
      snapshots: [
        { id: 's1', name: 'before the upgrade', takenAt: now - 86_400_000, withMemory: true, current: false },
        { id: 's2', name: 'with Heat', takenAt: now - 600_000, withMemory: false, current: true },
      ],
      notices: [
        { id: 'n1', message: 'A settings file could not be read and was set aside.', hint: 'clouds.json.broken-1' },
      ],
      clouds: [
        makeCloud(
          'ready',
          'devstack-1',
          { ...readyParts, run: { ...makeRun('ready', 14, 'done', now), state: 'done' } },
          now,
        ),
        makeCloud(
          'installing',
          LONG,
          {
            state: 'installing',
            status: 'Installing: Install with stack.sh, about 9 min left',
            run: makeRun('installing', 11, 'running', now),
          },
          now + 1,
        ),
        makeCloud(
          'failed',
          'keystone-dev',
          { state: 'attention', status: 'Failed: Install with stack.sh', run: makeRun('failed', 11, 'failed', now) },
          now + 2,
        ),
        makeCloud(
          'cancelled',
          'nova-review',
          { state: 'attention', status: 'Cancelled', run: makeRun('cancelled', 7, 'cancelled', now) },
          now + 3,
        ),
        makeCloud(
          'stopped',
          'teaching-lab',
          { ...readyParts, state: 'stopped', status: 'Stopped', run: makeRun('stopped', 14, 'done', now) },
          now + 4,
        ),
        makeCloud('gone', 'old-test', { state: 'gone', status: 'The hypervisor no longer has its machine' }, now + 5),
      ],
    });
  },
  /** Clouds that were tried: all well, and with a failure; long words everywhere. */
  tried: () => {
    const now = Date.now();
    const check = (id: string, title: string, state: TrialCheck['state'], note: string, ms = 4200): TrialCheck => ({
      ...{ id, title, state, note },
      ms: state === 'skipped' ? 0 : ms,
    });
    const checks = [
      check('token', 'Sign in', 'passed', 'Keystone gave a token for demo.'),
      check('image', 'Find an image', 'passed', 'cirros-0.6.3-x86_64-disk, 20.7 MiB.'),
      check('server', 'Boot a server', 'passed', 'It was active after 48 s.', 48_300),
      check('ping', 'Reach it by its floating IP', 'passed', '172.24.4.81 answered a ping.', 12_000),
      check('volume', 'Make a volume', 'skipped', 'This cloud has no Cinder.'),
    ];
    const tried = { runId: 'r1', startedAt: now - 260_000, endedAt: now - 120_000 };
    const broken = checks.map((one) =>
      one.id === 'ping'
        ? check(
            'ping',
            one.title,
            'failed',
            `No answer from 172.24.4.81 within 3 minutes: ${'the rule is there, '.repeat(9)}no route.`,
            180_000,
          )
        : one,
    );
    return new FakeCore({
      clouds: [
        makeCloud('well', 'devstack-1', { ...readyParts, tried: { ...tried, state: 'passed', checks } }, now),
        makeCloud(
          'broken',
          LONG,
          {
            ...readyParts,
            tried: { ...tried, state: 'failed', checks: broken },
            client: { added: true },
            credentials: [
              {
                id: 'admin',
                title: 'OpenStack administrator (demo has the same password)',
                username: 'admin',
                hasPassword: true,
              },
            ],
          },
          now + 1,
        ),
      ],
      snapshots: [
        { id: 's1', name: `before ${LONG}`, takenAt: now - 86_400_000, withMemory: true, current: false },
        { id: 's2', name: 'with Heat', takenAt: now - 600_000, withMemory: false, current: true },
      ],
    });
  },
  million: () =>
    new FakeCore({
      logs: { install: install(1_000_000) },
      clouds: [makeCloud('ready', 'devstack-1', readyParts, Date.now())],
    }),
};
