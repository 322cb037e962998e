import { describe, expect, it } from 'vitest';
import { fileAsEdited, fileProblems } from '../../../main/recipes/config-file';
import { rdo } from '../../../main/recipes/rdo';
import { lintAnswers } from '../../../main/recipes/rdo/answers';
import type { RecipeContext } from '../../../main/recipes/types';

const PASSWORDS = { admin: 'Admin123', demo: 'Demo123', database: 'Data123', service: 'Serv123' };

interface Wanted {
  readonly options?: Readonly<Record<string, unknown>>;
  readonly diskGiB?: number;
  readonly passwords?: Readonly<Record<string, string>>;
}

function context({ options = {}, diskGiB = 60, passwords = PASSWORDS }: Wanted): RecipeContext {
  return {
    attachment: { address: '192.168.130.10' },
    options: rdo.options.parse(options),
    passwords,
    size: { cpus: 4, memoryMiB: 16_384, diskGiB },
  } as unknown as RecipeContext;
}

/** The file as the machine gets it. */
async function answers(wanted: Wanted = {}): Promise<Record<string, string>> {
  const { ANSWERS = '' } = await rdo.env(context(wanted), 'answers');
  const [header, ...lines] = ANSWERS.trimEnd().split('\n');
  expect(header).toBe('[general]');
  const pairs = lines.map((line): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)];
  });
  expect(new Set(pairs.map(([key]) => key)).size, 'no key is there twice').toBe(pairs.length);
  return Object.fromEntries(pairs);
}

/** The file as its editor shows it. */
function generated(options: Readonly<Record<string, unknown>> = {}): string {
  return fileAsEdited(rdo, 'answers', context({ options })).generated;
}

describe('the answer file', () => {
  it('puts everything into the one machine, with passwords of its own', async () => {
    expect(await answers()).toMatchObject({
      CONFIG_CONTROLLER_HOST: '192.168.130.10',
      CONFIG_COMPUTE_HOSTS: '192.168.130.10',
      CONFIG_NETWORK_HOSTS: '192.168.130.10',
      CONFIG_DEFAULT_PASSWORD: 'Serv123',
      CONFIG_KEYSTONE_ADMIN_PW: 'Admin123',
      CONFIG_KEYSTONE_DEMO_PW: 'Demo123',
      CONFIG_MARIADB_PW: 'Data123',
      CONFIG_HORIZON_INSTALL: 'y',
      CONFIG_CINDER_INSTALL: 'y',
      CONFIG_CINDER_VOLUMES_SIZE: '20G',
      CONFIG_SWIFT_INSTALL: 'n',
      CONFIG_PROVISION_DEMO: 'y',
    });
  });

  it('has only keys that packstack knows, and shows no password', () => {
    for (const preset of ['compute', 'standard', 'full']) {
      const text = generated({ preset });
      expect(lintAnswers(text, text)).toEqual([]);
      expect(text).toContain('CONFIG_KEYSTONE_ADMIN_PW={{ADMIN_PASSWORD}}\n');
    }
  });

  it('follows the preset, and promises no more disk than there is', async () => {
    const compute = await answers({ options: { preset: 'compute' } });
    expect(compute).toMatchObject({ CONFIG_HORIZON_INSTALL: 'n', CONFIG_CINDER_INSTALL: 'n' });
    expect(compute).not.toHaveProperty('CONFIG_CINDER_VOLUMES_SIZE');
    const full = await answers({ options: { preset: 'full' } });
    expect(full).toMatchObject({ CONFIG_SWIFT_INSTALL: 'y', CONFIG_HEAT_INSTALL: 'y' });
    expect(await answers({ diskGiB: 30 })).toMatchObject({ CONFIG_CINDER_VOLUMES_SIZE: '10G' });
    expect(await answers({ options: { demo: false } })).toMatchObject({ CONFIG_PROVISION_DEMO: 'n' });
  });

  it("lets a person's own lines win, each in the place of ours: a key that is there twice is an error of packstack's", async () => {
    const own = '# mine\n[general]\nCONFIG_SWIFT_INSTALL = y\nCONFIG_CINDER_VOLUMES_SIZE=5G\r\n\nCONFIG_SWIFT_HASH=a=b';
    expect(await answers({ options: { answers: own } })).toMatchObject({
      CONFIG_SWIFT_INSTALL: 'y',
      CONFIG_CINDER_VOLUMES_SIZE: '5G',
      CONFIG_SWIFT_HASH: 'a=b',
    });
  });

  it('is not written without its passwords', () => {
    const without = (passwords: object) => rdo.env(context({ passwords: { ...PASSWORDS, ...passwords } }), 'answers');
    expect(() => without({ admin: '' })).toThrow('admin password');
    expect(() => without({ demo: 'a\nCONFIG_X=1' })).toThrow('demo');
  });

  it.each([
    ['CONFIG_SWIFT_INSTALL=yes', 1, 'problem', 'CONFIG_SWIFT_INSTALL is y or n.'],
    ['\nCONFIG_SWFIT_INSTALL=y', 2, 'warning', 'packstack knows no CONFIG_SWFIT_INSTALL'],
    ['export A=1', 1, 'problem', 'CONFIG_NAME=value'],
    ['[other]', 1, 'problem', 'CONFIG_NAME=value'],
    ['CONFIG_SWIFT_HASH=a\nCONFIG_SWIFT_HASH=b', 2, 'warning', 'set in line 1 already'],
    ['CONFIG_SWIFT_KS_PW=mine1234', 1, 'warning', 'will stand in the plan'],
    ['CONFIG_KEYSTONE_ADMIN_PW=mine', 1, 'problem', 'set by Stackbox itself'],
    ['  CONFIG_CONTROLLER_HOST = 10.0.0.1', 1, 'problem', 'set by Stackbox itself'],
  ])('has the own lines %j looked through', (text, line, severity, message) => {
    const [first] = lintAnswers(text, '');
    expect(first).toMatchObject({ line, severity, message: expect.stringContaining(message) });
  });

  it('finds nothing wrong with good lines', () => {
    expect(lintAnswers('', '')).toEqual([]);
    expect(lintAnswers('# c\n\n[general]\nCONFIG_HEAT_INSTALL=y\nEXCLUDE_SERVERS=\n', '')).toEqual([]);
  });

  it.each([
    [['CONFIG_SWIFT_INSTALL=n', 'CONFIG_SWIFT_INSTALL=yes'], 'CONFIG_SWIFT_INSTALL=y'],
    [['CONFIG_SWIFT_INSTALL=', 'CONFIG_SWFIT_INSTALL='], 'CONFIG_SWIFT_INSTALL=n'],
    [['{{ADMIN_PASSWORD}}', 'mine1234'], 'CONFIG_KEYSTONE_ADMIN_PW={{ADMIN_PASSWORD}}'],
  ])('offers to mend %j', ([from = '', to = ''], line) => {
    const good = generated();
    const finding = lintAnswers(good.replace(from, to), good).find(({ fix }) => fix);
    expect(finding?.fix?.changes).toEqual([{ line: finding?.line, remove: 1, add: [line] }]);
  });

  it('says which of the lines that it needs is gone', () => {
    const good = generated();
    const findings = lintAnswers(good.replace('CONFIG_CONTROLLER_HOST={{ADDRESS}}\n', ''), good);
    expect(findings).toMatchObject([
      { severity: 'problem', message: expect.stringContaining('CONFIG_CONTROLLER_HOST') },
    ]);
  });
});

describe('a plan for RDO', () => {
  const size = { cpus: 4, memoryMiB: 16_384, diskGiB: 60 };
  const stream = (release: string) => ({ id: 'c', title: `CentOS Stream ${release}`, os: 'centos', release }) as const;

  it('is fine on CentOS Stream 9, and is told why not on 10', () => {
    const options = rdo.options.parse({});
    expect(rdo.check?.({ options, size, image: stream('9-stream') })).toEqual([]);
    expect(rdo.check?.({ options, size, image: stream('10-stream') })).toMatchObject([
      { field: 'image', severity: 'problem', message: expect.stringContaining('never released packages') },
    ]);
    expect(rdo.data.images).toEqual(['centos-stream-9']);
  });

  it('is warned when memory is tight, and of its own lines', () => {
    const options = rdo.options.parse({ answers: '\nX' });
    const wish = { options, size: { ...size, memoryMiB: 8192 }, image: stream('9-stream') };
    expect(rdo.check?.(wish)).toMatchObject([{ field: 'size.memoryMiB', severity: 'warning' }]);
    expect(fileProblems(rdo, wish)).toMatchObject([
      { field: 'recipe.options.answers', message: expect.stringMatching(/answers\.txt: Write/), severity: 'problem' },
    ]);
  });

  it('hands passwords to the two steps that need them, and to nobody else', async () => {
    for (const { id } of rdo.data.steps) {
      const env = JSON.stringify(await rdo.env(context({}), id));
      expect(env.includes('Admin123'), id).toBe(id === 'answers' || id === 'openrc');
    }
    expect(() => rdo.env(context({ passwords: {} }), 'openrc')).toThrow('no password');
  });
});
