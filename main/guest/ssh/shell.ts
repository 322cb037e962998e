/** An interactive shell over SSH. */
import type { Client } from 'ssh2';
import { quote } from 'shell-quote';
import { openExec, openLoginShell } from './channel';

export interface Shell {
  onText(listener: (text: string) => void): void;
  /** `ended`: the shell itself ended; otherwise the connection was lost. */
  onEnd(listener: (ended: boolean) => void): void;
  write(text: string): void;
  resize(cols: number, rows: number): void;
  /** Stops reading: SSH's own window then holds the program up. */
  pause(): void;
  resume(): void;
  /** The guest's side is hung up (SIGHUP). */
  close(): void;
}

export interface ShellOptions {
  readonly cols: number;
  readonly rows: number;
  /** File that the login shell reads first. */
  readonly openrc?: string;
}

/** With an rc file: a shell that has read it and then is the person's own login shell in all else. */
const WITH_RC = 'set -a; . "$1"; set +a; exec "${SHELL:-/bin/bash}" -l';

/** @throws StackboxError `unreachable` when the guest opens no session */
export async function openShell(client: Client, { cols, rows, openrc }: ShellOptions): Promise<Shell> {
  const pty = { term: 'xterm-256color', cols, rows };
  const { channel, exitCode } =
    openrc === undefined
      ? await openLoginShell(client, pty)
      : await openExec(client, quote(['sh', '-c', WITH_RC, 'sh', openrc]), pty);
  const decoder = new TextDecoder();
  // A pseudo terminal has one stream; what little comes beside it must still be read, or the channel never closes.
  channel.stderr.resume();
  return {
    onText(listener) {
      channel.on('data', (chunk: Buffer) => listener(decoder.decode(chunk, { stream: true })));
    },
    onEnd(listener) {
      channel.on('close', () => listener(exitCode() !== undefined));
    },
    write(text) {
      if (channel.writable) channel.write(text);
    },
    resize: (newCols, newRows) => channel.setWindow(newRows, newCols, 0, 0),
    pause: () => void channel.pause(),
    resume: () => void channel.resume(),
    close() {
      channel.close();
      // What nobody reads would keep the channel from ever closing.
      channel.removeAllListeners('data').resume();
    },
  };
}
