/** What all steps of a cloud's runs share. */
import type { CallOptions, HypervisorDriver } from '../../hypervisors/driver';
import type { Recipe } from '../../recipes/types';
import type { CoreParts } from '../parts';
import type { StepContext } from '../run/step';
import type { LiveCloud } from './cloud';
import type { GuestLinks } from './guest-links';

export interface StepTools {
  readonly cloud: LiveCloud;
  readonly driver: HypervisorDriver;
  readonly recipe: Recipe;
  readonly parts: CoreParts;
  readonly links: GuestLinks;
}

/** Cancel signal and command log of a step, as drivers take them. */
export function callOptions(context: StepContext): Required<CallOptions> {
  return { signal: context.signal, log: (entry) => context.command('host', entry) };
}
