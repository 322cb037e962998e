/** A trial as one page that needs nothing else: no script, no font, no image; light and dark, and good to print. */
import { countChecks, type TrialCheck } from '../../contract/trial';
import { writeXml, type XmlElement } from '../../host/xml';
import type { TrialRecord } from './record';
import type { ReportSubject } from './report';
import { REPORT_STYLE } from './style';

type Check = TrialRecord['checks'][number];

const WORDS = { passed: 'passed', failed: 'failed', skipped: 'skipped' } as const satisfies Record<
  TrialCheck['state'],
  string
>;
/** A shape for each state, so that nobody depends on the colour. */
const SHAPES = { passed: '✓', failed: '✗', skipped: '–' } as const satisfies Record<TrialCheck['state'], string>;

export function htmlReport(trial: TrialRecord, { name, recipe, image }: ReportSubject): string {
  const count = countChecks(trial.checks);
  const failed = trial.state === 'failed';
  const title = failed ? `${name} does not work as it should` : `${name} works`;
  const document = writeXml(
    {
      html: {
        '@lang': 'en',
        head: {
          meta: [
            { '@charset': 'utf-8' },
            { '@name': 'viewport', '@content': 'width=device-width, initial-scale=1' },
            { '@name': 'color-scheme', '@content': 'light dark' },
            { '@http-equiv': 'Content-Security-Policy', '@content': "default-src 'none'; style-src 'unsafe-inline'" },
          ],
          title: text(title),
          style: text(REPORT_STYLE),
        },
        body: {
          main: {
            header: {
              '@class': failed ? 'failed' : 'passed',
              h1: text(title),
              p: text(`${summary(count)}, in ${duration(trial.endedAt - trial.startedAt)}`),
            },
            dl: {
              div: [
                fact('Recipe', recipe),
                fact('Image', image),
                fact(
                  'Tried',
                  new Date(trial.startedAt)
                    .toISOString()
                    .replace('T', ' ')
                    .replace(/\.\d+Z$/, ' UTC'),
                ),
              ],
            },
            ol: { li: trial.checks.map(item) },
            footer: {
              p: text(
                'Written by Stackbox. Everything that the trial made has a name of its own and was removed, unless a line above says otherwise.',
              ),
            },
          },
        },
      },
    },
    { headless: true },
  );
  return `<!doctype html>\n${document}\n`;
}

function item({ title, state, ms, note, output, hint, commands }: Check): XmlElement {
  return {
    '@class': state,
    h2: {
      span: [
        { '@class': 'mark', '@aria-hidden': 'true', ...text(SHAPES[state]) },
        { '@class': 'title', ...text(title) },
        { '@class': 'state', ...text(state === 'skipped' ? WORDS[state] : `${WORDS[state]}, ${duration(ms)}`) },
      ],
    },
    p: [note, hint ?? ''].filter((line) => line !== '').map(text),
    pre: output === undefined ? undefined : text(output),
    details:
      commands.length === 0
        ? undefined
        : {
            summary: text(commands.length === 1 ? '1 command' : `${commands.length} commands`),
            table: { tbody: { tr: commands.map(row) } },
          },
  };
}

function row({ argv, ms, exitCode }: Check['commands'][number]): XmlElement {
  return {
    td: [
      { code: text(argv.join(' ')) },
      { '@class': 'number', ...text(exitCode === undefined ? 'did not end' : `exit code ${exitCode}`) },
      { '@class': 'number', ...text(duration(ms)) },
    ],
  };
}

function fact(title: string, value: string): XmlElement {
  return { dt: text(title), dd: text(value) };
}

/** Text of an element that must not be empty: XML's short form of one (`<p/>`) is an opening tag in HTML. */
function text(value: string): XmlElement {
  return { '#': value === '' ? ' ' : value };
}

function summary({ passed, failed, skipped }: Record<TrialCheck['state'], number>): string {
  const parts = [failed > 0 ? `${failed} failed` : '', `${passed} passed`, skipped > 0 ? `${skipped} skipped` : ''];
  return parts.filter((part) => part !== '').join(', ');
}

/** `240 ms`, `4 s`, `12 min 4 s`. */
function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
