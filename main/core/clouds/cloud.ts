/** One cloud while the app runs: its wish, its secrets, its journal, and the run that is under way. */
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import type { CommandRecord, Run } from '../../contract/models';
import type { Plan } from '../../contract/plan';
import { trialProgressSchema, trialRecordSchema } from '../trial/record';
import type { Attachment, DomainState, Resource } from '../../hypervisors/driver';
import { hideSecrets } from '../../host/hide-secrets';
import type { CommandEntry } from '../../host/process';
import type { RunHost } from '../run/engine';
import { apply, journalRecordSchema, replay, type CloudHistory, type JournalRecord } from '../run/records';
import type { CloudFolder } from '../store/folders';
import { writeJson } from '../store/atomic-json';
import { JournalWriter, readJournal } from '../store/journal';
import { CommandLogFile } from './command-log';
import { secretTexts, type CloudRecord, type CloudSecrets } from './record';

/** State of the machine as the hypervisor last said. */
export type MachineState = DomainState | 'missing';

/** Told when there is something to show. */
export interface CloudListener {
  changed(cloud: LiveCloud): void;
  command(cloud: LiveCloud, runId: string, command: CommandRecord): void;
}

/** The files that make up a cloud. */
export interface CloudFiles {
  readonly wish: CloudRecord;
  readonly secrets: CloudSecrets;
  readonly folder: CloudFolder;
}

/** A run that this process carries out now. */
export interface ActiveRun {
  readonly abort: AbortController;
  /** Ends also the steps that run in any case, after a failure or a cancel. */
  readonly leave: AbortController;
  readonly ended: Promise<void>;
}

/** Facts in the journal, by key, with their shape: a journal comes from a file and is not trusted. */
export const factSchemas = {
  attachment: z.object({
    mac: z.string(),
    address: z.string(),
    reach: z.enum(['direct', 'forwarded']),
    subnet: z.string(),
    hostOnly: z
      .object({
        kind: z.enum(['adapter', 'network']),
        name: z.string(),
        mac: z.string(),
        address: z.string(),
        subnet: z.string(),
      })
      .exactOptional(),
    fallback: z.object({ reason: z.string(), hint: z.string().exactOptional() }).exactOptional(),
  }),
  /** Ports of this computer that lead into the machine, by guest port. */
  ports: z.record(z.string(), z.object({ host: z.string(), port: z.int() })),
  /**
   * By step: where its job's output begins in the guest's file and in our copy, in bytes, and the run that it belongs to
   * (journals of earlier versions, which had no actions, leave it out).
   */
  jobs: z.record(
    z.string(),
    z.object({ logStart: z.number().min(0), copyStart: z.number().min(0), run: z.string().exactOptional() }),
  ),
  /** The snapshot that the newest run takes, restores or deletes; `id` is empty for one that is not taken yet. */
  snapshot: z.object({
    id: z.string(),
    name: z.string(),
    withMemory: z.boolean(),
    /** Absent for one that is not taken yet, and in journals of earlier versions. */
    takenAt: z.number().exactOptional(),
  }),
  /** What was true of the cloud when a snapshot was taken, by its identifier; see `snapshot-facts.ts`. */
  snapshots: z.record(z.string(), z.json()),
  /** Whether the last start went on where the machine was, instead of booting it. */
  resumed: z.boolean(),
  /** Whether the proof passed, and nothing has taken OpenStack down since. */
  ready: z.boolean(),
  /** Whether nobody has looked at the install since the machine went back to a snapshot that nothing is known of. */
  unchecked: z.boolean(),
  /** Whether the install came to its end once. */
  installed: z.boolean(),
  /** What the trial that is under way has made and seen. */
  trial: trialProgressSchema,
  /** The last trial that came to its end. */
  tried: trialRecordSchema,
  /** The guest's name for the boot that we last saw: another one means that it was rebooted. */
  boot: z.string(),
  /** Why OpenStack is not there though the machine is: the words of the action that took it down; else empty. */
  down: z.string(),
  /**
   * Its entry in the person's clouds.yaml, with the fingerprints by which it is known as ours (two while it is renewed);
   * `null` after it was taken out.
   */
  clientEntry: z.object({ path: z.string(), name: z.string(), prints: z.array(z.string()) }).nullable(),
} as const;
type Facts = { [Key in keyof typeof factSchemas]: z.infer<(typeof factSchemas)[Key]> };

export class LiveCloud implements RunHost {
  readonly secrets: CloudSecrets;
  readonly folder: CloudFolder;
  readonly commands: CommandLogFile;
  machineState: MachineState = 'unknown';
  /** The run that this process carries out now. */
  active: ActiveRun | undefined;

  private current: CloudRecord;
  private readonly history: CloudHistory;
  private readonly journal: JournalWriter<JournalRecord>;
  private readonly listener: CloudListener;

  private constructor(files: CloudFiles, history: CloudHistory, commands: CommandLogFile, listener: CloudListener) {
    this.current = files.wish;
    this.secrets = files.secrets;
    this.folder = files.folder;
    this.history = history;
    this.commands = commands;
    this.listener = listener;
    this.journal = new JournalWriter(files.folder.journal);
  }

  /**
   * Reads the cloud's journal. @param onDamaged told where a copy of a damaged journal was put, or `undefined` for one that is
   * empty or gone
   * @throws StackboxError `storage`
   */
  static async open(
    files: CloudFiles,
    listener: CloudListener,
    onDamaged: (copy: string | undefined) => void,
  ): Promise<LiveCloud> {
    const { records, copy } = await readJournal(files.folder.journal, journalRecordSchema);
    if (copy !== undefined || records.length === 0) onDamaged(copy);
    const commands = await CommandLogFile.open(files.folder.commands, secretTexts(files.secrets));
    return new LiveCloud(files, replay(files.wish.id, records), commands, listener);
  }

  get wish(): CloudRecord {
    return this.current;
  }

  /** Gives the plan other options, which steps that run from now on will see. @throws StackboxError `storage` */
  async setOptions(options: Plan['recipe']['options']): Promise<void> {
    const { plan } = this.wish;
    const wish = { ...this.wish, plan: { ...plan, recipe: { ...plan.recipe, options } } };
    await writeJson(this.folder.cloud, wish);
    this.current = wish;
  }

  get id(): string {
    return this.wish.id;
  }

  /** The plan to carry out: with its secret options, which the wish that everybody may see leaves out. */
  get plan(): Plan {
    const { plan } = this.wish;
    const options = { ...plan.recipe.options, ...this.secrets.options };
    return { ...plan, recipe: { ...plan.recipe, options } };
  }

  get run(): Run | undefined {
    return this.history.run;
  }

  /** Everything of ours that exists or may exist, oldest first. */
  get ledger(): readonly Resource[] {
    return this.history.ledger;
  }

  /** Something learned by a step, or `undefined` if it was not learned yet or does not have its shape. */
  fact<Key extends keyof Facts>(key: Key): Facts[Key] | undefined {
    const parsed = factSchemas[key].safeParse(this.history.facts.get(key));
    return parsed.success ? (parsed.data as Facts[Key]) : undefined;
  }

  /** Whether the install came to its end once; journals of earlier versions only know of the proof. */
  get installed(): boolean {
    return this.fact('installed') ?? this.fact('ready') ?? false;
  }

  async keepFact<Key extends keyof Facts>(key: Key, value: Facts[Key]): Promise<void> {
    await this.record({ at: Date.now(), type: 'fact', key, value });
  }

  /** How the machine is attached. @throws StackboxError `not-found` before the network step. */
  get attachment(): Attachment {
    const attachment = this.fact('attachment');
    if (attachment) return attachment;
    throw new StackboxError('not-found', `${this.wish.name} has no network yet.`, {
      hint: 'Wait until its machine is made.',
    });
  }

  /** Errors may quote what a guest said, so that secrets are hidden in them here, on the only way to journal and window. */
  async record(...records: readonly JournalRecord[]): Promise<void> {
    const secrets = secretTexts(this.secrets);
    const clean = records.map((record) =>
      'error' in record && record.error ? { ...record, error: hidden(record.error, secrets) } : record,
    );
    await this.journal.append(...clean);
    for (const record of clean) apply(this.history, this.id, record);
  }

  changed(): void {
    this.listener.changed(this);
  }

  command(runId: string, stepId: string, where: 'host' | 'guest', entry: CommandEntry): void {
    this.listener.command(this, runId, this.commands.add(stepId, where, entry));
  }

  async close(): Promise<void> {
    await this.commands.flush();
    await this.journal.close();
  }
}

type RecordedError = NonNullable<Run['error']>;

function hidden(error: RecordedError, secrets: readonly string[]): RecordedError {
  const hide = (text: string): string => hideSecrets(text, secrets);
  return {
    ...error,
    message: hide(error.message),
    ...(error.output !== undefined && { output: hide(error.output) }),
    ...(error.command && { command: error.command.map(hide) }),
  };
}
