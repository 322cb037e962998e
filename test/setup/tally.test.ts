import { describe, expect, it } from 'vitest';
import { fromPlaywright, fromVitest, line, nothing, single, sum, withExitCode } from '../../main/setup/tally.mjs';

const test = (fullName: string, status: string) => ({ fullName, status });

describe('what vitest reports', () => {
  it('counts tests and keeps the reason of every skip', () => {
    const results = [
      test('a', 'passed'),
      test('b (skipped without blkid)', 'skipped'),
      test('disks on VirtualBox (there is no VBoxManage here) c', 'pending'),
      test('d', 'todo'),
      { ...test('e', 'failed'), failureMessages: ['expected 1 to be 2'] },
    ];
    const tally = fromVitest({ testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults: results }] });
    expect(line(tally)).toBe('1 passed, 1 failed, 3 skipped');
    expect(tally.failed).toEqual([{ name: 'e', message: 'expected 1 to be 2' }]);
    expect(tally.skipped.map(({ reason }) => reason)).toEqual([
      'skipped without blkid',
      'there is no VBoxManage here',
      'no reason given',
    ]);
  });

  it('counts a file that could not be loaded as a failure', () => {
    const tally = fromVitest({ testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults: [] }] });
    expect(line(tally)).toBe('0 passed, 1 failed, 0 skipped');
  });

  it('does not take another shape for an empty report', () => {
    expect(() => fromVitest({})).toThrow(/testResults/);
    expect(() => fromPlaywright({ specs: [] })).toThrow(/suites/);
  });
});

describe('what Playwright reports', () => {
  it('counts through nested suites; flaky is failed, and a skip has its reason', () => {
    const spec = (title: string, status: string, description?: string) => ({
      title,
      tests: [{ status, annotations: description === undefined ? [] : [{ type: 'skip', description }] }],
    });
    const two = { title: 'two', tests: [{ status: 'unexpected', results: [{ error: { message: 'not visible' } }] }] };
    const tally = fromPlaywright({
      errors: [],
      suites: [
        {
          title: 'create.e2e.ts',
          specs: [spec('one', 'expected')],
          suites: [
            {
              title: 'inner',
              specs: [two, spec('three', 'flaky'), spec('four', 'skipped', 'no KVM')],
            },
          ],
        },
      ],
    });
    expect(line(tally)).toBe('1 passed, 2 failed, 1 skipped');
    expect(tally.failed[0]).toEqual({ name: 'inner two', message: 'not visible' });
    expect(tally.skipped).toEqual([{ name: 'inner four', reason: 'no KVM' }]);
  });

  it('counts an error outside of any test', () => {
    expect(line(fromPlaywright({ suites: [], errors: [{ message: 'no tests found' }] }))).toContain('1 failed');
  });
});

describe('a runner', () => {
  it('that ends badly without saying why has failed', () => {
    expect(withExitCode('real', single('a', true), 1)).toMatchObject({ passed: 1, failed: [{ name: 'real' }] });
    expect(withExitCode('real', undefined, 0).failed).toHaveLength(1);
    expect(withExitCode('real', single('a', false), 1).failed).toMatchObject([{ name: 'a' }]);
    expect(withExitCode('real', single('a', true), 0)).toEqual(single('a', true));
  });
});

it('adds up to one line', () => {
  const skipped = { passed: 0, failed: [], skipped: [{ name: 'x', reason: 'y' }] };
  expect(line(sum([single('a', true), single('b', true), single('c', false), skipped]))).toBe(
    '2 passed, 1 failed, 1 skipped',
  );
  expect(line(sum([]))).toBe(line(nothing()));
});
