/** The things that a trial makes in a cloud: how they are found by their name, and how each is removed. */
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import { idSchema, lastWords, type OpenStack } from './openstack';
import { PREFIX, failed, waitFor, type Service, type TrialContext } from './trial';

interface Thing {
  readonly id: string;
  readonly name: string;
}

interface KindOfThing {
  readonly service: Service;
  readonly list: (cloud: OpenStack, quiet: boolean) => Promise<Thing[]>;
  /** Removes one; the default is to delete it by its identifier. */
  readonly remove?: (trial: TrialContext, thing: Thing) => Promise<void>;
  /** Words that delete one. */
  readonly delete: readonly string[];
  /** Whether it goes in its own time, and others cannot be removed before. */
  readonly slow?: boolean;
}

const namedSchema = z.object({ ID: z.unknown(), Name: z.string().nullish() });

/** Only what is ours: whatever else is in a list is neither read nor touched. */
function ours(rows: readonly { id: unknown; name: string | null | undefined }[]): Thing[] {
  return rows.flatMap(({ id, name }) => {
    if (name?.startsWith(PREFIX) !== true) return [];
    const thing = z.object({ id: idSchema, name: idSchema }).safeParse({ id, name });
    if (thing.success) return [thing.data];
    throw failed('Something that is called as what "Try it" makes has an identifier that is none.', {
      output: lastWords(JSON.stringify({ id, name })),
    });
  });
}

/** Things whose list has the columns ID and Name. */
function named(service: Service, words: readonly string[], rest: Partial<KindOfThing> = {}): KindOfThing {
  return {
    service,
    delete: [...words, 'delete'],
    async list(cloud, quiet) {
      const rows = await cloud.ask([...words, 'list'], z.array(namedSchema), { quiet });
      return ours(rows.map(({ ID, Name }) => ({ id: ID, name: Name })));
    },
    ...rest,
  };
}

/** Things that have a name and nothing else. */
function nameOnly(service: Service, words: readonly string[], remove: readonly string[]): KindOfThing {
  return {
    service,
    delete: remove,
    async list(cloud, quiet) {
      const rows = await cloud.ask([...words, 'list'], z.array(z.object({ Name: z.string() })), { quiet });
      return ours(rows.map(({ Name }) => ({ id: Name, name: Name })));
    },
  };
}

const floatingSchema = z.array(z.object({ ID: z.unknown(), Description: z.string().nullish() }));
const portsSchema = z.array(z.object({ ID: idSchema }));
const volumesSchema = z.array(
  z.object({
    ID: z.unknown(),
    Status: z.string(),
    'Attached to': z.array(z.object({ server_id: idSchema })).catch([]),
  }),
);
/** States of a volume in which it cannot be deleted yet. */
const BUSY = new Set(['creating', 'downloading', 'reserved', 'attaching', 'in-use', 'detaching']);

/** In the order in which they can be removed: what uses others comes first. */
const THINGS = {
  server: named('compute', ['server'], { slow: true }),
  'floating-ip': {
    service: 'network',
    delete: ['floating', 'ip', 'delete'],
    // It has no name; its description takes the place of one.
    async list(cloud, quiet) {
      const rows = await cloud.ask(['floating', 'ip', 'list', '--long'], floatingSchema, { quiet });
      return ours(rows.map(({ ID, Description }) => ({ id: ID, name: Description })));
    },
  },
  volume: named('volume', ['volume'], {
    slow: true,
    async remove(trial, { id }) {
      const { cloud } = trial;
      const look = async (): Promise<z.infer<typeof volumesSchema>[number] | undefined> =>
        (await cloud.ask(['volume', 'list'], volumesSchema, { quiet: true })).find(({ ID }) => ID === id);
      const before = await look();
      for (const { server_id: server } of before?.Status === 'in-use' ? before['Attached to'] : []) {
        await cloud.tell(['server', 'remove', 'volume', server, id]);
      }
      await waitFor(
        trial,
        async () => {
          const { Status: status = 'gone' } = (await look()) ?? {};
          return BUSY.has(status) ? { still: `The volume is ${status}` } : { done: undefined };
        },
        (last, seconds) => failed(`${last} for ${seconds} s already.`),
      );
      await cloud.tell(['volume', 'delete', id]);
    },
  }),
  router: named('network', ['router'], {
    async remove({ cloud }, { id }) {
      await cloud.tell(['router', 'unset', '--external-gateway', id]);
      const ports = await cloud.ask(['port', 'list', '--router', id], portsSchema);
      for (const port of ports) await cloud.tell(['router', 'remove', 'port', id, port.ID]);
      await cloud.tell(['router', 'delete', id]);
    },
  }),
  // Its subnets go with it.
  network: named('network', ['network']),
  'security-group': named('network', ['security', 'group']),
  keypair: nameOnly('compute', ['keypair'], ['keypair', 'delete']),
  flavor: named('compute', ['flavor']),
  image: named('image', ['image']),
  container: nameOnly('object', ['container'], ['container', 'delete', '--recursive']),
  user: named('identity', ['user']),
  project: named('identity', ['project']),
} as const satisfies Record<string, KindOfThing>;

export type Kind = keyof typeof THINGS;
export const KINDS = Object.keys(THINGS) as readonly Kind[];

/** @param has whether the catalogue has a service of that kind */
export function kindsOf(has: (service: Service) => boolean): Kind[] {
  return KINDS.filter((kind) => has(THINGS[kind].service));
}

/**
 * Removes every thing of these kinds that a trial made, this one or an earlier one, and waits until it is gone.
 * @returns what was removed: "server stackbox-try-…"
 * @throws StackboxError `guest-failed` naming what could not be removed, after everything else was
 */
export async function sweep(trial: TrialContext, kinds: readonly Kind[]): Promise<string[]> {
  const removed: string[] = [];
  const problems: { what: string; error: StackboxError }[] = [];
  const note = (what: string, thrown: unknown): void => {
    trial.recipe.signal.throwIfAborted();
    const error = StackboxError.from(thrown);
    // A machine that is not there answers nothing that comes after, either.
    if (error.code === 'unreachable' || error.code === 'internal') throw error;
    problems.push({ what, error });
  };
  for (const kind of KINDS.filter((one) => kinds.includes(one))) {
    try {
      for (const thing of await THINGS[kind].list(trial.cloud, false)) {
        const what = `${words(kind)} ${thing.name}`;
        trial.line(`Removing the ${what}`);
        try {
          await removeOne(trial, kind, thing);
          removed.push(what);
        } catch (error) {
          note(what, error);
        }
      }
    } catch (error) {
      note(`${words(kind)}s`, error);
    }
  }
  const [first] = problems;
  if (!first) return removed;
  throw failed(`Not everything could be removed: ${problems.map(({ what }) => what).join(', ')}.`, {
    output: problems.map(({ what, error }) => `${what}: ${error.message}\n${error.facts.output ?? ''}`).join('\n'),
    hint: 'The next "Try it" looks for it again and removes it.',
  });
}

async function removeOne(trial: TrialContext, kind: Kind, thing: Thing): Promise<void> {
  const { cloud } = trial;
  const { list, slow = false, remove, ...how }: KindOfThing = THINGS[kind];
  const isThere = async (): Promise<boolean> => (await list(cloud, true)).some(({ id }) => id === thing.id);
  try {
    if (remove) await remove(trial, thing);
    else await cloud.tell([...how.delete, thing.id]);
  } catch (error) {
    trial.recipe.signal.throwIfAborted();
    // Somebody else, or an earlier request of ours, was faster.
    if (!(await isThere())) return;
    throw error;
  }
  if (!slow) return;
  await waitFor(
    trial,
    async () => ((await isThere()) ? { still: `Waiting until the ${words(kind)} is gone` } : { done: undefined }),
    (_, seconds) => failed(`The ${words(kind)} ${thing.name} is still there ${seconds} s after it was deleted.`),
  );
}

function words(kind: Kind): string {
  return kind.replace('-', ' ');
}
