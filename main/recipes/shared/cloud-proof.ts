/** What shows that a cloud works, whoever installed it: asked of its services as a person would. */
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import { expectSuccess, openstack } from '../proof';
import type { ProofCheck, RecipeContext } from '../types';

const catalogueSchema = z.array(z.object({ Type: z.string() }));
const computeSchema = z.array(z.object({ Binary: z.string(), State: z.string() }));

/** @param openrc file in the guest with the administrator's environment */
export function tokenCheck(openrc: string): ProofCheck {
  return {
    id: 'token',
    title: 'Issue a token',
    async run(context) {
      // Only when it expires: the token itself opens the cloud and belongs into no log.
      await openstack(openrc, ['token', 'issue', '-c', 'expires'], context);
    },
  };
}

/** @param wanted types of the catalogue that must be there, each by any of its names */
export function catalogueCheck(
  openrc: string,
  wanted: (options: RecipeContext['options']) => readonly (readonly string[])[],
): ProofCheck {
  return {
    id: 'catalogue',
    title: 'List the catalogue',
    async run(context) {
      const catalogue = catalogueSchema.parse(await openstack(openrc, ['catalog', 'list'], context));
      const types = new Set(catalogue.map(({ Type }) => Type));
      const missing = wanted(context.options).find((names) => !names.some((name) => types.has(name)));
      if (!missing) return;
      throw new StackboxError('guest-failed', `The catalogue names no service of the type "${missing[0] ?? ''}".`);
    },
  };
}

/** @param hint where the reason is to be found when nova-compute is down */
export function computeCheck(openrc: string, hint: string): ProofCheck {
  return {
    id: 'compute',
    title: 'List the compute services',
    async run(context) {
      const services = computeSchema.parse(await openstack(openrc, ['compute', 'service', 'list'], context));
      const compute = services.filter(({ Binary }) => Binary === 'nova-compute');
      if (compute.some(({ State }) => State === 'up')) return;
      const what = compute.length === 0 ? 'There is no nova-compute.' : 'nova-compute is down.';
      throw new StackboxError('guest-failed', what, { hint });
    },
  };
}

interface Dashboard {
  /** Of the login form. */
  readonly url: (context: RecipeContext) => string;
  /** Whether its certificate is its own, so that there is nothing to hold it against. */
  readonly selfSigned?: boolean;
}

export function dashboardCheck({ url, selfSigned = false }: Dashboard): ProofCheck {
  return {
    id: 'dashboard',
    title: 'Open the login form of Horizon',
    async run(context) {
      const argv = ['curl', '--silent', '--show-error', '--fail', '--location', '--noproxy', '*'];
      if (selfSigned) argv.push('--insecure');
      const result = await context.guest.exec([...argv, url(context)], { signal: context.signal });
      const page = expectSuccess('Horizon', result);
      // A page may come though Horizon is broken; its form does not.
      if (/<input[^>]*name="username"/.test(page) && page.includes('csrfmiddlewaretoken')) return;
      throw new StackboxError('guest-failed', 'Horizon answers, but without its login form.');
    },
  };
}
