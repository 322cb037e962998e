/** The output of a program in the guest, taken as fast as its reader can and no faster. */
import type { Client } from 'ssh2';
import { quote } from 'shell-quote';
import { StackboxError } from '../../contract/errors';
import { openExec } from './channel';

export interface ProgramStream {
  /**
   * Hands on the output until the program has ended. While `onBytes` is busy nothing more is read and, once SSH's window
   * (2 MiB) is full, the program waits. Its standard input stays open as long as somebody reads here.
   * @throws StackboxError `unreachable` when the connection was lost; the signal's reason; whatever `onBytes` throws
   */
  read(onBytes: (bytes: Buffer) => void | Promise<void>, signal: AbortSignal): Promise<{ exitCode: number }>;
  /** The server has its session back. */
  onEnd(listener: () => void): void;
}

/** @throws StackboxError `unreachable` when the guest opens no session */
export async function openStream(client: Client, argv: readonly string[]): Promise<ProgramStream> {
  const { channel, ...opened } = await openExec(client, quote([...argv]));
  channel.stderr.resume();
  return {
    onEnd(listener) {
      channel.on('close', listener);
    },
    async read(onBytes, signal) {
      // Closing ends the iteration, also when nothing comes any more.
      const cancelled = (): void => channel.close();
      signal.addEventListener('abort', cancelled, { once: true });
      if (signal.aborted) channel.close();
      try {
        for await (const chunk of channel.iterator({ destroyOnReturn: false })) {
          signal.throwIfAborted();
          await onBytes(chunk as Buffer);
        }
        signal.throwIfAborted();
      } finally {
        signal.removeEventListener('abort', cancelled);
        channel.close();
        // The rest is let go: an unread channel never closes.
        channel.resume();
      }
      const exitCode = opened.exitCode();
      if (exitCode === undefined) throw new StackboxError('unreachable', 'The connection to the guest was lost.');
      return { exitCode };
    },
  };
}
