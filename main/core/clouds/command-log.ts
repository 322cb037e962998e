/** The commands that a cloud's runs carried out, for "Commands": kept in a file, the newest also in memory. */
import { appendFile } from 'node:fs/promises';
import { commandSchema, type CommandRecord } from '../../contract/models';
import { hideSecrets } from '../../host/hide-secrets';
import type { CommandEntry } from '../../host/process';
import { storageError } from '../store/atomic-json';
import { readJournal } from '../store/journal';

/** Commands that are handed to a window; a run has some hundred. */
const SHOWN = 1000;

export class CommandLogFile {
  private readonly path: string;
  private readonly secrets: readonly string[];
  private commands: CommandRecord[] = [];
  private tail: Promise<void> = Promise.resolve();

  private constructor(path: string, secrets: readonly string[]) {
    this.path = path;
    this.secrets = secrets;
  }

  /** @param secrets texts that are hidden in every command and output */
  static async open(path: string, secrets: readonly string[]): Promise<CommandLogFile> {
    const log = new CommandLogFile(path, secrets);
    const { records } = await readJournal(path, commandSchema);
    log.commands = records.slice(-SHOWN);
    return log;
  }

  list(): readonly CommandRecord[] {
    return this.commands;
  }

  add(stepId: string, where: 'host' | 'guest', entry: CommandEntry): CommandRecord {
    const record: CommandRecord = {
      seq: (this.commands.at(-1)?.seq ?? 0) + 1,
      stepId,
      where,
      argv: entry.argv.map((word) => hideSecrets(word, this.secrets)),
      startedAt: entry.startedAt,
      durationMs: entry.durationMs,
      ...(entry.exitCode !== undefined && { exitCode: entry.exitCode }),
      output: hideSecrets(entry.output, this.secrets),
    };
    this.commands.push(record);
    if (this.commands.length > SHOWN) this.commands.shift();
    this.tail = this.tail.then(() => appendFile(this.path, `${JSON.stringify(record)}\n`, { mode: 0o600 }));
    return record;
  }

  /** @throws StackboxError `storage` if a command could not be written */
  async flush(): Promise<void> {
    try {
      await this.tail;
    } catch (error) {
      this.tail = Promise.resolve();
      throw storageError(`${this.path} could not be written.`, error);
    }
  }
}
