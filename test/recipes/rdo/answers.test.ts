import { describe, expect, it } from 'vitest';
import { rdo } from '../../../main/recipes/rdo';
import { answerFile, lintAnswers, type AnswersInput } from '../../../main/recipes/rdo/answers';
import type { RecipeContext } from '../../../main/recipes/types';

const PASSWORDS = { admin: 'Admin123', demo: 'Demo123', database: 'Data123', service: 'Serv123' };
const INPUT: AnswersInput = {
  preset: 'standard',
  demo: true,
  ownLines: '',
  address: '192.168.130.10',
  diskGiB: 60,
  passwords: PASSWORDS,
};

function answers(part: Partial<AnswersInput> = {}): Record<string, string> {
  const [header, ...lines] = answerFile({ ...INPUT, ...part })
    .trimEnd()
    .split('\n');
  expect(header).toBe('[general]');
  const pairs = lines.map((line): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)];
  });
  expect(new Set(pairs.map(([key]) => key)).size, 'no key is there twice').toBe(pairs.length);
  return Object.fromEntries(pairs);
}

describe('the answer file', () => {
  it('puts everything into the one machine, with passwords of its own', () => {
    expect(answers()).toMatchObject({
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

  it('has only keys that packstack knows', () => {
    for (const preset of ['compute', 'standard', 'full'] as const) {
      const text = answerFile({ ...INPUT, preset });
      expect(lintAnswers(text).filter(({ severity }) => severity === 'warning')).toEqual([]);
    }
  });

  it('follows the preset, and promises no more disk than there is', () => {
    expect(answers({ preset: 'compute' })).toMatchObject({ CONFIG_HORIZON_INSTALL: 'n', CONFIG_CINDER_INSTALL: 'n' });
    expect(answers({ preset: 'compute' })).not.toHaveProperty('CONFIG_CINDER_VOLUMES_SIZE');
    expect(answers({ preset: 'full' })).toMatchObject({ CONFIG_SWIFT_INSTALL: 'y', CONFIG_HEAT_INSTALL: 'y' });
    expect(answers({ diskGiB: 30 })).toMatchObject({ CONFIG_CINDER_VOLUMES_SIZE: '10G' });
    expect(answers({ demo: false })).toMatchObject({ CONFIG_PROVISION_DEMO: 'n' });
  });

  it("lets a person's own lines win, each in the place of ours: a key that is there twice is an error of packstack's", () => {
    const ownLines =
      '# mine\n[general]\nCONFIG_SWIFT_INSTALL = y\nCONFIG_CINDER_VOLUMES_SIZE=5G\r\n\nCONFIG_SWIFT_HASH=a=b';
    expect(answers({ ownLines })).toMatchObject({
      CONFIG_SWIFT_INSTALL: 'y',
      CONFIG_CINDER_VOLUMES_SIZE: '5G',
      CONFIG_SWIFT_HASH: 'a=b',
    });
  });

  it('is not written without its passwords', () => {
    expect(() => answerFile({ ...INPUT, passwords: { ...PASSWORDS, admin: '' } })).toThrow('admin password');
    expect(() => answerFile({ ...INPUT, passwords: { ...PASSWORDS, demo: 'a\nCONFIG_X=1' } })).toThrow('demo');
  });

  it.each([
    ['CONFIG_SWIFT_INSTALL=yes', 1, 'problem', 'CONFIG_SWIFT_INSTALL is y or n.'],
    ['\nCONFIG_SWFIT_INSTALL=y', 2, 'warning', 'packstack knows no CONFIG_SWFIT_INSTALL'],
    ['export A=1', 1, 'problem', 'CONFIG_NAME=value'],
    ['[other]', 1, 'problem', 'CONFIG_NAME=value'],
    ['CONFIG_SWIFT_HASH=a\nCONFIG_SWIFT_HASH=b', 2, 'warning', 'set in line 1 already'],
    ['CONFIG_KEYSTONE_ADMIN_PW=mine', 1, 'problem', 'set by Stackbox itself'],
    ['  CONFIG_CONTROLLER_HOST = 10.0.0.1', 1, 'problem', 'set by Stackbox itself'],
  ])('has the own lines %j looked through', (text, line, severity, message) => {
    expect(lintAnswers(text)).toContainEqual({ line, severity, message: expect.stringContaining(message) });
  });

  it('finds nothing wrong with good lines', () => {
    expect(lintAnswers('')).toEqual([]);
    expect(lintAnswers('# c\n\n[general]\nCONFIG_HEAT_INSTALL=y\nEXCLUDE_SERVERS=\n')).toEqual([]);
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
    const problems = rdo.check?.({ options, size: { ...size, memoryMiB: 8192 }, image: stream('9-stream') });
    expect(problems).toMatchObject([
      { field: 'recipe.options.answers', message: expect.stringMatching(/^Line 2: /), severity: 'problem' },
      { field: 'size.memoryMiB', severity: 'warning' },
    ]);
  });

  it('hands passwords to the two steps that need them, and to nobody else', async () => {
    const context = {
      attachment: { address: '192.168.130.10' },
      options: rdo.options.parse({}),
      passwords: PASSWORDS,
      size,
    } as unknown as RecipeContext;
    for (const { id } of rdo.data.steps) {
      const env = JSON.stringify(await rdo.env(context, id));
      expect(env.includes('Admin123'), id).toBe(id === 'answers' || id === 'openrc');
    }
    expect(() => rdo.env({ ...context, passwords: {} }, 'openrc')).toThrow('no password');
  });
});
