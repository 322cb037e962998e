/** Signing in, the catalogue, and Keystone's own things. */
import { z } from 'zod';
import { idSchema, lastWords } from './openstack';
import { removeFolders } from './folder';
import { kindsOf, sweep } from './things';
import { SERVICES, failed, type TrialCheck } from './trial';

const idOnlySchema = z.object({ id: idSchema });
const listSchema = z.array(z.object({ ID: z.unknown() }));
const catalogueSchema = z.array(z.object({ Type: z.string() }));

export const token: TrialCheck = {
  id: 'token',
  title: 'Issue a token',
  seconds: 3,
  essential: true,
  async run({ cloud }) {
    // Only when it expires: the token itself opens the cloud and belongs into no log.
    const { expires } = await cloud.ask(['token', 'issue', '-c', 'expires'], z.object({ expires: z.string() }));
    return { passed: `It is good until ${lastWords(expires)}.` };
  },
};

/** @param keep takes the types that the catalogue names */
export function catalogue(keep: (types: string[]) => Promise<void>): TrialCheck {
  return {
    id: 'catalogue',
    title: 'List the catalogue',
    seconds: 3,
    essential: true,
    async run({ cloud }) {
      const services = await cloud.ask(['catalog', 'list'], catalogueSchema);
      const types = [...new Set(services.map(({ Type }) => lastWords(Type)))].toSorted();
      if (!types.includes('identity')) throw failed('The catalogue does not name Keystone.');
      await keep(types);
      return {
        passed: `It names ${types.length === 1 ? 'one service' : `${types.length} services`}: ${types.join(', ')}.`,
      };
    },
  };
}

/** What a trial left that was cut off: by its name, whoever ran it. */
export const leftOvers: TrialCheck = {
  id: 'left-overs',
  title: 'Remove what an earlier try left',
  seconds: 6,
  async run(trial) {
    await removeFolders(trial);
    const removed = await sweep(
      trial,
      kindsOf((service) => trial.has(SERVICES[service])),
    );
    return removed.length === 0
      ? { skipped: 'There was nothing.' }
      : { passed: `An earlier try had left: ${removed.join(', ')}.` };
  },
};

export const identity: TrialCheck = {
  id: 'identity',
  title: 'Make a project and a user, and remove them',
  seconds: 12,
  makes: ['user', 'project'],
  tidiesUp: true,
  async run({ cloud, name }) {
    const project = await cloud.ask(['project', 'create', '-c', 'id', name], idOnlySchema);
    const user = await cloud.ask(['user', 'create', '--project', project.id, '-c', 'id', name], idOnlySchema);
    for (const [what, { id }] of [
      ['project', project],
      ['user', user],
    ] as const) {
      const all = await cloud.ask([what, 'list'], listSchema);
      if (!all.some(({ ID }) => ID === id)) throw failed(`The list of ${what}s does not have the one that was made.`);
    }
    await cloud.tell(['user', 'delete', user.id]);
    await cloud.tell(['project', 'delete', project.id]);
    return { passed: 'Both were made, listed and removed.' };
  },
};
