/** Where a command reads and writes: data on standard output, messages on standard error. */
import type { ReadStream, WriteStream } from 'node:tty';
import type { Backend } from './backend';
import type { StackboxError } from '../../contract/errors';

/** The process's own streams; tests hand in others. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY' | 'setRawMode'>>;
  readonly stdout: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>;
  readonly stderr: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;
}

/** What every command is given. */
export interface Context {
  readonly io: Io;
  readonly dataFolder: string;
  /** Opens the core that the command talks to. */
  readonly openBackend: () => Promise<Backend>;
  /** Ends the command with another exit code than 0, without an error to explain. */
  readonly setExitCode: (code: number) => void;
  /** Folder of the built window, for `serve`. */
  readonly windowFolder: string;
}

/** One line of data. */
export function line(io: Io, text: string): void {
  io.stdout.write(`${text}\n`);
}

/** One line for the person. */
export function say(io: Io, text: string): void {
  io.stderr.write(`${text}\n`);
}

/** One JSON document a line, so that a script can read a stream of them. */
export function json(io: Io, value: unknown): void {
  line(io, JSON.stringify(value));
}

/** A failure as a person reads it, or as a script does. */
export function sayError(io: Io, error: StackboxError, asJson: boolean): void {
  if (asJson) {
    say(io, JSON.stringify({ error: error.toRecord() }));
    return;
  }
  say(io, `Error: ${error.message}`);
  if (error.facts.output) say(io, error.facts.output.trimEnd().replace(/^/gm, '  '));
  if (error.facts.hint) say(io, error.facts.hint);
}

/** Rows under a heading, each column as wide as its widest cell. */
export function table(io: Io, heading: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const row of all)
    line(
      io,
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
