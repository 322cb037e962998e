/** What shows that a DevStack works: asked of its services as a person would. */
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import { expectSuccess, openstack } from '../proof';
import type { ProofCheck, RecipeContext } from '../types';
import { optionsSchema } from './options';
import { findPreset, servicesOf } from './releases';

export const OPENRC = '/etc/stackbox/admin-openrc';

/** Types of the catalogue by the service that has to bring them; some have had more than one name. */
const CATALOGUE: Readonly<Record<string, readonly string[]>> = {
  key: ['identity'],
  'g-api': ['image'],
  'n-api': ['compute'],
  'placement-api': ['placement'],
  'q-svc': ['network'],
  'c-api': ['volumev3', 'block-storage'],
  's-proxy': ['object-store'],
};

/** Types that plugins bring. */
const PLUGIN_TYPES: Readonly<Record<string, readonly string[]>> = { heat: ['orchestration'] };

const catalogueSchema = z.array(z.object({ Type: z.string() }));
const computeSchema = z.array(z.object({ Binary: z.string(), State: z.string() }));

export const proof: readonly ProofCheck[] = [
  {
    id: 'token',
    title: 'Issue a token',
    async run(context) {
      // Only when it expires: the token itself opens the cloud and belongs into no log.
      await openstack(OPENRC, ['token', 'issue', '-c', 'expires'], context);
    },
  },
  {
    id: 'catalogue',
    title: 'List the catalogue',
    async run(context) {
      const catalogue = catalogueSchema.parse(await openstack(OPENRC, ['catalog', 'list'], context));
      const types = new Set(catalogue.map(({ Type }) => Type));
      const missing = expectedTypes(context).find((names) => !names.some((name) => types.has(name)));
      if (!missing) return;
      throw new StackboxError('guest-failed', `The catalogue names no service of the type "${missing[0] ?? ''}".`);
    },
  },
  {
    id: 'compute',
    title: 'List the compute services',
    when: (options) => has('n-cpu', options),
    async run(context) {
      const services = computeSchema.parse(await openstack(OPENRC, ['compute', 'service', 'list'], context));
      const compute = services.filter(({ Binary }) => Binary === 'nova-compute');
      if (compute.some(({ State }) => State === 'up')) return;
      const what = compute.length === 0 ? 'There is no nova-compute.' : 'nova-compute is down.';
      throw new StackboxError('guest-failed', what, {
        hint: 'Read "sudo journalctl -u devstack@n-cpu" in a terminal.',
      });
    },
  },
  {
    id: 'dashboard',
    title: 'Open the login form of Horizon',
    when: (options) => has('horizon', options),
    async run({ guest, attachment, signal }) {
      const url = `http://${attachment.address}/dashboard/auth/login/`;
      const argv = ['curl', '--silent', '--show-error', '--fail', '--location', '--noproxy', '*', url];
      const page = expectSuccess('Horizon', await guest.exec(argv, { signal }));
      // A page may come though Horizon is broken; its form does not.
      if (/<input[^>]*name="username"/.test(page) && page.includes('csrfmiddlewaretoken')) return;
      throw new StackboxError('guest-failed', 'Horizon answers, but without its login form.');
    },
  },
];

function has(service: string, options: Readonly<Record<string, unknown>>): boolean {
  const { preset, branch } = optionsSchema.parse(options);
  return servicesOf(preset, branch).flat().includes(service);
}

function expectedTypes({ options }: RecipeContext): (readonly string[])[] {
  const { preset, branch } = optionsSchema.parse(options);
  const services = servicesOf(preset, branch).flat();
  return [
    ...services.flatMap((service) => (CATALOGUE[service] ? [CATALOGUE[service]] : [])),
    ...findPreset(preset).plugins.flatMap((plugin) => (PLUGIN_TYPES[plugin] ? [PLUGIN_TYPES[plugin]] : [])),
  ];
}
