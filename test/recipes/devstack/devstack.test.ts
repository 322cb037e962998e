import { describe, expect, it } from 'vitest';
import type { Image, PlanProblem } from '../../../main/contract/models';
import { StackboxError } from '../../../main/contract/errors';
import { draftPlan } from '../../../main/core/plans/draft';
import type { Guest, GuestResult } from '../../../main/guest/guest';
import { fileProblems } from '../../../main/recipes/config-file';
import { devstack } from '../../../main/recipes/devstack';
import { releases } from '../../../main/recipes/devstack/releases';
import { endpointsOf } from '../../../main/recipes/endpoints';
import type { RecipeContext, RecipeWish } from '../../../main/recipes/types';
import { host } from '../../fakes/fake-data';

const IMAGES = {
  jammy: { id: 'ubuntu-22.04', title: 'Ubuntu 22.04', os: 'ubuntu', release: '22.04' },
  noble: { id: 'ubuntu-24.04', title: 'Ubuntu 24.04', os: 'ubuntu', release: '24.04' },
  resolute: { id: 'ubuntu-26.04', title: 'Ubuntu 26.04', os: 'ubuntu', release: '26.04' },
  bookworm: { id: 'debian-12', title: 'Debian 12', os: 'debian', release: '12' },
  trixie: { id: 'debian-13', title: 'Debian 13', os: 'debian', release: '13' },
  own: { id: 'own-1', title: 'Lab image', os: 'other', release: '' },
} as const;

function check(options: Record<string, unknown>, part: Partial<RecipeWish> = {}): readonly PlanProblem[] {
  const size = { cpus: 4, memoryMiB: 16_384, diskGiB: 60 };
  const wish = { options: devstack.options.parse(options), image: IMAGES.noble, size, ...part };
  return [...(devstack.check?.(wish) ?? []), ...fileProblems(devstack, wish)];
}

describe('a plan for DevStack', () => {
  it('is fine with every default', () => {
    expect(check({})).toEqual([]);
    expect(devstack.data.presets[1]?.size.memoryMiB).toBeGreaterThanOrEqual(8192);
  });

  it.each([
    ['stable/2025.1', ['jammy', 'noble', 'bookworm']],
    ['stable/2025.2', ['jammy', 'noble', 'bookworm']],
    ['stable/2026.1', ['noble', 'bookworm', 'trixie']],
    ['master', ['noble', 'resolute', 'bookworm', 'trixie']],
  ])('is refused when %s does not support the image, with what would go', (branch, supported) => {
    const images = Object.entries(IMAGES).map(([name, image]) => ({
      name,
      image,
      problems: check({ branch }, { image }),
    }));
    expect(images.filter(({ problems }) => problems.length === 0).map(({ name }) => name)).toEqual(supported);
    for (const { image, problems } of images.filter(({ name }) => !supported.includes(name))) {
      expect(problems).toMatchObject([{ field: 'recipe.options.branch', severity: 'problem' }]);
      expect(problems[0]?.message).toContain(image.title);
    }
  });

  it('says which branch would do', () => {
    expect(check({ branch: 'stable/2025.1' }, { image: IMAGES.resolute })[0]?.hint).toContain('Choose master,');
    expect(check({}, { image: IMAGES.own })[0]?.hint).toBe('Choose another image.');
  });

  it('knows a branch for each of its images', () => {
    for (const id of devstack.data.images) {
      const image = Object.values(IMAGES).find((one) => one.id === id);
      const fitting = releases.branches.filter(({ name }) => image && check({ branch: name }, { image }).length === 0);
      expect(fitting.length, id).toBeGreaterThan(0);
    }
  });

  it('starts with an image that its default branch supports, though another is here already', async () => {
    const cached = (image: (typeof IMAGES)['noble' | 'resolute' | 'bookworm'], state: Image['state']): Image => ({
      ...image,
      state,
      user: 'x',
      imported: false,
      usedBy: [],
    });
    const images = [
      cached(IMAGES.noble, 'absent'),
      cached(IMAGES.resolute, 'cached'),
      cached(IMAGES.bookworm, 'cached'),
    ];
    const parts = {
      recipes: [devstack],
      images: { list: () => Promise.resolve(images) },
      doctor: { host: () => Promise.resolve(host), findings: () => Promise.resolve([]) },
    } as unknown as Parameters<typeof draftPlan>[1];
    expect((await draftPlan('devstack', parts, [])).plan.image).toBe('debian-12');
    images.pop();
    expect((await draftPlan('devstack', parts, [])).plan.image).toBe('ubuntu-24.04');
  });

  it('warns when the memory is tight, without forbidding it', () => {
    const size = { cpus: 2, memoryMiB: 6144, diskGiB: 40 };
    expect(check({ preset: 'standard' }, { size })).toMatchObject([{ field: 'size.memoryMiB', severity: 'warning' }]);
    expect(check({ preset: 'identity' }, { size })).toEqual([]);
  });

  it.each([
    ['SERVICE_TIMEOUT = 300', /^Line \d+ of local\.conf: SERVICE_TIMEOUT: no spaces/, 'problem'],
    ['A=1\nADMIN_PASSWORD=mine1234', /^Line \d+ .*: ADMIN_PASSWORD is set by Stackbox itself\.$/, 'problem'],
    ['LOGFILE=/tmp/x', /^Line \d+ .*: LOGFILE is set by Stackbox itself\.$/, 'problem'],
    ['[[post-config|$NOVA_CONF]]\ndebug=1', /^Line \d+ .*: Lines of/, 'problem'],
    ['enable_service n-cpuu', /^Line \d+ .*: DevStack knows no service "n-cpuu"/, 'warning'],
    ['[[ -z "$A" || -z "$B" ]] && A=1', /^Line \d+ .*takes a line that begins with \[\[/, 'problem'],
  ])('has local.conf looked through, with its own lines: %j', (localConf, message, severity) => {
    const problems = check({ localConf });
    expect(problems).toMatchObject([{ field: 'recipe.options.localConf', severity }]);
    expect(problems[0]?.message).toMatch(message);
  });

  it('is refused while an edit of local.conf no longer fits what the form says', () => {
    const remove = ['SERVICE_TIMEOUT={{SERVICE_TIMEOUT}}'];
    const localConf = [{ line: 1, before: [], remove, add: ['SERVICE_TIMEOUT=300'], after: [] }];
    expect(check({ localConf })).toEqual([]);
    expect(check({ localConf, serviceTimeout: 600 })).toMatchObject([
      {
        field: 'recipe.options.localConf',
        severity: 'problem',
        message:
          'local.conf: "SERVICE_TIMEOUT={{SERVICE_TIMEOUT}}" was changed by hand, but the plan now leads to "SERVICE_TIMEOUT=600".',
      },
    ]);
  });

  it('says of a branch that it does not know that nobody knows, without forbidding it', () => {
    expect(check({ branch: 'stable/2031.2' })).toMatchObject([{ field: 'recipe.options.branch', severity: 'warning' }]);
    expect(check({ branch: 'unmaintained/2025.1' })).toEqual([]);
    expect(check({ branch: 'unmaintained/2025.1' }, { image: IMAGES.resolute })).toMatchObject([
      { severity: 'problem' },
    ]);
  });

  it.each(['-upload-pack=x', 'a..b', 'a b', '$(reboot)', 'a/', 'x.lock', 'a//b', ''])(
    'refuses the branch %j',
    (branch) => {
      expect(devstack.options.safeParse({ branch }).success).toBe(false);
    },
  );

  it.each([
    [{ plugins: ['octavia'], preset: 'identity' }, /Octavia needs more than "Identity only": compute, network/],
    [{ otherPlugins: 'foo' }, /^Line 1: Write name, address and branch/],
    [{ otherPlugins: 'foo https://x/y;reboot' }, /^Line 1: Write/],
    [{ otherPlugins: 'foo ext::sh%20-c%20reboot' }, /^Line 1: Write/],
    [{ otherPlugins: 'foo https://x/y -b' }, /^Line 1: Write/],
    [{ otherPlugins: 'foo $(reboot)' }, /^Line 1: Write/],
    [{ preset: 'heat', otherPlugins: '\nheat https://x/heat' }, /^Line 2: heat is there already/],
    [{ otherPlugins: 'a https://x/a\na https://x/a' }, /^Line 2: a is there already/],
  ])('has its plugins looked through: %j', (options, message) => {
    const first = check(options).find(({ severity }) => severity === 'problem');
    expect(first?.message).toMatch(message);
  });

  it.each([
    [{ preset: 'standard' }, 8],
    [{ preset: 'heat' }, 10],
    [{ preset: 'heat', plugins: ['heat', 'magnum'] }, 10],
    [{ plugins: ['magnum'] }, 10],
    [{ plugins: ['octavia'] }, 12],
    [{ plugins: ['octavia', 'magnum', 'barbican'] }, 14],
  ])('is told how much memory it wants with its plugins: %j', (options, gibibytes) => {
    const memory = (memoryMiB: number): (string | undefined)[] =>
      check(options, { size: { cpus: 4, memoryMiB, diskGiB: 60 } }).map(({ field }) => field);
    expect(memory(gibibytes * 1024)).toEqual([]);
    expect(memory(gibibytes * 1024 - 1)).toEqual(['size.memoryMiB']);
    const [warning] = check(options, { size: { cpus: 4, memoryMiB: 4096, diskGiB: 60 } });
    expect(warning).toMatchObject({ severity: 'warning' });
    expect(warning?.message).toContain(` wants ${gibibytes} GiB of memory`);
  });

  it.each<[what: string, localConf: unknown]>([
    ['NUL', 'A=1\0'],
    ['a line of a megabyte', `A=${'x'.repeat(1_000_000)}`],
    ['too many lines', 'A=1\n'.repeat(3000)],
    ['an escape', [{ add: ['\u001b[2J'] }]],
    ['a line break in a line', [{ add: ['A=1\nB=2'] }]],
    ['a line separator', [{ add: ['A=1\u2028B=2'] }]],
    ['more than there is room for', [{ add: Array.from({ length: 100 }, () => 'x'.repeat(4000)) }]],
    ['a number', 5],
    ['an edit that is none', [{ text: 'A=1' }]],
    ['thousands of edits', Array.from({ length: 1000 }, () => ({ add: ['A=1'] }))],
  ])('is refused when its edits of local.conf hold %s', (_, localConf) => {
    expect(devstack.options.safeParse({ localConf }).success).toBe(false);
  });

  it('takes lines from Windows, and from an editor that marks its files', () => {
    const { localConf } = devstack.options.parse({ localConf: '\uFEFFA=1\r\nB=\t2\r\n' });
    expect(localConf).toMatchObject([{ add: ['A=1', 'B=\t2'] }]);
  });

  it.each([
    'ftp://x',
    'https://x y',
    'https://opendev.org/',
    'https://x;reboot',
    'opendev.org',
    'https://x\nA=1',
    '$(x)',
  ])('refuses the git server %j', (gitBase) => {
    expect(devstack.options.safeParse({ gitBase }).success).toBe(false);
  });

  it.each(['https://github.com', 'http://10.1.1.1:8080/git', 'git://mirror', 'https://me@host/a-b/c'])(
    'takes the git server %s',
    (gitBase) => {
      expect(devstack.options.safeParse({ gitBase }).success).toBe(true);
    },
  );

  it('leads to Horizon only where there is one', () => {
    const ids = (preset: string): string[] => endpointsOf(devstack, { preset }).map(({ id }) => id);
    for (const { id, groups } of releases.presets) {
      expect(ids(id)).toEqual(groups.includes('dashboard') ? ['dashboard', 'keystone'] : ['keystone']);
    }
  });
});

const PASSWORDS = {
  admin: 'Secret0123456789abcd',
  database: 'Secret1123456789abcd',
  rabbit: 'Secret2123456789abcd',
  service: 'Secret3123456789abcd',
};

/** A guest in which every program gives the next answer: JSON, plain text, or an error on standard error. */
function workbench(
  answers: readonly unknown[],
  options: Record<string, unknown> = {},
): { context: RecipeContext; commands: string[][] } {
  const commands: string[][] = [];
  const guest: Pick<Guest, 'exec'> = {
    exec(argv): Promise<GuestResult> {
      const answer = answers[commands.length];
      commands.push([...argv]);
      if (answer instanceof Error) return Promise.resolve({ exitCode: 1, stdout: '', stderr: `${answer.message}\n` });
      return Promise.resolve({
        exitCode: 0,
        stdout: typeof answer === 'string' ? answer : JSON.stringify(answer),
        stderr: '',
      });
    },
  };
  const context: RecipeContext = {
    guest: guest as Guest,
    attachment: { mac: '52:54:00:00:00:01', address: '192.168.130.10', reach: 'direct', subnet: '192.168.130.0/24' },
    hostname: 'cloud-1',
    options: devstack.options.parse(options),
    passwords: PASSWORDS,
    size: { cpus: 4, memoryMiB: 10_240, diskGiB: 60 },
    signal: new AbortController().signal,
  };
  return { context, commands };
}

describe('the steps of DevStack', () => {
  it('get no more than they need', async () => {
    for (const { id } of devstack.data.steps) {
      const { context } = workbench(['kvm\nvirt=kvm\nbranch=stable/2026.1\n']);
      const values = await devstack.env(context, id);
      const secret = JSON.stringify(values).includes('Secret');
      expect(secret, id).toBe(['local-conf', 'openrc', 'openrc-demo'].includes(id));
    }
    expect(await devstack.env(workbench([]).context, 'clone')).toEqual({
      GIT_BASE: 'https://opendev.org',
      BRANCH: 'stable/2026.1',
    });
    expect(await devstack.env(workbench([]).context, 'openrc')).toMatchObject({
      AUTH_URL: 'http://192.168.130.10/identity/v3',
      ADMIN_PASSWORD: PASSWORDS.admin,
    });
  });

  it('write what the machine says of itself into local.conf', async () => {
    const fast = await devstack.env(workbench(['kvm\nvirt=kvm\nbranch=stable/2026.1\n']).context, 'local-conf');
    expect(fast['LOCAL_CONF']).toMatch(/^LIBVIRT_TYPE=kvm\nSERVICE_TIMEOUT=120$/m);
    expect(fast['LOCAL_CONF']).toMatch(/^ENABLE_ZSWAP=False$/m);
    const swaps = await devstack.env(workbench(['virt=kvm\nzswap\nbranch=master\n']).context, 'local-conf');
    expect(swaps['LOCAL_CONF']).toMatch(/^ENABLE_ZSWAP=True$/m);
    const slow = workbench(['virt=qemu\nbranch=unmaintained/2025.1\n'], { preset: 'heat', branch: 'stable/2025.1' });
    const { LOCAL_CONF: text } = await devstack.env(slow.context, 'local-conf');
    expect(text).toMatch(/^LIBVIRT_TYPE=qemu\nSERVICE_TIMEOUT=900$/m);
    expect(text).toMatch(/^enable_plugin heat \S+ unmaintained\/2025\.1$/m);
    await expect(devstack.env(workbench(['virt=kvm\nbranch=\n']).context, 'local-conf')).rejects.toThrow(
      'which branch of DevStack',
    );
    const withoutPasswords = { ...workbench([]).context, passwords: {} };
    await expect(devstack.env(withoutPasswords, 'openrc')).rejects.toThrow(StackboxError);
  });
});

const CATALOGUE = [
  'identity',
  'image',
  'compute',
  'placement',
  'network',
  'block-storage',
  'object-store',
  'orchestration',
];
const FORM = '<form><input type="hidden" name="csrfmiddlewaretoken"><input type="text" name="username" id="x"></form>';

describe('the proof of a DevStack', () => {
  const proofOf = (id: string): (typeof devstack.proof)[number] => {
    const check = devstack.proof.find((one) => one.id === id);
    if (!check) throw new Error(`no proof ${id}`);
    return check;
  };
  const asked = (options: Record<string, unknown>): string[] =>
    devstack.proof.filter((check) => check.when?.(options) ?? true).map(({ id }) => id);

  it('asks for what the plan leads to', () => {
    expect(asked({ preset: 'identity' })).toEqual(['token', 'catalogue']);
    expect(asked({ preset: 'compute' })).toEqual(['token', 'catalogue', 'compute']);
    expect(asked({ preset: 'standard' })).toEqual(['token', 'catalogue', 'compute', 'dashboard']);
  });

  it('passes when all answer, without a password in any command', async () => {
    const { context, commands } = workbench([
      { expires: 'x' },
      CATALOGUE.map((Type) => ({ Type, Name: 'x' })),
      [
        { Binary: 'nova-scheduler', State: 'down' },
        { Binary: 'nova-compute', State: 'up' },
      ],
      FORM,
    ]);
    for (const check of devstack.proof) await check.run(context);
    expect(commands).toHaveLength(4);
    expect(commands.flat().join(' ')).not.toContain('Secret');
    expect(commands[3]).toContain('http://192.168.130.10/dashboard/auth/login/');
  });

  it.each(releases.presets.map(({ id }) => id))('misses each type that %s has to have', async (preset) => {
    const full = CATALOGUE.map((Type) => ({ Type }));
    await proofOf('catalogue').run(workbench([full], { preset }).context);
    const without = full.filter(({ Type }) => Type !== 'identity');
    await expect(proofOf('catalogue').run(workbench([without], { preset }).context)).rejects.toThrow('"identity"');
  });

  it('misses what a chosen plugin has to bring, also one that another plugin brings along', async () => {
    const options = { preset: 'standard', plugins: ['magnum', 'manila'] };
    const types = ['container-infra', 'orchestration', 'sharev2'];
    const full = [...CATALOGUE, ...types].map((Type) => ({ Type }));
    await proofOf('catalogue').run(workbench([full], options).context);
    for (const type of types) {
      const without = full.filter(({ Type }) => Type !== type);
      await expect(proofOf('catalogue').run(workbench([without], options).context)).rejects.toThrow(`"${type}"`);
    }
  });

  it.each([
    ['catalogue', 'heat', CATALOGUE.slice(0, -1).map((Type) => ({ Type })), '"orchestration"'],
    ['catalogue', 'object-store', CATALOGUE.slice(0, 6).map((Type) => ({ Type })), '"object-store"'],
    ['token', 'standard', new Error('The request you have made requires authentication. (HTTP 401)'), 'HTTP 401'],
    ['compute', 'standard', [], 'There is no nova-compute.'],
    ['compute', 'standard', [{ Binary: 'nova-compute', State: 'down' }], 'nova-compute is down.'],
    ['dashboard', 'standard', '<h1>Something went wrong!</h1>', 'without its login form'],
    ['dashboard', 'standard', new Error('curl: (22) The requested URL returned error: 500'), 'error: 500'],
  ])('%s of %s fails on %j', async (id, preset, answer, message) => {
    await expect(proofOf(id).run(workbench([answer], { preset }).context)).rejects.toThrow(message);
  });
});
