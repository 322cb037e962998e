/** Images, flavors, keys and servers. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import { folder } from './folder';
import { idSchema, lastWords } from './openstack';
import { SERVICES, failed, waitFor, type TrialCheck, type TrialContext } from './trial';

const idOnlySchema = z.object({ id: idSchema });
const imagesSchema = z.array(z.object({ ID: z.unknown(), Name: z.string().nullish(), Status: z.string().nullish() }));
const imageSchema = z.object({
  id: idSchema,
  status: z.string(),
  size: z.number().nullish(),
  checksum: z.string().nullish(),
});

/** A disk of 64 KiB with a boot sector that only halts: enough to be uploaded, stored and started. */
function tinyDisk(): Uint8Array {
  const disk = new Uint8Array(64 * 1024);
  // cli; hlt; jmp to the hlt; and the mark of a boot sector.
  disk.set([0xfa, 0xf4, 0xeb, 0xfd]);
  disk.set([0x55, 0xaa], 510);
  return disk;
}

export const image: TrialCheck = {
  id: 'image',
  title: 'Upload an image',
  seconds: 8,
  makes: ['image'],
  async run(trial) {
    const { cloud, has, name, keep, recipe } = trial;
    if (!has(SERVICES.image)) return { skipped: 'The cloud has no Glance.' };
    const images = await cloud.ask(['image', 'list'], imagesSchema);
    const cirros = images.find((one) => /^cirros/i.test(one.Name ?? '') && one.Status === 'active');
    const bootable = idSchema.safeParse(cirros?.ID);
    if (bootable.success) await keep('cirros', bootable.data);

    const disk = tinyDisk();
    const path = `${await folder(trial)}/image.raw`;
    await recipe.guest.writeFile(path, disk, { mode: 0o600, signal: recipe.signal });
    const columns = ['-c', 'id', '-c', 'status', '-c', 'size', '-c', 'checksum'];
    const format = ['--disk-format', 'raw', '--container-format', 'bare', '--file', path];
    const made = await cloud.ask(['image', 'create', ...format, ...columns, name], imageSchema);
    const stored = await waitFor(
      trial,
      async () => {
        const now = await cloud.ask(['image', 'show', made.id, ...columns], imageSchema, { quiet: true });
        if (now.status === 'active') return { done: now };
        if (['killed', 'deleted', 'deactivated'].includes(now.status))
          throw failed(`Glance calls the image ${now.status}.`);
        return { still: `The image is ${lastWords(now.status)}` };
      },
      (last, seconds) => failed(`${last} for ${seconds} s already.`),
    );
    if (stored.size !== disk.length) {
      throw failed(`Glance has ${stored.size ?? 'no'} bytes of an image that has ${disk.length}.`);
    }
    const sum = createHash('md5').update(disk).digest('hex');
    if (typeof stored.checksum === 'string' && stored.checksum !== sum) {
      throw failed('Glance has other bytes than those that were uploaded: the checksums differ.');
    }
    await keep('image', made.id);
    const boots = bootable.success ? ` The server boots ${lastWords(cirros?.Name ?? '')}.` : '';
    return { passed: `64 KiB were uploaded and are all there.${boots}` };
  },
};

export const flavor: TrialCheck = {
  id: 'flavor',
  title: 'Make a flavor',
  seconds: 3,
  makes: ['flavor'],
  async run({ cloud, has, name, keep }) {
    if (!has(SERVICES.compute)) return { skipped: 'The cloud has no Nova.' };
    const size = ['--ram', '256', '--disk', '1', '--vcpus', '1'];
    const { id } = await cloud.ask(['flavor', 'create', ...size, '-c', 'id', name], idOnlySchema);
    await keep('flavor', id);
    return { passed: 'One processor, 256 MiB of memory, 1 GiB of disk.' };
  },
};

export const keypair: TrialCheck = {
  id: 'keypair',
  title: 'Make a key pair',
  seconds: 4,
  makes: ['keypair'],
  async run(trial) {
    const { cloud, has, name, keep } = trial;
    if (!has(SERVICES.compute)) return { skipped: 'The cloud has no Nova.' };
    // Made in the machine, whose only user it is: the private key travels nowhere. CirrOS knows this kind of key.
    const path = `${await folder(trial)}/key`;
    const words = ['ssh-keygen', '-q', '-t', 'ecdsa', '-N', '', '-C', name, '-f', path];
    await cloud.run(['rm', '-f', '--', path, `${path}.pub`]);
    const { exitCode, output } = await cloud.run(words);
    if (exitCode !== 0) throw failed('ssh-keygen made no key.', { output });
    await cloud.ask(
      ['keypair', 'create', '--public-key', `${path}.pub`, '-c', 'name', name],
      z.object({ name: z.string() }),
    );
    await keep('keypair', name);
    return { passed: 'Nova knows the public key.' };
  },
};

const serverSchema = z.object({
  id: idSchema,
  status: z.string(),
  'OS-EXT-STS:task_state': z.string().nullish(),
  fault: z.unknown().optional(),
});
const faultSchema = z.object({ message: z.string() });
const COLUMNS = ['id', 'status', 'OS-EXT-STS:task_state', 'fault'].flatMap((column) => ['-c', column]);

export const server: TrialCheck = {
  id: 'server',
  title: 'Boot a server',
  seconds: 30,
  makes: ['server'],
  async run(trial) {
    const { cloud, has, found, name, keep } = trial;
    if (!has(SERVICES.compute)) return { skipped: 'The cloud has no Nova.' };
    const [disk, size] = [found('cirros') ?? found('image'), found('flavor')];
    if (disk === undefined) return { skipped: 'There is no image to boot.' };
    if (size === undefined) return { skipped: 'There is no flavor.' };
    const network = found('network');
    if (network === undefined && has(SERVICES.network)) return { skipped: 'There is no network for it.' };
    const [group, key] = [found('security-group'), found('keypair')];
    // Only these columns: without them Nova's answer has the password that it made for the server.
    const created = await cloud.ask(
      [
        ...['server', 'create', '--image', disk, '--flavor', size],
        ...(network === undefined ? ['--nic', 'none'] : ['--network', network]),
        ...(group === undefined ? [] : ['--security-group', group]),
        ...(key === undefined ? [] : ['--key-name', key]),
        ...['-c', 'id', '-c', 'status', name],
      ],
      idOnlySchema,
    );
    await waitFor(
      trial,
      async () => {
        const now = await cloud.ask(['server', 'show', created.id, ...COLUMNS], serverSchema, { quiet: true });
        if (now.status === 'ACTIVE') return { done: undefined };
        if (now.status === 'ERROR') throw await broken(trial, created.id, now.fault);
        const task = now['OS-EXT-STS:task_state'];
        return { still: lastWords(`The server is ${now.status}${typeof task === 'string' ? `, ${task}` : ''}`) };
      },
      (last, seconds) => failed(`${last}: nothing has changed for ${seconds} s.`),
    ).catch(async (error: unknown) => {
      throw await withConsole(trial, created.id, error);
    });
    await keep('server', created.id);
    return { passed: 'It is ACTIVE.' };
  },
};

async function broken({ line }: TrialContext, id: string, fault: unknown): Promise<StackboxError> {
  const parsed = faultSchema.safeParse(fault);
  // Older clients print it as text.
  const said = lastWords(parsed.success ? parsed.data.message : typeof fault === 'string' ? fault : '');
  line(`The server ${id} is in ERROR`);
  return failed(`Nova could not boot the server: ${said || 'it says ERROR, and no reason'}`, {
    hint: 'Read the logs of nova-compute and of the scheduler.',
  });
}

/** The same error with what the server wrote to its console; what a person would look at next. */
export async function withConsole(trial: TrialContext, server: string, thrown: unknown): Promise<unknown> {
  if (!(thrown instanceof StackboxError) || trial.recipe.signal.aborted) return thrown;
  const text = await consoleOf(trial, server);
  const output = text === '' ? (thrown.facts.output ?? '') : `Console of the server:\n${text}`;
  return new StackboxError(thrown.code, thrown.message, { ...thrown.facts, output }, { cause: thrown });
}

/** The last lines of a server's console, or nothing: one that never ran has none. */
export async function consoleOf({ cloud, recipe }: TrialContext, server: string): Promise<string> {
  try {
    return lastWords(await cloud.tell(['console', 'log', 'show', '--lines', '40', server]));
  } catch (error) {
    recipe.signal.throwIfAborted();
    if (error instanceof StackboxError) return '';
    throw error;
  }
}
