/** Adds up what the test runners report. */
import { z } from 'zod';

/**
 * @typedef {{ name: string, reason: string }} Skip
 * @typedef {{ passed: number, failed: number, skipped: Skip[] }} Tally
 */

const vitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

const playwrightTest = z.object({
  status: z.enum(['expected', 'unexpected', 'flaky', 'skipped']),
  annotations: z.array(z.object({ type: z.string(), description: z.string().optional() })).default([]),
});
const playwrightSuite = z.object({
  title: z.string(),
  specs: z.array(z.object({ title: z.string(), tests: z.array(playwrightTest) })).default([]),
  get suites() {
    return z.array(playwrightSuite).default([]);
  },
});
const playwrightReport = z.object({
  suites: z.array(playwrightSuite),
  errors: z.array(z.unknown()).default([]),
});

/** @returns {Tally} */
export function nothing() {
  return { passed: 0, failed: 0, skipped: [] };
}

/** One check that is not made of tests. @param {boolean} ok @returns {Tally} */
export function single(ok) {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [] };
}

/** @param {readonly Tally[]} tallies @returns {Tally} */
export function sum(tallies) {
  return {
    passed: tallies.reduce((total, { passed }) => total + passed, 0),
    failed: tallies.reduce((total, { failed }) => total + failed, 0),
    skipped: tallies.flatMap(({ skipped }) => skipped),
  };
}

/** The closing line. @param {Tally} tally */
export function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}

/**
 * @param {unknown} report what vitest's JSON reporter wrote
 * @returns {Tally}
 */
export function fromVitest(report) {
  const { testResults } = vitestReport.parse(report);
  return sum(
    testResults.map(({ status, assertionResults }) => {
      const failed = assertionResults.filter((test) => test.status === 'failed').length;
      return {
        passed: assertionResults.filter((test) => test.status === 'passed').length,
        // A file that could not even be loaded, or whose hooks failed, has failed although none of its tests did.
        failed: failed === 0 && status === 'failed' ? 1 : failed,
        skipped: assertionResults
          .filter((test) => test.status !== 'passed' && test.status !== 'failed')
          .map(({ fullName }) => ({ name: fullName, reason: reasonIn(fullName) })),
      };
    }),
  );
}

/**
 * @param {unknown} report what Playwright's JSON reporter wrote
 * @returns {Tally}
 */
export function fromPlaywright(report) {
  const { suites, errors } = playwrightReport.parse(report);
  const tally = sum(suites.map(fromSuite));
  return { ...tally, failed: tally.failed + errors.length };
}

/**
 * The tally of one runner: what it reported, and a failure more when it ended badly without reporting one.
 * @param {Tally | undefined} reported `undefined` when there is no report
 * @param {number} exitCode
 * @returns {Tally}
 */
export function withExitCode(reported, exitCode) {
  const tally = reported ?? nothing();
  const blind = tally.failed === 0 && (exitCode !== 0 || reported === undefined);
  return blind ? { ...tally, failed: 1 } : tally;
}

/** @param {z.infer<typeof playwrightSuite>} suite @returns {Tally} */
function fromSuite({ title, specs, suites }) {
  const own = specs.flatMap((spec) => spec.tests.map((test) => fromTest(`${title} ${spec.title}`, test)));
  return sum([...own, ...suites.map(fromSuite)]);
}

/** @param {string} name @param {z.infer<typeof playwrightTest>} test @returns {Tally} */
function fromTest(name, { status, annotations }) {
  if (status !== 'skipped') return single(status === 'expected');
  const reason = annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description;
  return { passed: 0, failed: 0, skipped: [{ name, reason: reason ?? 'no reason given' }] };
}

/** By our convention the name of a test that may be skipped says when, in brackets at the end of a title. @param {string} name */
function reasonIn(name) {
  return [...name.matchAll(/\(([^()]*)\)/g)].at(-1)?.[1] ?? 'no reason given';
}
