/** services: how the OpenStack services of a cloud stand, restart, start and stop, their journal, and whether they log at debug. */
import { Argument, type Command } from 'commander';
import {
  requestIdSchema,
  type CloudService,
  type JournalEntry,
  type ServiceAction,
} from '../../../contract/cloud-services';
import { StackboxError } from '../../../contract/errors';
import type { Cloud } from '../../../contract/models';
import type { ApiClient } from '../../api';
import { command, withBackend, type Common, type Tools } from '../command';
import { confirm } from '../confirm';
import { EXIT } from '../exit-codes';
import { findCloud } from '../find-cloud';
import { json, say, table, type Context, type Io } from '../io';
import { bytes, plainLine } from '../words';
import { listLevels, setLevel } from './service-levels';

interface Options extends Common {
  readonly yes?: boolean;
  readonly follow?: boolean;
  readonly request?: string;
  readonly off?: boolean;
}

const ACTIONS = ['list', 'restart', 'start', 'stop', 'journal', 'debug'] as const;
type Action = (typeof ACTIONS)[number];

/** How many lines of a journal are printed, and the most that one answer brings. */
const LINES = 1000;
/** How long (ms) one question for more waits in the core before it is asked again. */
const WAIT_MS = 20_000;

export function addServices(program: Command, context: Context): void {
  command(
    program,
    'services <cloud>',
    'list, restart, start or stop the OpenStack services of a cloud, print their journal, or have one log at debug',
  )
    .addArgument(new Argument('[action]', 'what to do').choices(ACTIONS).default('list'))
    .argument('[unit...]', 'unit or OpenStack name of a service')
    .option('-y, --yes', 'do not ask')
    .option('-f, --follow', 'with journal: wait for more, until Ctrl-C')
    .option('--request <id>', 'with journal: only lines of this request, of all services if none is named')
    .option(
      '--off',
      'with debug: back to the usual level. Without a unit, debug lists which services log at which level',
    )
    .action((wanted: string, action: Action, names: string[], options: Options) =>
      withBackend(context, async (tools) => {
        const cloud = await findCloud(tools.api, wanted);
        const services = await unitsOf(tools.api, cloud);
        if (action === 'list') {
          list(context, tools.io, services, options);
          return;
        }
        const chosen = names.map((name) => find(cloud, services, name));
        if (action === 'journal') {
          await journal(tools, cloud, chosen, options);
          return;
        }
        const [service, second] = chosen;
        if (options.off === true && (action !== 'debug' || !service)) {
          throw new StackboxError('bad-input', '--off goes with debug and a unit.', {
            hint: `Write: stackbox services ${cloud.name} debug UNIT --off`,
          });
        }
        if (action === 'debug' && !service) {
          await listLevels(tools, cloud, services, options);
          return;
        }
        if (!service || second) {
          throw new StackboxError('bad-input', 'Which service?', {
            hint: `Write one unit: stackbox services ${cloud.name} ${action} UNIT`,
          });
        }
        if (action === 'debug') {
          await setLevel(context, tools, cloud, services, service, options);
          return;
        }
        const gone = whatSuffers(service, action);
        if (gone !== undefined && options.yes !== true)
          await confirm(context, gone, `${capital(action)} ${service.name}?`);
        const now = await tools.api.services.act({ cloudId: cloud.id, unit: service.unit, action });
        if (options.json) json(tools.io, now);
        else say(tools.io, `${now.name} is ${now.state}.`);
        if (now.state === 'failed') context.setExitCode(EXIT.failed);
      }),
    );
}

/** @throws StackboxError `not-found` where the services are none of systemd's */
async function unitsOf(api: ApiClient, { id: cloudId }: Cloud): Promise<readonly CloudService[]> {
  const answer = await api.services.list({ cloudId });
  if (answer.kind === 'units') return answer.services;
  throw new StackboxError('not-found', answer.text, { hint: `In a shell of the cloud: ${answer.command}` });
}

/** A service by its unit, with or without `.service`, or by its OpenStack name in any case. */
function find(cloud: Cloud, services: readonly CloudService[], wanted: string): CloudService {
  const found =
    services.find(({ unit }) => unit === wanted || unit === `${wanted}.service`) ??
    services.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (found) return found;
  throw new StackboxError('not-found', `${cloud.name} has no service "${wanted}".`, {
    hint: services.length === 0 ? 'It has none at all.' : `There are: ${services.map(({ unit }) => unit).join(', ')}.`,
  });
}

function whatSuffers({ name, hurts }: CloudService, action: ServiceAction): string | undefined {
  if (action === 'start') return undefined;
  if (action === 'restart') return hurts;
  return [
    `${name} stays stopped until it is started, or the machine is.`,
    ...(hurts === undefined ? [] : [hurts]),
  ].join(' ');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Ends with 1 when a service has failed, so that a script need not read the list. */
function list(context: Context, io: Io, services: readonly CloudService[], { json: asJson }: Common): void {
  if (asJson) json(io, services);
  else if (services.length === 0) say(io, 'The machine has no services of OpenStack.');
  else
    table(
      io,
      ['SERVICE', 'STATE', 'SINCE', 'MEMORY', 'UNIT'],
      services.map(({ name, state, since, memoryBytes, unit, result }) => [
        plainLine(name),
        result === undefined ? state : `${state} (${plainLine(result)})`,
        since === undefined ? '' : new Date(since).toISOString(),
        memoryBytes === undefined ? '' : bytes(memoryBytes),
        unit,
      ]),
    );
  if (services.some(({ state }) => state === 'failed')) context.setExitCode(EXIT.failed);
}

async function journal(
  { api, io, backend }: Tools,
  cloud: Cloud,
  chosen: readonly CloudService[],
  options: Options,
): Promise<void> {
  const { follow = false, json: asJson = false } = options;
  const request = requestOf(options.request);
  if (follow) await backend.share();
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.once('SIGINT', onInterrupt);
  const query = {
    cloudId: cloud.id,
    units: chosen.map(({ unit }) => unit),
    lines: LINES,
    ...(request !== undefined && { request }),
  };
  try {
    for (let after: string | undefined; ;) {
      const place = after === undefined ? {} : { after, waitMs: WAIT_MS };
      const page = await api.services.journal({ ...query, ...place }, { signal: stop.signal });
      for (const entry of page.entries) {
        if (asJson) json(io, entry);
        // The reader sets the pace: nothing more is asked for before this is written.
        else await new Promise<void>((done) => io.stdout.write(textOf(entry), () => done()));
      }
      if (!follow) return;
      // Nothing to go on behind yet: the next question is for the newest lines again.
      if (page.next === undefined) await new Promise((resolve) => setTimeout(resolve, 1000));
      after = page.next;
    }
  } catch (error) {
    // Ctrl-C is how following ends.
    if (!stop.signal.aborted) throw error;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

function requestOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const parsed = requestIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new StackboxError('bad-input', `"${text}" is no identifier of a request.`, {
    hint: 'OpenStack writes it into its logs as req-, then a UUID.',
  });
}

function textOf({ time, service, text }: JournalEntry): string {
  const head = `${new Date(time).toISOString()} ${plainLine(service)}: `;
  return text
    .split('\n')
    .map((each) => `${head}${plainLine(each)}\n`)
    .join('');
}
