/** The sections of a `local.conf`: `[[phase|file]]`, as DevStack's inc/meta-config reads them. */

/** One section: its header and the lines below it. */
export interface Section {
  /** `local`, `post-config`, …; `undefined` for lines before the first header, which DevStack never reads. */
  readonly phase: string | undefined;
  /** `localrc`, or the configuration file that the section is merged into: `$NOVA_CONF`. */
  readonly file: string;
  /** Number of the header's line, from 1; 0 for the lines before the first one. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** DevStack's own pattern has no room for spaces inside the brackets. */
const HEADER = /^\[\[([^\]|\s]+)\|([^\]\s]+)\]\]\s*$/;

export function sectionsOf(text: string): Section[] {
  const sections: (Section & { lines: string[] })[] = [{ phase: undefined, file: '', line: 0, lines: [] }];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, phase, file] = HEADER.exec(line) ?? [];
    if (phase !== undefined && file !== undefined) sections.push({ phase, file, line: index + 1, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

/**
 * Puts a person's lines where they belong: those before their first header, and those of `[[local|localrc]]`, behind the
 * generated ones of that section; other sections follow as they are.
 * @param generated ends within `[[local|localrc]]`
 */
export function joinOwnLines(generated: string, own: string): string {
  const sections = sectionsOf(own);
  const isLocalrc = ({ phase, file }: Section): boolean =>
    phase === undefined || (phase === 'local' && file === 'localrc');
  const localrc = sections.filter(isLocalrc).flatMap(({ lines }) => lines);
  const others = sections
    .filter((section) => !isLocalrc(section))
    .map(({ phase = '', file, lines }) => `\n[[${phase}|${file}]]\n${trimmed(lines)}\n`);
  const ownLines = trimmed(localrc);
  return [generated, ...(ownLines === '' ? [] : ['\n# Lines of your own.\n', ownLines, '\n']), ...others].join('');
}

function trimmed(lines: readonly string[]): string {
  return lines
    .join('\n')
    .replace(/^\s*\n/, '')
    .trimEnd();
}
