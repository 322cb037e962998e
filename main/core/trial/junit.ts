/**
 * JUnit's XML as build servers read it. The format has no standard; this keeps to what Jenkins' published schema, GitLab and
 * others have in common: counts and seconds as attributes, one `testcase` a check, `failure` or `skipped` inside.
 */
import { countChecks } from '../../contract/trial';
import { writeXml, type XmlElement } from '../../host/xml';
import type { TrialRecord } from './record';
import type { ReportSubject } from './report';

export function junitReport(trial: TrialRecord, { name, recipe, image }: ReportSubject): string {
  const { passed, failed, skipped } = countChecks(trial.checks);
  const counts = {
    '@tests': passed + failed + skipped,
    '@failures': failed,
    '@errors': 0,
    '@time': seconds(trial.endedAt - trial.startedAt),
  };
  const properties = [
    { '@name': 'recipe', '@value': recipe },
    { '@name': 'image', '@value': image },
  ];
  return writeXml({
    testsuites: {
      '@name': 'Stackbox',
      ...counts,
      testsuite: {
        '@name': name,
        ...counts,
        '@skipped': skipped,
        // Without a zone, as the format has it; in UTC.
        '@timestamp': new Date(trial.startedAt).toISOString().slice(0, 19),
        properties: { property: properties },
        testcase: trial.checks.map((check) => caseOf(check, name)),
      },
    },
  });
}

function caseOf(
  { title, state, ms, note, output, commands }: TrialRecord['checks'][number],
  cloud: string,
): XmlElement {
  const log = commands.map(({ argv, ms: took, exitCode }) => {
    const end = exitCode === undefined ? 'did not end' : `exit code ${exitCode}`;
    return `$ ${argv.join(' ')}\n  ${end}, ${seconds(took)} s`;
  });
  return {
    '@name': title,
    '@classname': `stackbox.${cloud}`,
    '@time': seconds(ms),
    skipped: state === 'skipped' ? { '@message': note } : undefined,
    failure: state === 'failed' ? { '@message': note, '@type': 'failed', '#': output ?? note } : undefined,
    'system-out': log.length === 0 ? undefined : { '#': [...(state === 'passed' ? [note] : []), ...log].join('\n') },
  };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
