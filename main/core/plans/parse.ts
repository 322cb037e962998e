/** The door for plans from outside: one clear sentence for the first thing that is wrong. */
import type { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import { planSchema, suggestName, type Plan } from '../../contract/plan';

/**
 * Checks the shape of a plan and fills in its defaults.
 * @throws StackboxError `bad-input` with the field that is wrong
 */
export function parsePlan(input: unknown): Plan {
  const parsed = planSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = firstIssue(parsed.error);
  const hint = hintFor(issue, input);
  throw new StackboxError('bad-input', `${labelOf(issue)}: ${issue.message}`, {
    field: fieldOf(issue),
    ...(hint !== undefined && { hint }),
  });
}

/** An unknown key is named by zod in its message, not in its path. */
function fieldOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String);
  return (issue.code === 'unrecognized_keys' ? [...path, ...issue.keys] : path).join('.');
}

function labelOf(issue: z.core.$ZodIssue): string {
  return fieldOf(issue) || 'The plan';
}

function hintFor(issue: z.core.$ZodIssue, input: unknown): string | undefined {
  if (issue.path[0] !== 'name' || typeof input !== 'object' || input === null || !('name' in input)) return undefined;
  const suggestion = typeof input.name === 'string' ? suggestName(input.name) : undefined;
  return suggestion === undefined ? undefined : `For example: ${suggestion}`;
}

function firstIssue(error: z.ZodError): z.core.$ZodIssue {
  const [issue] = error.issues;
  // zod never reports a failure without an issue.
  return issue ?? { code: 'custom', path: [], message: 'not understood', input: undefined };
}
