/** A cloud as the window shows it. */
import type { Cloud, CloudState, Machine, Run } from '../../contract/models';
import { endpointsOf } from '../../recipes/endpoints';
import type { Recipe } from '../../recipes/types';
import { shownTrial } from '../trial/record';
import type { LiveCloud, MachineState } from './cloud';
import { machineNetwork } from './machine-network';
import { sshCommand } from './ssh-config';

/** Names and facts that lie outside the cloud's own files. */
export interface ProjectionSources {
  readonly recipe: Recipe | undefined;
  readonly imageTitle: string;
  readonly acceleration: Machine['acceleration'];
  readonly abilities: Machine['abilities'];
}

/** @returns a copy: later changes of the cloud do not show through. */
export function projectCloud(cloud: LiveCloud, sources: ProjectionSources): Cloud {
  const { wish } = cloud;
  const run = shownRun(cloud);
  const ready = cloud.fact('ready') === true;
  const state = cloudState(run, cloud.machineState, ready);
  const ssh = sshAddress(cloud);
  const attachment = cloud.fact('attachment');
  const tried = cloud.fact('tried');
  return {
    id: wish.id,
    name: wish.name,
    createdAt: wish.createdAt,
    state,
    status: statusLine(state, run, cloud.fact('down') ?? ''),
    plan: wish.plan,
    recipeTitle: sources.recipe?.data.title ?? wish.plan.recipe.id,
    imageTitle: sources.imageTitle,
    machines: [
      {
        id: wish.machine.id,
        domain: wish.machine.domain,
        hostname: wish.machine.hostname,
        state: cloud.machineState,
        size: wish.plan.size,
        ...(ssh && { ssh }),
        ...(attachment && { network: machineNetwork(wish.plan.connection, attachment, cloud.fact('ports')) }),
        ...(sources.acceleration && { acceleration: sources.acceleration }),
        abilities: sources.abilities,
      },
    ],
    endpoints: ready ? endpoints(cloud, sources.recipe) : [],
    credentials: (sources.recipe?.data.credentials ?? []).map(({ id, title, username }) => ({
      id,
      title,
      username,
      hasPassword: id in cloud.secrets.passwords,
    })),
    ready,
    accounts: (sources.recipe?.accounts ?? []).map(({ id, title }) => ({ id, title })),
    services: sources.recipe?.services !== undefined,
    ...(sources.recipe?.data.client && { client: { added: (cloud.fact('clientEntry') ?? null) !== null } }),
    actions: cloud.installed ? actions(sources.recipe) : [],
    ...(tried && { tried: shownTrial(tried) }),
    ...(run && { run }),
  };
}

/** A run that the journal calls running but that nobody carries out was cut off by the end of the app. */
function shownRun(cloud: LiveCloud): Run | undefined {
  if (!cloud.run) return undefined;
  const run = structuredClone(cloud.run);
  if (run.state === 'running' && !cloud.active) run.state = 'interrupted';
  return run;
}

const WORKING = {
  create: 'installing',
  start: 'starting',
  stop: 'stopping',
  delete: 'deleting',
  action: 'working',
  save: 'working',
  'take-snapshot': 'working',
  'restore-snapshot': 'working',
  'delete-snapshot': 'working',
  try: 'working',
} as const satisfies Record<Run['kind'], CloudState>;

/** Runs whose failure leaves the cloud as it was: it is told of, but the cloud's state is its machine's. */
const HARMLESS: ReadonlySet<Run['kind']> = new Set(['save', 'take-snapshot', 'delete-snapshot', 'try']);

function cloudState(run: Run | undefined, machine: MachineState, ready: boolean): CloudState {
  if (run?.state === 'running') return WORKING[run.kind];
  const unfinished = run && run.state !== 'done' && !HARMLESS.has(run.kind);
  if (unfinished && !(run.kind === 'stop' && machine === 'stopped')) return 'attention';
  switch (machine) {
    case 'running':
      return ready ? 'running' : 'attention';
    case 'starting':
    case 'stopping':
    case 'stopped':
    case 'paused':
    case 'unknown':
    case 'saved':
      return machine;
    case 'missing':
      return 'gone';
  }
}

const PLAIN_STATUS: Record<CloudState, string> = {
  installing: 'Installing',
  starting: 'Starting',
  working: 'Working',
  running: 'Running',
  stopping: 'Stopping',
  stopped: 'Stopped',
  saved: 'Saved',
  paused: 'Paused',
  attention: 'Needs attention',
  deleting: 'Deleting',
  gone: 'The hypervisor no longer has its machine',
  unknown: 'Asking the hypervisor',
};

/** @param down why OpenStack is not there, when an action took it down */
function statusLine(state: CloudState, run: Run | undefined, down: string): string {
  if (run?.state === 'running') {
    const step = run.steps.find((candidate) => candidate.state === 'running');
    const word = run.action?.title ?? PLAIN_STATUS[state];
    return step ? `${word}: ${step.title}` : word;
  }
  if (state !== 'attention') return PLAIN_STATUS[state];
  if (run?.state === 'failed') return `Failed: ${run.steps.find((step) => step.state === 'failed')?.title ?? run.kind}`;
  if (run?.state === 'cancelled') return 'Cancelled';
  if (run?.state === 'interrupted') return 'Interrupted';
  return down === '' ? PLAIN_STATUS.attention : down;
}

function sshAddress(cloud: LiveCloud): Machine['ssh'] {
  const place = cloud.fact('ports')?.['22'];
  return place && { ...place, user: cloud.wish.user, command: sshCommand(cloud.wish, cloud.folder) };
}

function actions(recipe: Recipe | undefined): Cloud['actions'] {
  return (recipe?.actions ?? []).map(({ id, title, help, confirm }) => ({
    id,
    title,
    help,
    ...(confirm !== undefined && { confirm }),
  }));
}

function endpoints(cloud: LiveCloud, recipe: Recipe | undefined): Cloud['endpoints'] {
  const ports = cloud.fact('ports') ?? {};
  const offered = recipe ? endpointsOf(recipe, cloud.wish.plan.recipe.options) : [];
  return offered.flatMap(({ id, title, port, path, browser, tls }) => {
    const place = ports[String(port)];
    return place ? [{ id, title, browser, url: addressOf(place, tls, path) }] : [];
  });
}

/** As OpenStack itself writes it: without the port that the scheme has anyway. */
function addressOf({ host, port }: { host: string; port: number }, tls: boolean, path: string): string {
  const usual = port === (tls ? 443 : 80);
  return `${tls ? 'https' : 'http'}://${host}${usual ? '' : `:${port}`}${path}`;
}
