/** What a check of the doctor is, and what it may look at. See README.md for how to add one. */
import type { Finding } from '../contract/models';
import type { ConnectionId } from '../contract/plan';
import type { HostFacts } from '../host/facts';
import type { ProcessResult } from '../host/process';
import type { ConnectionFacts } from '../hypervisors/driver';

/** What a driver said about its own connection. */
export interface ProbedConnection extends ConnectionFacts {
  readonly id: ConnectionId;
  readonly title: string;
}

/** Everything a check may look at. Tests hand in recorded facts; nothing here changes this computer. */
export interface DoctorContext {
  readonly facts: HostFacts;
  readonly connections: readonly ProbedConnection[];
  /** Folders in which machines and images will grow. */
  readonly folders: readonly string[];
  /** What new machines can still have, in MiB. */
  readonly freeMemoryMiB: number;
  /** Runs a program that only looks. @throws StackboxError `missing-tool` if it is not installed */
  readonly run: (file: string, args: readonly string[], okCodes?: readonly number[]) => Promise<ProcessResult>;
  /** A small text file, or `undefined` if it is not there or not for us. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Whether this user could read and write a file or device. */
  readonly access: (path: string) => Promise<'usable' | 'denied' | 'absent'>;
  /** Bytes that this user may still write below a folder. */
  readonly freeBytes: (folder: string) => Promise<number>;
  /** Subnets that this computer reaches, in CIDR notation. */
  readonly takenSubnets: () => Promise<readonly string[]>;
}

/** A check's answer; identifier and title are the check's own. */
export type Answer = Omit<Finding, 'id' | 'title'>;

export interface Check {
  readonly id: string;
  /** One or two words: "Memory". */
  readonly title: string;
  /** Whether it makes sense on this computer at all; without it, always. */
  applies?(context: DoctorContext): boolean;
  /** May throw: then the finding is `unknown` with the error as its evidence. */
  check(context: DoctorContext): Promise<Answer>;
}

export function usable(context: DoctorContext, ...ids: readonly ConnectionId[]): boolean {
  return context.connections.some((connection) => ids.includes(connection.id) && connection.usable);
}

/** VirtualBox's version, or `undefined` where it is not installed. */
export function virtualBoxVersion({ connections }: DoctorContext): string | undefined {
  return connections.find(({ id }) => id === 'virtualbox')?.version;
}
