import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reportOf } from '../../../main/core/trial/report';
import type { TrialRecord } from '../../../main/core/trial/record';

const cloud = { name: 'demo', recipe: 'DevStack', image: 'Debian 12' };

const trial: TrialRecord = {
  runId: 'r-1',
  startedAt: Date.UTC(2026, 10, 21, 16, 40, 1),
  endedAt: Date.UTC(2026, 10, 21, 16, 43, 5, 250),
  state: 'failed',
  checks: [
    {
      ...{ id: 'token', title: 'Issue a token', state: 'passed', ms: 2400, note: 'It is good.' },
      commands: [{ argv: ['openstack', 'token', 'issue'], ms: 2300, exitCode: 0 }],
    },
    {
      ...{ id: 'server', title: 'Boot a server', state: 'failed', ms: 61_000, note: 'No valid host.' },
      output: 'Console of the server:\nline 1\nline 2',
      commands: [{ argv: ['openstack', 'server', 'create'], ms: 9000 }],
    },
    { id: 'volume', title: 'Make a volume', state: 'skipped', ms: 0, note: 'The cloud has no Cinder.', commands: [] },
  ],
};

/** The same with a text wherever a cloud could have put one. */
function hostile(text: string): TrialRecord {
  const checks = trial.checks.map((check) => ({
    ...check,
    title: text,
    note: text,
    output: text,
    hint: text,
    commands: [{ argv: ['openstack', text], ms: 1, exitCode: 1 }],
  }));
  return { ...trial, checks };
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '</style></pre></code><img src=x onerror="alert(1)">',
  '"><svg onload=alert(1)>',
  ']]></failure><testcase name="forged"/>',
  '&lt;b&gt; &amp;amp; &#x3c;script&#x3e; &notanentity;',
  '\u0000\u0008\u001b[31m red \ud800 \uffff \u202e',
  '',
];

const seconds = z.string().regex(/^\d+\.\d{3}$/);
const count = z.string().regex(/^\d+$/).transform(Number);
const counts = { '@tests': count, '@failures': count, '@errors': count, '@time': seconds };
/** What Jenkins' junit-10.xsd and GitLab read, and nothing else. */
const junitSchema = z.strictObject({
  '?xml': z.object({ '@version': z.literal('1.0'), '@encoding': z.literal('UTF-8') }),
  testsuites: z.strictObject({
    '@name': z.string(),
    ...counts,
    testsuite: z.tuple([
      z.strictObject({
        '@name': z.string(),
        ...counts,
        '@skipped': count,
        '@timestamp': z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
        properties: z.strictObject({
          property: z.array(z.strictObject({ '@name': z.string(), '@value': z.string() })),
        }),
        testcase: z.array(
          z.strictObject({
            '@name': z.string(),
            '@classname': z.string(),
            '@time': seconds,
            skipped: z.strictObject({ '@message': z.string() }).optional(),
            failure: z
              .strictObject({ '@message': z.string(), '@type': z.string(), '#text': z.string().optional() })
              .optional(),
            'system-out': z.string().optional(),
          }),
        ),
      }),
    ]),
  }),
});

function readJunit(record: TrialRecord): z.infer<typeof junitSchema>['testsuites'] {
  const { text } = reportOf(record, cloud, 'junit');
  expect(XMLValidator.validate(text)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseAttributeValue: false,
    parseTagValue: false,
    trimValues: false,
    isArray: (name) => ['testsuite', 'testcase', 'property'].includes(name),
  });
  const parsed = JSON.parse(JSON.stringify(parser.parse(text)), (_key, value: unknown) =>
    // White space between elements.
    typeof value === 'object' && value !== null && '#text' in value && String(value['#text']).trim() === ''
      ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== '#text'))
      : value,
  ) as unknown;
  return junitSchema.parse(parsed).testsuites;
}

describe('a report for a build server', () => {
  it('has the shape that they read, with each failure and each reason to skip', () => {
    expect(reportOf(trial, cloud, 'junit')).toMatchObject({ name: 'demo.trial.xml', type: 'application/xml' });
    const { testsuite, ...all } = readJunit(trial);
    expect(all).toMatchObject({ '@tests': 3, '@failures': 1, '@errors': 0, '@time': '184.250' });
    expect(testsuite[0]).toMatchObject({ '@skipped': 1, '@timestamp': '2026-11-21T16:40:01' });
    const [token, server, volume] = testsuite[0].testcase;
    expect(token).toMatchObject({ '@name': 'Issue a token', '@classname': 'stackbox.demo', '@time': '2.400' });
    expect(token?.['system-out']).toBe('It is good.\n$ openstack token issue\n  exit code 0, 2.300 s');
    expect(server?.failure).toEqual({
      '@message': 'No valid host.',
      '@type': 'failed',
      '#text': trial.checks[1]?.output,
    });
    expect(server?.['system-out']).toContain('did not end');
    expect(volume?.skipped).toEqual({ '@message': 'The cloud has no Cinder.' });
  });

  it.each(HOSTILE)('stays well-formed whatever the cloud says: %j', (text) => {
    const [suite] = readJunit(hostile(text)).testsuite;
    expect(suite.testcase).toHaveLength(3);
    expect(suite.testcase.map((one) => one['@name'])).not.toContain('forged');
  });
});

describe('a report as a page', () => {
  it('says at its top whether the cloud works, and needs nothing but itself', () => {
    const { name, type, text } = reportOf(trial, cloud, 'html');
    expect([name, type]).toEqual(['demo.trial.html', 'text/html']);
    expect(text.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
    expect(text).toContain(
      '<h1>demo does not work as it should</h1><p>1 failed, 1 passed, 1 skipped, in 3 min 4 s</p>',
    );
    expect(text).toContain('2026-11-21 16:40:01 UTC');
    expect(text).toContain('line 1\nline 2</pre>');
    expect(text).toContain("default-src 'none'");
    expect(text).not.toMatch(/<(?:script|link|img|iframe)|https?:|url\(|@import/);
    for (const wanted of ['prefers-color-scheme: dark', '@media print', '<details>']) expect(text).toContain(wanted);
    const works = reportOf({ ...trial, state: 'passed', checks: trial.checks.slice(0, 1) }, cloud, 'html');
    expect(works.text).toContain('<title>demo works</title>');
  });

  it.each(HOSTILE)('shows what the cloud says as text and nothing else: %j', (text) => {
    const page = reportOf(hostile(text), { ...cloud, recipe: text, image: text }, 'html').text;
    const tags = (html: string): string[] => (html.match(/<\/?[a-z][^\s>/]*/g) ?? []).toSorted();
    // The very elements that a harmless text gives.
    // The very elements that a harmless text gives; an empty one has no paragraph of its own.
    const harmless = hostile(text === '' ? '' : 'plain');
    expect(tags(page)).toEqual(tags(reportOf(harmless, { ...cloud, recipe: 'x', image: 'x' }, 'html').text));
    // XML's short form of an empty element opens one in HTML; only those that are always empty may have it.
    for (const short of page.match(/<[a-z0-9]+[^>]*\/>/g) ?? []) expect(short).toMatch(/^<meta /);
    // oxlint-disable-next-line no-control-regex -- that is the question
    expect(page).not.toMatch(/[\u0000-\u0008\u001b\ud800\uffff]/);
  });

  it('shows entities as they were written', () => {
    expect(reportOf(hostile('&lt;b&gt; &amp;'), cloud, 'html').text).toContain('<p>&amp;lt;b&amp;gt; &amp;amp;</p>');
  });
});
