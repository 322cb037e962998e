/** An interactive shell over SSH. */
import type { Client, ClientChannel, PseudoTtyOptions } from 'ssh2';
import { quote } from 'shell-quote';
import { StackboxError } from '../../contract/errors';

export interface Shell {
  onText(listener: (text: string) => void): void;
  /** `ended`: the shell itself ended; otherwise the connection was lost. */
  onEnd(listener: (ended: boolean) => void): void;
  write(text: string): void;
  resize(cols: number, rows: number): void;
  /** Stops reading: SSH's own window then holds the program up. */
  pause(): void;
  resume(): void;
  close(): void;
}

export interface ShellOptions {
  readonly cols: number;
  readonly rows: number;
  /** File that the login shell reads first. */
  readonly openrc?: string;
}

/** @throws StackboxError `unreachable` when the guest opens no session */
export async function openShell(client: Client, { cols, rows, openrc }: ShellOptions): Promise<Shell> {
  const channel = await openChannel(client, { term: 'xterm-256color', cols, rows }, openrc);
  const decoder = new TextDecoder();
  let exited = false;
  channel.on('exit', () => {
    exited = true;
  });
  // A pseudo terminal has one stream; what little comes beside it must still be read, or the channel never closes.
  channel.stderr.resume();
  return {
    onText(listener) {
      channel.on('data', (chunk: Buffer) => listener(decoder.decode(chunk, { stream: true })));
    },
    onEnd(listener) {
      channel.on('close', () => listener(exited));
    },
    write: (text) => void channel.write(text),
    resize: (newCols, newRows) => channel.setWindow(newRows, newCols, 0, 0),
    pause: () => void channel.pause(),
    resume: () => void channel.resume(),
    close: () => channel.close(),
  };
}

/** With an rc file: a shell that has read it and then is the person's own login shell in all else. */
const WITH_RC = 'set -a; . "$1"; set +a; exec "${SHELL:-/bin/bash}" -l';

function openChannel(client: Client, pty: PseudoTtyOptions, openrc: string | undefined): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | undefined, channel: ClientChannel): void => {
      if (!error) resolve(channel);
      else {
        const message = `The guest opens no terminal: ${error.message}`;
        reject(new StackboxError('unreachable', message, {}, { cause: error }));
      }
    };
    if (openrc === undefined) client.shell(pty, done);
    else client.exec(quote(['sh', '-c', WITH_RC, 'sh', openrc]), { pty }, done);
  });
}
