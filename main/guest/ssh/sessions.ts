/**
 * The sessions of one guest. An SSH server opens ten a connection (`MaxSessions`): short ones queue for their share of the
 * first connection, lasting ones beyond its room get a further connection, which goes when its last session has ended.
 */
import type { Client } from 'ssh2';
import PQueue from 'p-queue';
import { SshConnection, type SshTarget } from './connection';

/** Seven programs and two lasting sessions at once; the tenth session is for ending a program. */
const SHORT = 7;
const LASTING_BESIDE = 2;
/** Lasting sessions on a further connection. */
const LASTING_APART = 8;

/** Something that lasts: a terminal, the output of a job. */
interface Lasting {
  onEnd(listener: () => void): void;
}

interface Lane {
  readonly connection: SshConnection;
  readonly room: number;
  taken: number;
}

export class Sessions {
  /** The connection of all short sessions. */
  readonly connection: SshConnection;
  private readonly target: SshTarget;
  private readonly queue = new PQueue({ concurrency: SHORT });
  private lanes: Lane[];
  private closed = false;

  constructor(target: SshTarget) {
    this.target = target;
    this.connection = new SshConnection(target);
    this.lanes = [{ connection: this.connection, room: LASTING_BESIDE, taken: 0 }];
  }

  /** Runs `task` when one of the short sessions is free; it has ended when the promise of `task` has. */
  async short(task: () => Promise<void>): Promise<void> {
    // Without the queue's own signal: it adds a listener for each call and never takes it away (p-queue 8).
    await this.queue.add(task);
  }

  /** @throws StackboxError `unreachable`, `denied` or `verification` */
  async lasting<T extends Lasting>(open: (client: Client) => Promise<T>): Promise<T> {
    const lane = this.lanes.find(({ room, taken }) => taken < room) ?? this.addLane();
    lane.taken += 1;
    try {
      const session = await open(await lane.connection.client());
      session.onEnd(() => this.leave(lane));
      return session;
    } catch (error) {
      this.leave(lane);
      throw error;
    }
  }

  close(): void {
    this.closed = true;
    for (const { connection } of this.lanes) connection.close();
  }

  private addLane(): Lane {
    const lane = { connection: new SshConnection(this.target), room: LASTING_APART, taken: 0 };
    if (this.closed) lane.connection.close();
    this.lanes.push(lane);
    return lane;
  }

  private leave(lane: Lane): void {
    lane.taken -= 1;
    if (lane.taken > 0 || lane.connection === this.connection) return;
    this.lanes = this.lanes.filter((each) => each !== lane);
    lane.connection.close();
  }
}
