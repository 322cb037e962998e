/** What OpenStack's clients read: an entry of clouds.yaml, and shell lines. */
import { quote } from 'shell-quote';
import { stringify } from 'yaml';

export interface ClientFacts {
  /** Name of the entry: `stackbox-dev`. */
  readonly entry: string;
  /** Name of the cloud, for a comment. */
  readonly cloud: string;
  /** Keystone's v3 API as this computer reaches it. */
  readonly authUrl: string;
  readonly username: string;
  readonly password: string;
  readonly project: string;
  readonly region: string;
  /** Addresses that clients use instead of the catalogue's, by type of service: `compute`, `block_storage`. */
  readonly overrides: Readonly<Record<string, string>>;
}

/**
 * The entry as data. `v3password` signs in at the very address that it is given; `password` asks there for Keystone's versions
 * first and goes on at the address in that answer, which DevStack sets to the machine's own. Tried with openstackclient 10.5.
 */
export function entryOf(facts: ClientFacts): Record<string, unknown> {
  return {
    auth_type: 'v3password',
    auth: {
      auth_url: facts.authUrl,
      username: facts.username,
      password: facts.password,
      project_name: facts.project,
      user_domain_name: 'Default',
      project_domain_name: 'Default',
    },
    region_name: facts.region,
    interface: 'public',
    identity_api_version: 3,
    ...Object.fromEntries(Object.entries(facts.overrides).map(([type, url]) => [`${type}_endpoint_override`, url])),
  };
}

/** A whole file with this entry alone. */
export function cloudsYamlOf(facts: ClientFacts): string {
  return stringify({ clouds: { [facts.entry]: entryOf(facts) } }, { lineWidth: 0 });
}

/** Shell lines that make `openstack` work as the administrator until the shell ends. */
export function openrcOf(facts: ClientFacts): string {
  const values: Record<string, string> = {
    OS_AUTH_TYPE: 'v3password',
    OS_AUTH_URL: facts.authUrl,
    OS_IDENTITY_API_VERSION: '3',
    OS_REGION_NAME: facts.region,
    OS_INTERFACE: 'public',
    OS_PROJECT_NAME: facts.project,
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OS_USERNAME: facts.username,
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PASSWORD: facts.password,
    ...Object.fromEntries(
      Object.entries(facts.overrides).map(([type, url]) => [`OS_${type.toUpperCase()}_ENDPOINT_OVERRIDE`, url]),
    ),
  };
  const host = new URL(facts.authUrl).hostname;
  return [
    `# ${facts.cloud}, made by Stackbox. Source it in a shell: . ./${facts.entry}-openrc.sh`,
    '# A cloud that another file has chosen would win over what follows.',
    'unset OS_CLOUD',
    ...Object.entries(values).map(([name, value]) => `export ${name}=${quote([value])}`),
    '# The way to a machine on this computer leads through no proxy.',
    `export no_proxy=${quote([host])}\${no_proxy:+,$no_proxy}`,
    'export NO_PROXY=$no_proxy',
    '',
  ].join('\n');
}
