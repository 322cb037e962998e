/** What a step of a run is, and what it may use while it runs. */
import type { Remedy, Step } from '../../contract/models';
import type { CommandEntry } from '../../host/process';
import type { Resource } from '../../hypervisors/driver';

/**
 * A step is safe to repeat: after a crash it runs again from its start. What it makes on this computer it claims first;
 * undoing a step is removing what it claimed (see `clouds/delete.ts`). What it makes inside the guest goes with the disk.
 */
export interface StepDefinition {
  readonly id: string;
  /** In the active voice: "Download the image". */
  readonly title: string;
  readonly group: string;
  /** How long it usually takes (ms) when this computer has no history of it. */
  readonly expectedMs: number;
  /** Without any sign of life for this long (ms) the step fails with `silent`. */
  readonly silenceMs: number;
  /** What a person can do when it was silent. */
  readonly hint?: string;
  /** Whether the steps after it run although it failed like this; the run has failed in the end. Never, by default. */
  readonly tolerates?: (error: Step['error']) => boolean;
  /** Runs also when the run has failed or was cancelled: it removes what must not stay. Only leaving at once ends it. */
  readonly always?: boolean;
  run(context: StepContext): Promise<StepOutcome>;
}

/** `skipped` means that there was nothing to do: the image was in the cache. */
export type StepOutcome = 'done' | 'skipped';

export interface StepContext {
  /** Ends the step: cancelled by a person, the app is closing, or silence. */
  readonly signal: AbortSignal;
  /** How far it is (0…1, `undefined` when nobody knows) and what it is at. A sign of life. */
  readonly progress: (fraction: number | undefined, detail?: string) => void;
  /** A line of output. A sign of life. */
  readonly line: (text: string) => void;
  /** A command that ended; for "Commands". A sign of life. */
  readonly command: (where: 'host' | 'guest', entry: CommandEntry) => void;
  /** Writes resources into the ledger; call it before making them. */
  readonly claim: (resources: readonly Resource[]) => Promise<void>;
  /** Keeps something that later steps need. */
  readonly fact: (key: string, value: FactValue) => Promise<void>;
  /** Cause and cure, if the failure that is about to be thrown is a known one. */
  readonly explain: (remedy: Remedy) => void;
}

/** Plain JSON. */
export type FactValue = string | number | boolean | null | FactValue[] | { [key: string]: FactValue };

/** Reason of an abort because the app closes: the run is neither failed nor cancelled and goes on at the next start. */
export class AppClosing extends Error {
  override readonly name = 'AppClosing';
}

/** Reason of an abort because a person cancelled the run. */
export class RunCancelled extends Error {
  override readonly name = 'RunCancelled';
}
