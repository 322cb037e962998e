/** The OpenStack services of a cloud as systemd in its machine has them, and their journal. */
import { z } from 'zod';

/** Name of a service's unit, as systemd allows it; never the beginning of an option. */
export const unitNameSchema = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9:_.\\@-]*\.service$/);

/** The most units that one answer holds; more than this no recipe has. */
export const MAX_UNITS = 200;

/**
 * `done` has done its work and ended as it should (ovn-central on Ubuntu, which starts others); `restarting` ended by itself
 * and is about to be started again by systemd.
 */
export const serviceStateSchema = z.enum([
  'running',
  'done',
  'starting',
  'restarting',
  'stopping',
  'stopped',
  'failed',
]);
export type ServiceState = z.infer<typeof serviceStateSchema>;

export const cloudServiceSchema = z.object({
  unit: z.string(),
  /** By its OpenStack name: "Nova API". */
  name: z.string(),
  /** What it belongs to, as a heading: "Nova", "Database, messages and web server". */
  group: z.string(),
  state: serviceStateSchema,
  /** In which state it is since then, by the clock of the machine. */
  since: z.number().optional(),
  memoryBytes: z.number().min(0).optional(),
  /** How often systemd started it again by itself. */
  restarts: z.int().min(0),
  /** Why it is not running, in systemd's words: `exit-code`, `oom-kill`. */
  result: z.string().optional(),
  /** Whether it starts with the machine. */
  enabled: z.boolean(),
  /** What a restart disturbs, for a person to confirm; absent where nothing but itself is affected. */
  hurts: z.string().optional(),
});
export type CloudService = z.infer<typeof cloudServiceSchema>;

/** Services that systemd has, or the sentence that says where else they are. */
export const serviceListSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('units'), services: z.array(cloudServiceSchema) }),
  z.object({ kind: z.literal('elsewhere'), text: z.string(), command: z.string() }),
]);
export type ServiceList = z.infer<typeof serviceListSchema>;

export const SERVICE_ACTIONS = ['restart', 'start', 'stop'] as const;
export const serviceActionSchema = z.enum(SERVICE_ACTIONS);
export type ServiceAction = z.infer<typeof serviceActionSchema>;

/**
 * Whether a service logs at debug, by its configuration. `none`: it cannot be said or switched, and why, as a sentence. Files
 * are read when a service starts, so what a file says is true of a service that started after the file was changed.
 */
export const logLevelSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('level'),
    unit: z.string(),
    debug: z.boolean(),
    /** The file that says so, or would: an absolute path in the machine. */
    file: z.string(),
    /** Other services of the list that go by the same file, and change with it. */
    alike: z.array(z.string()),
    /** Whether a file of the service was changed after the service started, so that only a restart makes sure. */
    stale: z.boolean(),
  }),
  z.object({ kind: z.literal('none'), unit: z.string(), why: z.string() }),
]);
export type LogLevel = z.infer<typeof logLevelSchema>;
export type KnownLevel = Extract<LogLevel, { kind: 'level' }>;

/** What became of a wish for another level. */
export const levelChangeSchema = z.object({
  file: z.string(),
  /** False when the file said so already. */
  changed: z.boolean(),
  /** Units that were restarted; those that did not run read the file when they start. */
  restarted: z.array(z.string()),
});
export type LevelChange = z.infer<typeof levelChangeSchema>;

/** What OpenStack writes into every line that it logs for one request. */
export const requestIdSchema = z
  .string()
  .regex(/^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'A request is req-, then a UUID.');

/** Place in the journal, as journald names it. */
const cursorSchema = z
  .string()
  .max(400)
  .regex(/^[A-Za-z0-9=;]+$/);

/** The most entries that one answer carries. */
export const MAX_ENTRIES = 2000;

export const journalQuerySchema = z.strictObject({
  cloudId: z.string().min(1).max(80),
  /** Units to read; all services of the cloud when it is empty. */
  units: z.array(unitNameSchema).max(MAX_UNITS),
  /** Only lines of this request. */
  request: requestIdSchema.optional(),
  /** Go on behind this entry; without it, the newest `lines` are read. */
  after: cursorSchema.optional(),
  lines: z.int().min(1).max(MAX_ENTRIES),
  /** At the end of the journal: how long (ms) to wait for more. */
  waitMs: z.int().min(0).max(30_000).default(0),
});
export type JournalQuery = z.infer<typeof journalQuerySchema>;

export const journalEntrySchema = z.object({
  /** Milliseconds since 1970, by the clock of the machine. */
  time: z.number(),
  unit: z.string(),
  /** The service's OpenStack name. */
  service: z.string(),
  /** As the program wrote it, colours included; may have several lines. */
  text: z.string(),
});
export type JournalEntry = z.infer<typeof journalEntrySchema>;

export const journalPageSchema = z.object({
  /** Oldest first. */
  entries: z.array(journalEntrySchema),
  /** Where to go on; absent as long as the journal has nothing. */
  next: z.string().optional(),
  /** Whether there is more already. */
  more: z.boolean(),
});
export type JournalPage = z.infer<typeof journalPageSchema>;
