/** Adds up what the test runners report. */
import { z } from 'zod';

/**
 * @typedef {{ name: string, reason: string }} Skip
 * @typedef {{ name: string, message: string }} Failure
 * @typedef {{ passed: number, failed: Failure[], skipped: Skip[] }} Tally
 */

const vitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).default([]) }),
      ),
    }),
  ),
});

const playwrightTest = z.object({
  status: z.enum(['expected', 'unexpected', 'flaky', 'skipped']),
  annotations: z.array(z.object({ type: z.string(), description: z.string().optional() })).default([]),
  results: z.array(z.object({ error: z.object({ message: z.string() }).optional() })).default([]),
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
  errors: z.array(z.object({ message: z.string().default('') })).default([]),
});

/** @returns {Tally} */
export function nothing() {
  return { passed: 0, failed: [], skipped: [] };
}

/** One check that is not made of tests. @param {string} name @param {boolean} ok @returns {Tally} */
export function single(name, ok) {
  return ok ? { ...nothing(), passed: 1 } : failure(name);
}

/** @param {string} name @param {string} [message] @returns {Tally} */
function failure(name, message = '') {
  return { ...nothing(), failed: [{ name, message }] };
}

/** @param {readonly Tally[]} tallies @returns {Tally} */
export function sum(tallies) {
  return {
    passed: tallies.reduce((total, { passed }) => total + passed, 0),
    failed: tallies.flatMap(({ failed }) => failed),
    skipped: tallies.flatMap(({ skipped }) => skipped),
  };
}

/** The closing line. @param {Tally} tally */
export function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`;
}

/**
 * @param {unknown} report what vitest's JSON reporter wrote
 * @returns {Tally}
 */
export function fromVitest(report) {
  const { testResults } = vitestReport.parse(report);
  return sum(
    testResults.map(({ name: file, status, message, assertionResults }) => {
      const tally = sum(assertionResults.map(fromAssertion));
      // A file that could not even be loaded, or whose hooks failed, has failed although none of its tests did.
      return tally.failed.length === 0 && status === 'failed' ? sum([tally, failure(file, message)]) : tally;
    }),
  );
}

/** @param {{ fullName: string, status: string, failureMessages: string[] }} test @returns {Tally} */
function fromAssertion({ fullName, status, failureMessages }) {
  if (status === 'passed') return single(fullName, true);
  if (status === 'failed') return failure(fullName, failureMessages[0]);
  return { ...nothing(), skipped: [{ name: fullName, reason: reasonIn(fullName) }] };
}

/**
 * @param {unknown} report what Playwright's JSON reporter wrote
 * @returns {Tally}
 */
export function fromPlaywright(report) {
  const { suites, errors } = playwrightReport.parse(report);
  return sum([...suites.map(fromSuite), ...errors.map(({ message }) => failure('outside of any test', message))]);
}

/**
 * The tally of one runner: what it reported, and a failure more when it ended badly without reporting one.
 * @param {string} runner
 * @param {Tally | undefined} reported `undefined` when there is no report
 * @param {number} exitCode
 * @returns {Tally}
 */
export function withExitCode(runner, reported, exitCode) {
  const tally = reported ?? nothing();
  const blind = tally.failed.length === 0 && (exitCode !== 0 || reported === undefined);
  return blind ? sum([tally, failure(runner, `It ended with exit code ${exitCode} and reported no failure.`)]) : tally;
}

/** @param {z.infer<typeof playwrightSuite>} suite @returns {Tally} */
function fromSuite({ title, specs, suites }) {
  const own = specs.flatMap((spec) => spec.tests.map((test) => fromTest(`${title} ${spec.title}`, test)));
  return sum([...own, ...suites.map(fromSuite)]);
}

/** @param {string} name @param {z.infer<typeof playwrightTest>} test @returns {Tally} */
function fromTest(name, { status, annotations, results }) {
  if (status === 'expected') return single(name, true);
  if (status !== 'skipped') return failure(name, results.find(({ error }) => error !== undefined)?.error?.message);
  const reason = annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description;
  return { ...nothing(), skipped: [{ name, reason: reason ?? 'no reason given' }] };
}

/** By our convention the name of a test that may be skipped says when, in brackets at the end of a title. @param {string} name */
function reasonIn(name) {
  return [...name.matchAll(/\(([^()]*)\)/g)].at(-1)?.[1] ?? 'no reason given';
}
