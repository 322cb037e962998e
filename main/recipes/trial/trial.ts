/** What the checks of "Try it" share: what they are given, and what they answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { StackboxError } from '../../contract/errors';
import type { RecipeContext } from '../types';
import type { OpenStack } from './openstack';
import type { Kind } from './things';

/** Everything that a trial makes is called so, and nothing else is; by it, what an interrupted one left is found. */
export const PREFIX = 'stackbox-try-';

/** How long a trial waits; tests are less patient. */
export interface Pace {
  /** Between two questions (ms). */
  readonly pauseMs: number;
  /** A change that does not come for this long (ms) does not come any more: a server that boots, a volume that is made. */
  readonly silenceMs: number;
  /** How long (ms) a rule of a security group may take to be in force. */
  readonly ruleMs: number;
}

/** What a check has found, for those after it; identifiers and names, never a secret. */
export type Finding =
  | 'image'
  | 'cirros'
  | 'flavor'
  | 'network'
  | 'external'
  | 'security-group'
  | 'icmp-rule'
  | 'keypair'
  | 'server'
  | 'address'
  | 'answers'
  | 'ssh'
  | 'folder';

export interface TrialContext {
  readonly cloud: OpenStack;
  readonly recipe: RecipeContext;
  /** What everything is called that this trial makes. */
  readonly name: string;
  readonly pace: Pace;
  /** Whether the catalogue names a service of one of these types. */
  readonly has: (types: readonly string[]) => boolean;
  readonly found: (what: Finding) => string | undefined;
  /** Keeps a finding, also for a trial that goes on after the app was closed. */
  readonly keep: (what: Finding, value: string) => Promise<void>;
  /** A line for the person: a sign of life, so only when something changed. */
  readonly line: (text: string) => void;
}

/** What came of a check that did not fail: one or two sentences. */
export type Outcome = { readonly passed: string } | { readonly skipped: string };

export interface TrialCheck {
  readonly id: string;
  readonly title: string;
  /** On real acceleration, in seconds. */
  readonly seconds: number;
  /** What it may make; written down before it begins. */
  readonly makes?: readonly Kind[];
  /** Whether nothing of it is left once it has passed. */
  readonly tidiesUp?: boolean;
  /** Nothing can be tried when it fails. */
  readonly essential?: boolean;
  /** @throws StackboxError when the cloud does not do what it should */
  run(trial: TrialContext): Promise<Outcome>;
}

/** Types in the catalogue of the services that are tried; some have had more than one name. */
export const SERVICES = {
  identity: ['identity'],
  image: ['image'],
  compute: ['compute'],
  network: ['network'],
  volume: ['block-storage', 'volumev3', 'volume'],
  object: ['object-store'],
} as const satisfies Record<string, readonly string[]>;

export type Service = keyof typeof SERVICES;

/** Either the answer, or where it stands: "BUILD, spawning". */
export type Look<T> = { readonly done: T } | { readonly still: string };

/**
 * Asks until there is an answer. Only a change counts as a sign of life.
 * @param late the error for when nothing has changed for `silenceMs`, from what was seen last
 */
export async function waitFor<T>(
  { pace, line, recipe }: Pick<TrialContext, 'pace' | 'line' | 'recipe'>,
  look: () => Promise<Look<T>>,
  late: (last: string, seconds: number) => StackboxError,
  silenceMs = pace.silenceMs,
): Promise<T> {
  let last: string | undefined;
  let changedAt = Date.now();
  for (;;) {
    const seen = await look();
    if ('done' in seen) return seen.done;
    if (seen.still !== last) {
      last = seen.still;
      changedAt = Date.now();
      line(last);
    } else if (Date.now() - changedAt > silenceMs) throw late(last, Math.round(silenceMs / 1000));
    await sleep(pace.pauseMs, undefined, { signal: recipe.signal });
  }
}

export function failed(message: string, facts: { output?: string; hint?: string } = {}): StackboxError {
  return new StackboxError('guest-failed', message, facts);
}
