/** Lines of `local.conf` that Stackbox needs as it wrote them, and passwords that a person has written into it. */
import { linesOf, replaceLine, type LintFinding, type SectionLine } from './lint-finding';
import { sectionsOf } from './local-conf-text';

/** Stackbox follows the install by these, and the card shows the passwords that were generated. */
const RESERVED =
  /^\s*(?:export\s+)?((?:ADMIN|DATABASE|RABBIT|SERVICE)_PASSWORD|LOGFILE|LOGDIR|VERBOSE|LOG_COLOR|DEST|DATA_DIR)\s*\+?=/;

/** Where they are changed, where they are set again, and those that are not there any more. */
export function reservedFindings(text: string, generated: string): LintFinding[] {
  const wanted = reservedLines(generated);
  const found = reservedLines(text);
  const wrong = found.flatMap(({ name, raw, line }, index): LintFinding[] => {
    const original = wanted.find((one) => one.name === name)?.raw;
    const first = found.findIndex((one) => one.raw === original);
    if (raw === original && index === first) return [];
    const message = `${name} is set by Stackbox itself.`;
    // It goes where the right line stands elsewhere, or where Stackbox writes none.
    const remove = original === undefined || first >= 0 || found.findIndex((one) => one.name === name) !== index;
    const fix = remove ? replaceLine('Remove the line', line) : replaceLine('Put it back', line, original);
    return [{ line, rule: 'reserved', severity: 'problem', message, fix }];
  });
  const localrc = sectionsOf(text).find(({ phase, file }) => phase === 'local' && file === 'localrc');
  const missing = wanted.filter(({ name }) => !found.some((one) => one.name === name));
  const line = localrc?.line ?? 1;
  const lacking = missing.map(({ name, raw }): LintFinding => ({
    line,
    rule: 'reserved',
    severity: 'problem',
    message: `${name} is missing: Stackbox needs it as it was.`,
    ...(localrc && { fix: { title: `Put ${name} back`, changes: [{ line: line + 1, remove: 0, add: [raw] }] } }),
  }));
  return [...wrong, ...lacking];
}

/** Edits are part of the plan, which is shown, exported and sent around. */
export function visiblePasswords(text: string): LintFinding[] {
  return localrcLines(text).flatMap(({ line, raw }): LintFinding[] => {
    const [, before, name, value] = /^(\s*(?:export\s+)?(\w*_PASSWORD)=)["']?(\w+)["']?\s*(?:#.*)?$/.exec(raw) ?? [];
    if (before === undefined || name === undefined || value === undefined || RESERVED.test(raw)) return [];
    const message = `${name} will stand in the plan, where whoever gets it can read it.`;
    const fix = replaceLine('Use the administrator’s password', line, `${before}$ADMIN_PASSWORD`);
    return [{ line, rule: 'password', severity: 'warning', message, fix }];
  });
}

function reservedLines(text: string): { readonly name: string; readonly raw: string; readonly line: number }[] {
  return localrcLines(text).flatMap(({ line, raw }) => {
    const name = RESERVED.exec(raw)?.[1];
    return name === undefined ? [] : [{ name, raw, line }];
  });
}

function localrcLines(text: string): SectionLine[] {
  return sectionsOf(text)
    .filter(({ phase, file }) => phase === 'local' && file === 'localrc')
    .flatMap(linesOf);
}
