/** "Try it": what came of using a cloud as a person would. */
import { z } from 'zod';

export const trialCheckSchema = z.object({
  id: z.string(),
  /** In the active voice, as the window shows it: "Boot a server". */
  title: z.string(),
  state: z.enum(['passed', 'failed', 'skipped']),
  /** How long it took in ms; 0 for one that was skipped. */
  ms: z.number().min(0),
  /** What was seen, why it was skipped, or what went wrong; one or two sentences. */
  note: z.string(),
});
export type TrialCheck = z.infer<typeof trialCheckSchema>;

/** The last trial of a cloud that came to its end. */
export const trialSchema = z.object({
  runId: z.string(),
  startedAt: z.number(),
  endedAt: z.number(),
  state: z.enum(['passed', 'failed', 'cancelled']),
  checks: z.array(trialCheckSchema),
});
export type Trial = z.infer<typeof trialSchema>;

/** How many checks of a trial passed, failed and were skipped. */
export function countChecks(checks: readonly Pick<TrialCheck, 'state'>[]): Record<TrialCheck['state'], number> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const { state } of checks) count[state] += 1;
  return count;
}

/** A file made of a trial: one self-contained page, or JUnit's XML. */
export const reportFormatSchema = z.enum(['html', 'junit']);
export type ReportFormat = z.infer<typeof reportFormatSchema>;

export const reportSchema = z.object({
  /** A name for the file. */
  name: z.string(),
  /** Its media type. */
  type: z.string(),
  text: z.string(),
});
export type TrialReport = z.infer<typeof reportSchema>;
