/** For OpenStack's clients on this computer: clouds.yaml and openrc of a cloud. */
import type { ClientChange, ClientConfig } from '../../contract/clients';
import { StackboxError } from '../../contract/errors';
import type { Recipe, RecipeData } from '../../recipes/types';
import type { LiveCloud } from '../clouds/cloud';
import type { Clouds } from '../clouds/clouds';
import type { CloudsFile, FileChange } from './clouds-file';
import { cloudsYamlOf, entryOf, openrcOf, type ClientFacts } from './config';
import { addEntry, removeEntry } from './entry';

/** Stands for the password until a person asks for it. */
const HIDDEN = '••••••••';

export interface Clients {
  /** @throws StackboxError `not-found` when the recipe does not say how, or before the cloud was ready once */
  show(cloudId: string, secrets: boolean): Promise<ClientConfig>;
  /** @throws StackboxError as `show`; `conflict`, `bad-input` or `storage` from the person's file, which then is as it was */
  add(cloudId: string): Promise<ClientChange>;
  remove(cloudId: string): Promise<ClientChange>;
}

export function createClients(clouds: Clouds, file: CloudsFile): Clients {
  const factsOf = (cloudId: string): { cloud: LiveCloud; facts: ClientFacts; limits: ClientConfig['limits'] } => {
    const cloud = clouds.find(cloudId);
    return { cloud, ...clientFacts(cloud, clouds.recipeOf(cloud.wish.plan.recipe.id)) };
  };
  return {
    async show(cloudId, secrets) {
      const { facts, limits } = factsOf(cloudId);
      const shown = secrets ? facts : { ...facts, password: HIDDEN };
      return {
        entry: facts.entry,
        cloudsYaml: cloudsYamlOf(shown),
        openrc: openrcOf(shown),
        file: await file.path(),
        ...(limits && { limits }),
      };
    },
    async add(cloudId) {
      const { cloud, facts } = factsOf(cloudId);
      return told(await addEntry(cloud, file, facts.entry, entryOf(facts)));
    },
    async remove(cloudId) {
      return told(await removeEntry(clouds.find(cloudId), file));
    },
  };
}

function told({ path, backup }: FileChange): ClientChange {
  return { file: path, ...(backup !== undefined && { backup }) };
}

type Client = NonNullable<RecipeData['client']>;
type Place = { readonly host: string; readonly port: number };

function clientFacts(cloud: LiveCloud, { data }: Recipe): { facts: ClientFacts; limits: ClientConfig['limits'] } {
  const { client } = data;
  const { name } = cloud.wish;
  if (!client) {
    throw new StackboxError('not-found', `${data.title} does not say how clients on this computer sign in.`, {
      hint: 'Open a terminal that is signed in already.',
    });
  }
  const endpoint = data.endpoints.find(({ id }) => id === client.endpoint);
  const credential = data.credentials.find(({ id }) => id === client.credential);
  const password = cloud.secrets.passwords[client.credential];
  const keystone = endpoint && cloud.fact('ports')?.[String(endpoint.port)];
  if (!endpoint || !credential || password === undefined || !keystone) {
    throw new StackboxError('not-found', `${name} has no address of Keystone yet.`, {
      hint: 'Let its install come to its end first.',
    });
  }
  const address = ({ host, port }: Place, path: string): string =>
    `${endpoint.tls ? 'https' : 'http'}://${host}:${port}${path}`;
  const authUrl = address(keystone, endpoint.path.endsWith('/v3') ? endpoint.path : `${endpoint.path}/v3`);
  const direct = keystone.host === cloud.attachment.address && keystone.port === endpoint.port;
  const overrides = direct ? {} : { identity: authUrl, ...forwarded(client, cloud, address) };
  const facts = {
    entry: `stackbox-${name}`,
    cloud: name,
    authUrl,
    username: credential.username,
    password,
    project: client.project,
    region: client.region,
    overrides,
  };
  return { facts, limits: direct ? undefined : limitsOf(cloud, Object.keys(overrides)) };
}

/** Services that a forwarded port leads to as well; the catalogue names them at an address that only the machine has. */
function forwarded(
  { services }: Client,
  cloud: LiveCloud,
  address: (place: Place, path: string) => string,
): Record<string, string> {
  const ports = cloud.fact('ports') ?? {};
  return Object.fromEntries(
    Object.entries(services).flatMap(([type, { port, path }]) => {
      const place = ports[String(port)];
      return place ? [[type, address(place, path)]] : [];
    }),
  );
}

function limitsOf(cloud: LiveCloud, types: readonly string[]): NonNullable<ClientConfig['limits']> {
  const works = types.map((type) => type.replace('_', ' ')).join(', ');
  return {
    text:
      `This computer reaches the cloud through forwarded ports: calls to ${works} work. Calls to other services do not, ` +
      `because the catalogue names them at ${cloud.attachment.address}, which only the machine itself has.`,
    hint: `For those, open a terminal that is signed in already, or run: stackbox shell ${cloud.wish.name} --as admin`,
  };
}
