/** `stackbox try` against a whole in-memory core. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Trial } from '../../../main/contract/trial';
import type { Run } from '../../../main/contract/models';
import { FakeCore } from '../../fakes/fake-api';
import { makeCloud, readyParts } from '../../fakes/fake-data';
import { tempFolder } from '../../support/temp';
import { stackbox } from './run-stackbox';

const checks: Trial['checks'] = [
  { id: 'token', title: 'Issue a token', state: 'passed', ms: 2400, note: 'It is good.' },
  {
    id: 'volume',
    title: 'Make a volume',
    state: 'skipped',
    ms: 0,
    note: 'The cloud has \u001b[31mno\u001b[0m Cinder.',
  },
];
const broken: Trial['checks'] = [
  ...checks,
  { id: 'server', title: 'Boot a server', state: 'failed', ms: 61_000, note: 'No valid host was found.' },
];

/** A core whose trial ends so, a moment after it began. */
function coreThat(state: Run['state'], result?: Trial['checks']): FakeCore {
  const core = new FakeCore({ clouds: [makeCloud('id-0', 'alpha', readyParts, Date.now())] });
  const put = core.putCloud.bind(core);
  core.putCloud = (cloud) => {
    if (cloud.run?.kind === 'try' && cloud.run.state === 'running') {
      const error = { code: 'guest-failed', message: 'No valid host was found.' } as const;
      const run: Run = { ...cloud.run, state, endedAt: Date.now(), ...(state === 'failed' && { error }) };
      const tried: Trial | undefined = result && {
        ...{ runId: run.id, startedAt: 1, endedAt: 2, checks: result },
        state: state === 'failed' ? 'failed' : 'passed',
      };
      setTimeout(() => put({ ...cloud, state: 'running', run, ...(tried && { tried }) }), 20);
    }
    return put(cloud);
  };
  return core;
}

describe('stackbox try', () => {
  it('says what came of each check and writes both reports', async () => {
    const folder = await tempFolder();
    const [html, junit] = [join(folder, 'a.html'), join(folder, 'a.xml')];
    const core = coreThat('done', checks);
    const { code, out } = await stackbox(['try', 'alpha', '--html', html, '--junit', junit], { core });
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'passed   Issue a token (2 s): It is good.',
      'skipped  Make a volume: The cloud has  no  Cinder.',
      'alpha: 1 passed, 1 skipped.',
      '',
    ]);
    expect(await readFile(html, 'utf8')).toBe('a report as html');
    expect(await readFile(junit, 'utf8')).toBe('a report as junit');
  });

  it('ends with 1 for a cloud that does not work, and still writes the report', async () => {
    const file = join(await tempFolder(), 'a.xml');
    const { code, out, err } = await stackbox(['try', 'alpha', '--junit', file], { core: coreThat('failed', broken) });
    expect(code).toBe(1);
    expect(out).toContain('FAILED   Boot a server (1 min 1 s): No valid host was found.');
    expect(out).toContain('alpha: 1 failed, 1 passed, 1 skipped.');
    expect(err).toContain('Error: No valid host was found.');
    expect(await readFile(file, 'utf8')).toBe('a report as junit');
  });

  it('prints one document for a script', async () => {
    const { code, out } = await stackbox(['try', 'alpha', '--json'], { core: coreThat('failed', broken) });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ state: 'failed', checks: broken });
  });

  it('has nothing to write down when it was cancelled, and says where a report cannot be written', async () => {
    expect(await stackbox(['try', 'alpha'], { core: coreThat('cancelled') })).toMatchObject({ code: 130, out: '' });
    const core = coreThat('done', checks);
    const { code, err } = await stackbox(['try', 'alpha', '--html', '/nowhere/at/all.html'], { core });
    expect(code).toBe(1);
    expect(err).toContain('The report could not be written: ENOENT');
  });
});
