/** Volumes and objects. */
import { z } from 'zod';
import { folder } from './folder';
import { idSchema, lastWords } from './openstack';
import { SERVICES, failed, waitFor, type TrialCheck, type TrialContext } from './trial';

const idOnlySchema = z.object({ id: idSchema });
const statusSchema = z.object({ status: z.string() });

export const volume: TrialCheck = {
  id: 'volume',
  title: 'Make a volume, attach and detach it',
  seconds: 25,
  makes: ['volume'],
  async run(trial) {
    const { cloud, has, found, name } = trial;
    if (!has(SERVICES.volume)) return { skipped: 'The cloud has no Cinder.' };
    const { id } = await cloud.ask(['volume', 'create', '--size', '1', '-c', 'id', name], idOnlySchema);
    await becomes(trial, id, 'available');
    const server = found('server');
    if (server === undefined) return { passed: '1 GiB was made; there is no server to attach it to.' };
    await cloud.tell(['server', 'add', 'volume', server, id]);
    await becomes(trial, id, 'in-use');
    await cloud.tell(['server', 'remove', 'volume', server, id]);
    await becomes(trial, id, 'available');
    return { passed: '1 GiB was made, attached to the server and detached again.' };
  },
};

async function becomes(trial: TrialContext, id: string, wanted: string): Promise<void> {
  await waitFor(
    trial,
    async () => {
      const { status } = await trial.cloud.ask(['volume', 'show', '-c', 'status', id], statusSchema, { quiet: true });
      if (status === wanted) return { done: undefined };
      if (status.startsWith('error')) throw failed(`Cinder calls the volume "${lastWords(status)}", not "${wanted}".`);
      return { still: `The volume is ${lastWords(status)}` };
    },
    (last, seconds) => failed(`${last} for ${seconds} s already, and does not become ${wanted}.`),
  );
}

const CONTENT = 'What goes in comes out again.\n';

export const object: TrialCheck = {
  id: 'object',
  title: 'Store an object and read it again',
  seconds: 12,
  makes: ['container'],
  async run(trial) {
    const { cloud, has, name, recipe } = trial;
    if (!has(SERVICES.object)) return { skipped: 'The cloud has no Swift.' };
    const path = `${await folder(trial)}/object`;
    await recipe.guest.writeFile(path, CONTENT, { mode: 0o600, signal: recipe.signal });
    await cloud.tell(['container', 'create', name]);
    await cloud.tell(['object', 'create', '--name', 'hello', name, path]);
    // "-" is standard output.
    const back = await cloud.tell(['object', 'save', '--file', '-', name, 'hello']);
    if (back === CONTENT) return { passed: `${CONTENT.length} bytes were stored and read again.` };
    throw failed('Swift gave back other bytes than it was given.', { output: lastWords(back) });
  },
};
