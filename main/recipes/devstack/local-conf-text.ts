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

/** DevStack looks at the first word, so there is no room for spaces inside the brackets; what follows it is passed over. */
const HEADER = /^\[\[([^\]|\s]+)\|([^\]|\s]+)\]\](?:\s.*)?$/;

/** What DevStack takes for a header, and so for the end of the section above: its own pattern. */
const ENDS_SECTION = /^\[\[.+\|.*\]\]/;

export function sectionsOf(text: string): Section[] {
  const sections: (Section & { lines: string[] })[] = [{ phase: undefined, file: '', line: 0, lines: [] }];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, phase, file] = HEADER.exec(line) ?? [];
    if (phase !== undefined && file !== undefined) sections.push({ phase, file, line: index + 1, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

/** Whether a line is no header of `sectionsOf`, though DevStack would take it for one. */
export function endsSection(line: string): boolean {
  return ENDS_SECTION.test(line) && !HEADER.test(line);
}

export function isHeader(line: string): boolean {
  return HEADER.test(line);
}
