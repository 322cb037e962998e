/** What shows that a DevStack works: asked of its services as a person would. */
import { catalogueCheck, computeCheck, dashboardCheck, tokenCheck } from '../shared/cloud-proof';
import type { ProofCheck, RecipeContext } from '../types';
import { optionsSchema } from './options';
import { knownPlugins } from './plugins';
import { servicesOf } from './releases';

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

const dashboard = dashboardCheck({ url: ({ attachment }) => `http://${attachment.address}/dashboard/auth/login/` });

export const proof: readonly ProofCheck[] = [
  tokenCheck(OPENRC),
  catalogueCheck(OPENRC, expectedTypes),
  {
    ...computeCheck(OPENRC, 'Read "sudo journalctl -u devstack@n-cpu" in a terminal.'),
    when: (options) => has('n-cpu', options),
  },
  { ...dashboard, when: (options) => has('horizon', options) },
];

function has(service: string, options: Readonly<Record<string, unknown>>): boolean {
  const { preset, branch } = optionsSchema.parse(options);
  return servicesOf(preset, branch).flat().includes(service);
}

function expectedTypes(options: RecipeContext['options']): (readonly string[])[] {
  const { preset, branch, plugins } = optionsSchema.parse(options);
  const services = servicesOf(preset, branch).flat();
  return [
    ...services.flatMap((service) => (CATALOGUE[service] ? [CATALOGUE[service]] : [])),
    ...knownPlugins({ preset, plugins }).flatMap(({ types }) => (types.length > 0 ? [types] : [])),
  ];
}
