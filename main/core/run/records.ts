/** What a cloud's journal holds. Reading it forwards gives the state of every run; reading its ledger backwards, the clean-up. */
import { z } from 'zod';
import { errorRecordSchema, remedySchema, runSchema, stepStateSchema, type Run } from '../../contract/models';
import { connectionSchema } from '../../contract/plan';
import { RESOURCE_KINDS, type Resource } from '../../hypervisors/driver';

const resourceSchema = z.object({ kind: z.enum(RESOURCE_KINDS), id: z.string(), connection: connectionSchema });

const declaredStepSchema = z.object({ id: z.string(), title: z.string(), group: z.string() });

const common = { at: z.number() };

export const journalRecordSchema = z.discriminatedUnion('type', [
  /** A run with all its steps, declared before the first one starts. */
  z.object({
    ...common,
    type: z.literal('run-started'),
    runId: z.string(),
    kind: runSchema.shape.kind,
    action: runSchema.shape.action,
    steps: z.array(declaredStepSchema),
  }),
  /** The run goes on after a failure, a cancel or a crash; with steps that cure what failed, put before it. */
  z.object({
    ...common,
    type: z.literal('run-resumed'),
    runId: z.string(),
    cure: z.object({ before: z.string(), steps: z.array(declaredStepSchema) }).optional(),
  }),
  /** A step changed its state. `running` is written before its first action, the others after its last. */
  z.object({
    ...common,
    type: z.literal('step'),
    runId: z.string(),
    stepId: z.string(),
    state: stepStateSchema,
    error: errorRecordSchema.optional(),
  }),
  /** The step is about to make these; from now on they are in the ledger, whether they came to be or not. */
  z.object({ ...common, type: z.literal('claimed'), stepId: z.string(), resources: z.array(resourceSchema) }),
  /** This one is gone from the hypervisor. */
  z.object({ ...common, type: z.literal('released'), resource: resourceSchema }),
  /** Something learned that later steps and runs need: the machine's address, a port. */
  z.object({ ...common, type: z.literal('fact'), key: z.string(), value: z.json() }),
  z.object({
    ...common,
    type: z.literal('run-ended'),
    runId: z.string(),
    state: runSchema.shape.state,
    error: errorRecordSchema.optional(),
    remedy: remedySchema.optional(),
  }),
]);
export type JournalRecord = z.infer<typeof journalRecordSchema>;

/** Everything that a journal says about one cloud. */
export interface CloudHistory {
  /** The newest run; one that has not ended was cut off by the end of the app. */
  run: Run | undefined;
  /** What exists or may exist, in the order in which it was claimed. */
  ledger: Resource[];
  facts: Map<string, unknown>;
}

/** Reads a journal forwards. */
export function replay(cloudId: string, records: readonly JournalRecord[]): CloudHistory {
  const history: CloudHistory = { run: undefined, ledger: [], facts: new Map() };
  for (const record of records) apply(history, cloudId, record);
  return history;
}

/** Takes one more record into the history: the only place where a record's meaning is written down. */
export function apply(history: CloudHistory, cloudId: string, record: JournalRecord): void {
  switch (record.type) {
    case 'run-started':
      history.run = {
        id: record.runId,
        cloudId,
        kind: record.kind,
        ...(record.action && { action: record.action }),
        state: 'running',
        startedAt: record.at,
        steps: record.steps.map((step) => ({ ...step, state: 'waiting' })),
      };
      return;
    case 'run-resumed':
      if (history.run?.id !== record.runId) return;
      reopen(history.run);
      if (record.cure) insert(history.run, record.cure);
      return;
    case 'step':
      applyStep(history.run, record);
      return;
    case 'claimed':
      for (const resource of record.resources) {
        if (!history.ledger.some((known) => same(known, resource))) history.ledger.push(resource);
      }
      return;
    case 'released':
      history.ledger = history.ledger.filter((known) => !same(known, record.resource));
      return;
    case 'fact':
      history.facts.set(record.key, record.value);
      return;
    case 'run-ended':
      if (history.run?.id !== record.runId) return;
      history.run.state = record.state;
      history.run.endedAt = record.at;
      if (record.error) history.run.error = record.error;
      if (record.remedy) history.run.remedy = record.remedy;
  }
}

function reopen(run: Run): void {
  run.state = 'running';
  delete run.endedAt;
  delete run.error;
  delete run.remedy;
  for (const step of run.steps) {
    if (step.state === 'done' || step.state === 'skipped') continue;
    step.state = 'waiting';
    delete step.startedAt;
    delete step.endedAt;
    delete step.error;
  }
}

/** The same cure once more replaces its steps of the last time. */
function insert(
  run: Run,
  { before, steps }: { before: string; steps: readonly Pick<Run['steps'][number], 'id' | 'title' | 'group'>[] },
): void {
  const rest = run.steps.filter(({ id }) => !steps.some((step) => step.id === id));
  const at = rest.findIndex(({ id }) => id === before);
  const place = at < 0 ? rest.length : at;
  const added = steps.map((step) => ({ ...step, state: 'waiting' as const }));
  run.steps = [...rest.slice(0, place), ...added, ...rest.slice(place)];
}

function applyStep(run: Run | undefined, record: Extract<JournalRecord, { type: 'step' }>): void {
  const step = run?.id === record.runId ? run.steps.find((candidate) => candidate.id === record.stepId) : undefined;
  if (!step) return;
  step.state = record.state;
  if (record.state === 'running') {
    step.startedAt = record.at;
    delete step.endedAt;
    delete step.error;
  } else step.endedAt = record.at;
  if (record.error) step.error = record.error;
}

function same(a: Resource, b: Resource): boolean {
  return a.kind === b.kind && a.id === b.id && a.connection === b.connection;
}
