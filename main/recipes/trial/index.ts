/** All checks of "Try it", in their order. Which of them a cloud can pass, its catalogue says. */
import type { Recipe } from '../types';
import { flavor, image, keypair, server } from './compute';
import { catalogue, identity, leftOvers, token } from './identity';
import { closedAgain, floatingIp, network, pingServer, securityGroup, sshServer } from './network';
import { object, volume } from './storage';
import type { TrialCheck } from './trial';

/**
 * @param recipe whose dashboard is opened, if it has one
 * @param keepTypes takes the types of services that the catalogue names
 */
export function trialChecks(recipe: Recipe, keepTypes: (types: string[]) => Promise<void>): readonly TrialCheck[] {
  return [
    token,
    catalogue(keepTypes),
    leftOvers,
    identity,
    image,
    flavor,
    network,
    securityGroup,
    keypair,
    server,
    floatingIp,
    pingServer,
    sshServer,
    closedAgain,
    volume,
    object,
    dashboard(recipe),
  ];
}

/** Horizon has no place in the catalogue: the recipe knows where it is, and for which options. */
function dashboard({ proof }: Recipe): TrialCheck {
  return {
    id: 'dashboard',
    title: 'Open the login form of Horizon',
    seconds: 2,
    async run({ recipe }) {
      const check = proof.find(({ id }) => id === 'dashboard');
      if (!check || check.when?.(recipe.options) === false) return { skipped: 'The cloud has no Horizon.' };
      await check.run(recipe);
      return { passed: 'It is there.' };
    },
  };
}
