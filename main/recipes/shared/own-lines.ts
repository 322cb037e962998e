/** Lines of a person's own for a file that a recipe writes: found mistakes become problems of the plan. */
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { PlanProblem } from '../../contract/models';

export interface LineFinding {
  /** From 1. */
  readonly line: number;
  /** A `problem` breaks the install; a `warning` may be meant. */
  readonly severity: PlanProblem['severity'];
  /** A sentence for a person. */
  readonly message: string;
}

/** @param field of the plan that the lines are in: `recipe.options.answers` */
export function lineProblems(field: string, findings: readonly LineFinding[]): PlanProblem[] {
  return findings.map(({ line, severity, message }) => ({ field, message: `Line ${line}: ${message}`, severity }));
}

/** Variables for Ansible: a YAML mapping that leaves `taken` alone. An empty text is fine. */
export function lintYamlVariables(text: string, taken: readonly string[]): LineFinding[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors.map(({ message, pos }): LineFinding => {
    const [what = ''] = message.split(' at line ');
    return { line: lines.linePos(pos[0]).line, severity: 'problem', message: `This is no YAML: ${what}.` };
  });
  if (broken.length > 0 || document.contents === null) return broken;
  if (!isMap(document.contents)) {
    return [{ line: 1, severity: 'problem', message: 'Write variables as "name: value", one a line.' }];
  }
  return document.contents.items.flatMap(({ key }): LineFinding[] => {
    if (!isScalar(key)) return [];
    const name = String(key.value);
    const line = lines.linePos(key.range?.[0] ?? 0).line;
    if (taken.includes(name)) return [reserved(name, line)];
    if (/^[A-Za-z_]\w*$/.test(name)) return [];
    return [{ line, severity: 'problem', message: `Ansible takes no variable called "${name}".` }];
  });
}

function reserved(name: string, line: number): LineFinding {
  return { line, severity: 'problem', message: `${name} is set by Stackbox itself.` };
}
