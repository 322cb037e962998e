/** Networks, and whether a server can be reached over them. */
import { z } from 'zod';
import { overlapsAny } from '../../network/subnets';
import { consoleOf, withConsole } from './compute';
import { folder } from './folder';
import { idSchema, lastWords } from './openstack';
import { SERVICES, failed, waitFor, type Look, type TrialCheck, type TrialContext } from './trial';

const idOnlySchema = z.object({ id: idSchema });
const networksSchema = z.array(z.object({ ID: idSchema, Name: z.string().nullish() }));

/** Private ranges that neither installers nor home routers use; one that the machine itself is in would hide its way out. */
const RANGES = ['10.254.89.0/24', '172.31.89.0/24'] as const;

export const network: TrialCheck = {
  id: 'network',
  title: 'Make a network, a subnet and a router',
  seconds: 18,
  makes: ['router', 'network'],
  async run({ cloud, has, name, keep, recipe }) {
    if (!has(SERVICES.network)) return { skipped: 'The cloud has no Neutron.' };
    const range = RANGES.find((one) => !overlapsAny(one, [recipe.attachment.subnet]));
    if (range === undefined) return { skipped: 'The machine itself is in the ranges that a subnet could have.' };
    const made = await cloud.ask(['network', 'create', '-c', 'id', name], idOnlySchema);
    const inside = ['--network', made.id, '--subnet-range', range];
    const subnet = await cloud.ask(['subnet', 'create', ...inside, '-c', 'id', name], idOnlySchema);
    const router = await cloud.ask(['router', 'create', '-c', 'id', name], idOnlySchema);
    const [external] = await cloud.ask(['network', 'list', '--external'], networksSchema);
    if (external) await cloud.tell(['router', 'set', '--external-gateway', external.ID, router.id]);
    await cloud.tell(['router', 'add', 'subnet', router.id, subnet.id]);
    await keep('network', made.id);
    if (!external) return { passed: `The subnet ${range} with a router; the cloud has no external network.` };
    await keep('external', external.ID);
    return { passed: `The subnet ${range}, with a router to ${lastWords(external.Name ?? '') || external.ID}.` };
  },
};

export const securityGroup: TrialCheck = {
  id: 'security-group',
  title: 'Let ping and SSH through',
  seconds: 9,
  makes: ['security-group'],
  async run({ cloud, has, name, keep }) {
    if (!has(SERVICES.network)) return { skipped: 'The cloud has no Neutron.' };
    const group = await cloud.ask(['security', 'group', 'create', '-c', 'id', name], idOnlySchema);
    const rule = (...words: string[]): Promise<{ id: string }> =>
      cloud.ask(['security', 'group', 'rule', 'create', '--ingress', ...words, '-c', 'id', group.id], idOnlySchema);
    const icmp = await rule('--protocol', 'icmp');
    await rule('--protocol', 'tcp', '--dst-port', '22');
    await keep('security-group', group.id);
    await keep('icmp-rule', icmp.id);
    return { passed: 'A security group with two rules.' };
  },
};

const floatingSchema = z.object({ id: idSchema, floating_ip_address: z.union([z.ipv4(), z.ipv6()]) });

export const floatingIp: TrialCheck = {
  id: 'floating-ip',
  title: 'Give the server a floating address',
  seconds: 7,
  makes: ['floating-ip'],
  async run({ cloud, found, name, keep }) {
    const server = found('server');
    if (server === undefined) return { skipped: 'There is no server.' };
    const external = found('external');
    if (external === undefined) return { skipped: 'The cloud has no external network.' };
    const columns = ['-c', 'id', '-c', 'floating_ip_address'];
    const words = ['floating', 'ip', 'create', '--description', name, ...columns, external];
    const { floating_ip_address: address } = await cloud.ask(words, floatingSchema);
    await cloud.tell(['server', 'add', 'floating', 'ip', server, address]);
    await keep('address', address);
    return { passed: `It is ${address}.` };
  },
};

/** Why a server cannot be asked for an answer; nothing when it can. */
function nobody({ found }: TrialContext): string | undefined {
  if (found('server') === undefined) return 'There is no server.';
  if (found('cirros') === undefined) return 'The cloud has no CirrOS image: there is nobody in the server to answer.';
  if (found('address') === undefined) return 'The server has no floating address.';
  return undefined;
}

/** One echo request from the machine. ping(8) ends with 1 for no answer, with something else when it could not even ask. */
async function ping(
  { cloud }: TrialContext,
  address: string,
): Promise<{ answers: boolean; asked: boolean; output: string }> {
  const { exitCode, output } = await cloud.run(['ping', '-n', '-c', '1', '-W', '2', address], { quiet: true });
  return { answers: exitCode === 0, asked: exitCode <= 1, output };
}

/** How many looks in vain until the server's console is read again; each is a whole start of the command line. */
const LOOKS_A_CONSOLE = 5;

/** Waits for a server that boots: what it writes to its console is its sign of life. */
async function waitForServer(
  trial: TrialContext,
  what: string,
  attempt: () => Promise<{ ok: boolean; said: string }>,
): Promise<void> {
  const server = trial.found('server') ?? '';
  let at = `Waiting for ${what}`;
  let said = '';
  let looks = 0;
  const look = async (): Promise<Look<undefined>> => {
    const seen = await attempt();
    if (seen.ok) return { done: undefined };
    ({ said } = seen);
    if (looks++ % LOOKS_A_CONSOLE === LOOKS_A_CONSOLE - 1) {
      const last = (await consoleOf(trial, server)).split('\n').at(-1) ?? '';
      if (last !== '') at = `The server boots: ${last}`;
    }
    return { still: at };
  };
  await waitFor(trial, look, (_, seconds) =>
    failed(`There was no ${what}, and nothing new on the server's console for ${seconds} s.`, { output: said }),
  ).catch(async (error: unknown) => {
    throw await withConsole(trial, server, error);
  });
}

export const pingServer: TrialCheck = {
  id: 'ping',
  title: 'Ping the server',
  seconds: 40,
  async run(trial) {
    const reason = nobody(trial);
    if (reason !== undefined) return { skipped: reason };
    const address = trial.found('address') ?? '';
    await waitForServer(trial, 'answer to a ping', async () => {
      const { answers, output } = await ping(trial, address);
      return { ok: answers, said: output };
    });
    await trial.keep('answers', 'yes');
    return { passed: `${address} answers.` };
  },
};

async function ssh(trial: TrialContext, quiet: boolean): Promise<{ exitCode: number; output: string }> {
  const key = `${await folder(trial)}/key`;
  // The server is minutes old and gone in a minute: nobody knows its host key, and nothing secret is said to it.
  const trust = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes'];
  const patience = ['BatchMode=yes', 'ConnectTimeout=15', 'LogLevel=ERROR'];
  const options = [...trust, ...patience].flatMap((option) => ['-o', option]);
  const to = `cirros@${trial.found('address') ?? ''}`;
  return trial.cloud.run(['ssh', '-n', '-i', key, ...options, to, 'uname -n'], { quiet });
}

export const sshServer: TrialCheck = {
  id: 'ssh',
  title: 'Sign in to the server by SSH',
  seconds: 20,
  async run(trial) {
    const reason = nobody(trial);
    if (reason !== undefined) return { skipped: reason };
    if (trial.found('keypair') === undefined) return { skipped: 'There is no key pair to sign in with.' };
    let name = '';
    await waitForServer(trial, 'login by SSH', async () => {
      const { exitCode, output } = await ssh(trial, true);
      name = output.split('\n').at(-1) ?? '';
      return { ok: exitCode === 0, said: output };
    });
    await trial.keep('ssh', 'yes');
    return { passed: `It says that its name is ${name}.` };
  },
};

/** Looks in a row without an answer after which the rule counts as gone: one packet may be lost by chance. */
const SILENT_LOOKS = 3;

export const closedAgain: TrialCheck = {
  id: 'icmp-rule',
  title: 'Remove the rule for ping, and see the ping fail',
  seconds: 15,
  async run(trial) {
    const { cloud, found, pace } = trial;
    const rule = found('icmp-rule');
    if (found('answers') === undefined) return { skipped: nobody(trial) ?? 'The server did not answer before.' };
    if (rule === undefined) return { skipped: 'There is no rule to remove.' };
    // On a second attempt after the app was closed it may be gone already; the ping decides.
    const there = await cloud.ask(['security', 'group', 'rule', 'list', found('security-group') ?? ''], rulesSchema);
    if (there.some(({ ID }) => ID === rule)) await cloud.tell(['security', 'group', 'rule', 'delete', rule]);
    const address = found('address') ?? '';
    let silent = 0;
    await waitFor(
      trial,
      async () => {
        const { answers, asked, output } = await ping(trial, address);
        if (!asked) throw failed('ping did not run, so nobody knows whether the server would answer.', { output });
        silent = answers ? 0 : silent + 1;
        return silent < SILENT_LOOKS ? { still: 'Waiting until the server is silent' } : { done: undefined };
      },
      (_, seconds) =>
        failed(`${address} still answers ${seconds} s after its rule for ping was removed.`, {
          hint: 'The security groups of this cloud do not protect its servers: look at the firewall driver of Neutron.',
        }),
      pace.ruleMs,
    );
    if (found('ssh') === undefined) return { passed: 'Without the rule there is no answer.' };
    // Silence proves the rule only when the server is still there.
    const { exitCode, output } = await ssh(trial, false);
    if (exitCode === 0) return { passed: 'Without the rule there is no answer, while SSH still works.' };
    throw failed('With the rule for ping gone, SSH does not work either: the server is not there any more.', {
      output,
    });
  },
};

const rulesSchema = z.array(z.object({ ID: z.unknown() }));
