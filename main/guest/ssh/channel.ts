/** Opening channels on a connection that may be gone at any moment. */
import type { Client, ClientChannel, PseudoTtyOptions } from 'ssh2';
import { StackboxError } from '../../contract/errors';

/** No program was started: the connection was already gone, or the server opens no further session now. Asking again is safe. */
export class NotStarted extends StackboxError {
  constructor(message: string, cause: unknown) {
    super('unreachable', message, {}, { cause });
  }
}

/** Exit code of a program that was killed by a signal, as OpenSSH's client reports it. */
const KILLED = 255;

export interface OpenChannel {
  readonly channel: ClientChannel;
  /** As the server said it; `undefined` as long as it has not, and for good when the connection was lost. */
  readonly exitCode: () => number | undefined;
}

type Opened = (error: Error | undefined, channel: ClientChannel) => void;

/** @throws NotStarted, or StackboxError `unreachable` when the connection was lost and nobody knows whether it was started */
export function openExec(client: Client, command: string, pty?: PseudoTtyOptions): Promise<OpenChannel> {
  return opened((done) => client.exec(command, pty ? { pty } : {}, done));
}

/** The person's own login shell. @throws like {@link openExec} */
export function openLoginShell(client: Client, pty: PseudoTtyOptions): Promise<OpenChannel> {
  return opened((done) => client.shell(pty, done));
}

function opened(open: (done: Opened) => void): Promise<OpenChannel> {
  return new Promise((resolve, reject) => {
    try {
      open((error, channel) => {
        if (error) {
          const message = `The guest opens no session: ${error.message}`;
          // "Unable to exec" and its like (ssh2 1.17): the request was sent, so the program may run. All else fails before that.
          if (error.message.startsWith('Unable to')) {
            reject(new StackboxError('unreachable', message, {}, { cause: error }));
          } else reject(new NotStarted(message, error));
          return;
        }
        // Writing to what has just ended raises an error; that it ended is told by `close`, and without a listener the
        // error would end the process.
        channel.on('error', () => undefined);
        // Here and not by whoever waits for the promise: what comes in the same packet is told before they go on.
        let exitCode: number | undefined;
        channel.on('exit', (code: number | null) => {
          exitCode = code ?? KILLED;
        });
        resolve({ channel, exitCode: () => exitCode });
      });
    } catch (error) {
      // ssh2 throws at once when the connection is already gone.
      reject(new NotStarted('The connection to the guest was lost.', error));
    }
  });
}
