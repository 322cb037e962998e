/**
 * The API: what a window, a browser or the command line can ask of the core. One contract, three transports.
 * Every failure is a declared `STACKBOX` error that carries an {@link errorRecordSchema} as its data.
 */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { branchesSchema, configurationSchema } from './configuration';
import { clientChangeSchema, clientConfigSchema } from './clients';
import {
  cloudServiceSchema,
  journalPageSchema,
  journalQuerySchema,
  levelChangeSchema,
  logLevelSchema,
  serviceActionSchema,
  serviceListSchema,
  unitNameSchema,
} from './cloud-services';
import {
  cloudSchema,
  commandSchema,
  coreEventSchema,
  draftSchema,
  errorRecordSchema,
  findingSchema,
  hostSchema,
  imageSchema,
  planProblemSchema,
  recipeSummarySchema,
  snapshotSchema,
} from './models';
import { CONFIGURATION_MAX, EXEC_INPUT_MAX } from './limits';
import { planSchema } from './plan';
import { snapshotNameSchema } from './snapshot-name';
import { reportFormatSchema, reportSchema } from './trial';

const base = oc.errors({ STACKBOX: { status: 422, data: errorRecordSchema } });

const cloudRef = z.strictObject({ cloudId: z.string().min(1).max(80) });
const snapshotRef = cloudRef.extend({ snapshotId: z.string().min(1).max(200) });
const terminalRef = z.strictObject({ terminalId: z.string().min(1).max(80) });

/** Logs of a cloud. `console` is the serial console, `install` the output of the recipe's jobs, `run` the app's own. */
export const logSourceSchema = z.enum(['console', 'cloud-init', 'install']);
export type LogSource = z.infer<typeof logSourceSchema>;

/** The most bytes one `logs.read` or terminal output event carries. */
export const CHUNK_BYTES = 256 * 1024;

export const logChunkSchema = z.object({
  text: z.string(),
  /** Byte offset of the first byte of `text`, and of the first byte after it. */
  start: z.number(),
  next: z.number(),
  /** Length of the whole log in bytes when it was read. */
  size: z.number(),
});
export type LogChunk = z.infer<typeof logChunkSchema>;

/**
 * `console` is the serial console, which needs no SSH. There is one for all who look: opening it again gives the same terminal,
 * closing it ends it only for the last.
 */
export const terminalKindSchema = z.enum(['shell', 'openstack', 'console']);
export type TerminalKind = z.infer<typeof terminalKindSchema>;

export const contract = {
  /** Snapshot first, then every change; ends with the connection. */
  events: base.output(eventIterator(coreEventSchema)),
  host: base.output(hostSchema),
  doctor: base.output(z.array(findingSchema)),

  recipes: base.output(z.array(recipeSummarySchema)),

  plans: {
    /** The default plan for this computer; `recipe` chooses another than the recommended one. */
    draft: base.input(z.strictObject({ recipe: z.string().max(40).optional() })).output(draftSchema),
    /** Checks without making anything. */
    check: base.input(z.strictObject({ plan: z.unknown() })).output(z.array(planProblemSchema)),
    /** The cloud-init documents that the plan leads to; keys and passwords are shown as placeholders. */
    preview: base
      .input(z.strictObject({ plan: planSchema }))
      .output(z.object({ userData: z.string(), metaData: z.string(), networkConfig: z.string() })),
    /** A configuration file of a plan's recipe, and the mistakes in `text`, or in the file with the plan's edits. */
    configuration: base
      .input(
        planSchema
          .pick({ recipe: true, size: true })
          .extend({ option: z.string().max(80), text: z.string().max(CONFIGURATION_MAX).optional() }),
      )
      .output(configurationSchema),
    /** The branches that an option of the recipe can have; with `again` the git server is asked even if it has answered. */
    branches: base
      .input(
        planSchema
          .pick({ recipe: true, image: true })
          .extend({ option: z.string().max(80), again: z.boolean().default(false) }),
      )
      .output(branchesSchema),
  },

  clouds: {
    list: base.output(z.array(cloudSchema)),
    get: base.input(cloudRef).output(cloudSchema),
    /** Starts a create run and answers at once with the new cloud. */
    create: base.input(z.strictObject({ plan: z.unknown() })).output(cloudSchema),
    start: base.input(cloudRef).output(cloudSchema),
    /** ACPI first, power off after a deadline; `force` powers off at once. */
    stop: base.input(cloudRef.extend({ force: z.boolean().default(false) })).output(cloudSchema),
    /** Cancels whatever runs, then removes everything the cloud's ledger names. */
    delete: base.input(cloudRef).output(cloudSchema),
    /** Begins one of the cloud's `actions`; a person has confirmed what it destroys. */
    act: base.input(cloudRef.extend({ actionId: z.string().max(80) })).output(cloudSchema),
    /** Uses a ready cloud as a person would, and removes what that made. Its result is the cloud's `tried`. */
    try: base.input(cloudRef).output(cloudSchema),
    /** A file about the last trial. */
    report: base.input(cloudRef.extend({ format: reportFormatSchema })).output(reportSchema),
    cancel: base.input(cloudRef).output(cloudSchema),
    /** Goes on from the failed, cancelled or interrupted step; with `cure`, the failure's own, that is carried out first. */
    retry: base.input(cloudRef.extend({ cure: z.string().max(80).optional() })).output(cloudSchema),
    /** Writes the machine's memory to disk and ends it; `start` goes on where it was. */
    save: base.input(cloudRef).output(cloudSchema),
    snapshots: {
      /** Oldest first. */
      list: base.input(cloudRef).output(z.array(snapshotSchema)),
      take: base.input(cloudRef.extend({ name: snapshotNameSchema })).output(cloudSchema),
      /** Powers the machine off, then puts it back; it runs afterwards if it ran when the snapshot was taken. */
      restore: base.input(snapshotRef).output(cloudSchema),
      delete: base.input(snapshotRef).output(cloudSchema),
    },
    commands: base.input(cloudRef).output(z.array(commandSchema)),
    /** One password, on a person's request. */
    reveal: base
      .input(cloudRef.extend({ credentialId: z.string().max(80) }))
      .output(z.object({ password: z.string() })),
    /** Runs one program in the machine and answers when it ended; for the command line. `input` is what it reads, in Base64. */
    exec: base
      .input(
        cloudRef.extend({
          argv: z.array(z.string().max(100_000)).min(1).max(1000),
          input: z
            .base64()
            .max(Math.ceil(EXEC_INPUT_MAX / 3) * 4)
            .optional(),
        }),
      )
      .output(z.object({ exitCode: z.int(), stdout: z.string(), stderr: z.string() })),
  },

  images: {
    list: base.output(z.array(imageSchema)),
    download: base.input(z.strictObject({ imageId: z.string().max(80) })).output(imageSchema),
    cancel: base.input(z.strictObject({ imageId: z.string().max(80) })).output(imageSchema),
    /** Copies a disk image of the person's own into the cache. `path` is a path on the computer the core runs on. */
    import: base
      .input(
        z.strictObject({
          path: z.string().min(1).max(4096),
          title: z.string().min(1).max(80),
          os: imageSchema.shape.os,
          user: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/),
        }),
      )
      .output(imageSchema),
    delete: base.input(z.strictObject({ imageId: z.string().max(80) })).output(z.object({ freedBytes: z.number() })),
  },

  logs: {
    /**
     * Reads at most {@link CHUNK_BYTES} from `offset` (negative: that many bytes before the end). With `waitMs`, an
     * answer at the end of the log waits that long for more. The reader sets the pace, so memory stays bounded.
     */
    read: base
      .input(
        cloudRef.extend({ source: logSourceSchema, offset: z.int(), waitMs: z.int().min(0).max(30_000).default(0) }),
      )
      .output(logChunkSchema),
  },

  services: {
    /** One look at the services of a cloud whose machine runs. */
    list: base.input(cloudRef).output(serviceListSchema),
    /** Restarts, starts or stops one; answers with how it stands when systemd is done. */
    act: base.input(cloudRef.extend({ unit: unitNameSchema, action: serviceActionSchema })).output(cloudServiceSchema),
    /** Which services log at debug, by their configuration. */
    levels: base.input(cloudRef).output(z.array(logLevelSchema)),
    /** Switches debug on or off in the file of one, and restarts what runs by that file. */
    setLevel: base.input(cloudRef.extend({ unit: unitNameSchema, debug: z.boolean() })).output(levelChangeSchema),
    /** A piece of the journal of one or more services, in the order of time. */
    journal: base.input(journalQuerySchema).output(journalPageSchema),
  },

  /** For OpenStack's clients on this computer. */
  clients: {
    /** Without `secrets`, a placeholder stands for the password. */
    show: base.input(cloudRef.extend({ secrets: z.boolean().default(false) })).output(clientConfigSchema),
    /** Adds the cloud's entry to the person's own clouds.yaml, or renews it. */
    add: base.input(cloudRef).output(clientChangeSchema),
    /** Takes the entry out again, if it is ours and unchanged. */
    remove: base.input(cloudRef).output(clientChangeSchema),
  },

  terminals: {
    open: base
      .input(
        cloudRef.extend({
          cols: z.int().min(2).max(1000),
          rows: z.int().min(1).max(500),
          kind: terminalKindSchema.default('shell'),
          /** For `openstack`: one of the cloud's `accounts`; the first, if absent. */
          account: z.string().max(40).optional(),
        }),
      )
      .output(z.object({ terminalId: z.string() })),
    list: base.input(cloudRef).output(
      z.array(
        z.object({
          terminalId: z.string(),
          kind: terminalKindSchema,
          account: z.string().optional(),
          state: z.enum(['open', 'lost', 'ended']),
        }),
      ),
    ),
    /**
     * Output from `from` (characters since the terminal was opened) on: history first, then live. A window that reloads asks
     * again from 0. Nothing more comes while over 100,000 characters are not acknowledged.
     */
    output: base
      .input(terminalRef.extend({ from: z.int().min(0) }))
      .output(
        eventIterator(
          z.discriminatedUnion('type', [
            z.object({ type: z.literal('data'), text: z.string(), next: z.int() }),
            z.object({ type: z.literal('state'), state: z.enum(['open', 'lost', 'ended']), message: z.string() }),
          ]),
        ),
      ),
    ack: base.input(terminalRef.extend({ next: z.int().min(0) })).output(z.void()),
    input: base.input(terminalRef.extend({ text: z.string().max(1_000_000) })).output(z.void()),
    resize: base
      .input(terminalRef.extend({ cols: z.int().min(2).max(1000), rows: z.int().min(1).max(500) }))
      .output(z.void()),
    /** Makes a lost connection again; the history stays. */
    reconnect: base.input(terminalRef).output(z.void()),
    close: base.input(terminalRef).output(z.void()),
  },
};

export type Contract = typeof contract;
