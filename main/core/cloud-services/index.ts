/** The services of a cloud: how they stand, restart, start and stop, and their journal. Asked only when somebody looks. */
import type {
  CloudService,
  JournalPage,
  JournalQuery,
  LevelChange,
  LogLevel,
  ServiceAction,
  ServiceList,
} from '../../contract/cloud-services';
import { StackboxError } from '../../contract/errors';
import type { Guest } from '../../guest/guest';
import { findService, unitsOf, type RecipeServices, type ServiceTable } from '../../recipes/services';
import type { Clouds } from '../clouds/clouds';
import { journalArgv, readPage } from './journal-page';
import { readLevels, runs, writeLevel } from './levels';
import { readable } from './readable';
import { questionFor, readUnits, showArgv } from './units';

/** A service that stops slowly is killed by systemd after 90 s, and starts in as long; an emulated machine takes longer. */
const ACT_SILENCE = 300_000;

/**
 * A unit that failed too often in a row is not started again until that is forgotten. Whether there was something to forget
 * does not matter. `$1` what to do, then units.
 */
const ACT = 'act=$1; shift; systemctl reset-failed -- "$@" 2>/dev/null; exec systemctl "$act" -- "$@"';

export interface CloudServices {
  /** @throws StackboxError `not-found` when the recipe has none, `unreachable`, `guest-failed` */
  list(cloudId: string, signal?: AbortSignal): Promise<ServiceList>;
  /**
   * Restarts, starts or stops one, and waits for systemd. @returns how it stands then
   * @throws StackboxError `not-found` for a unit that is none of the recipe's, `busy`, `unreachable`, `guest-failed`
   */
  act(cloudId: string, unit: string, action: ServiceAction, signal?: AbortSignal): Promise<CloudService>;
  /** Which services log at debug, by their configuration. @throws StackboxError as `list` */
  levels(cloudId: string, signal?: AbortSignal): Promise<LogLevel[]>;
  /**
   * Switches debug on or off in the file that a service goes by, and restarts those that run by it: a file is read at the start.
   * @throws StackboxError as `act`; `conflict` for a service whose level cannot be switched, with the reason
   */
  setLevel(cloudId: string, unit: string, debug: boolean, signal?: AbortSignal): Promise<LevelChange>;
  /** @throws StackboxError as `list` */
  journal(query: JournalQuery, signal?: AbortSignal): Promise<JournalPage>;
}

export function createCloudServices(clouds: Clouds): CloudServices {
  const servicesOf = (cloudId: string): RecipeServices => {
    const { services, data } = clouds.recipeOf(clouds.find(cloudId).wish.plan.recipe.id);
    if (services) return services;
    throw new StackboxError('not-found', `${data.title} has no services of OpenStack.`);
  };
  const tableOf = (cloudId: string): ServiceTable => {
    const services = servicesOf(cloudId);
    if ('groups' in services) return services;
    throw new StackboxError('not-found', services.elsewhere.text, {
      hint: `In a terminal: ${services.elsewhere.command}`,
    });
  };
  const known = (table: ServiceTable, units: readonly string[]): void => {
    const stranger = units.find((unit) => !findService(table, unit));
    if (stranger === undefined) return;
    throw new StackboxError('not-found', `${stranger} is no service of this cloud.`);
  };
  const notBusy = (cloudId: string): void => {
    const { active, wish } = clouds.find(cloudId);
    if (!active) return;
    throw new StackboxError('busy', `${wish.name} is busy, and its services are part of that.`, {
      hint: 'Wait until it is done, or cancel it.',
    });
  };

  return {
    async list(cloudId, signal) {
      const services = servicesOf(cloudId);
      if ('elsewhere' in services) return { kind: 'elsewhere', ...services.elsewhere };
      return { kind: 'units', services: await look(await clouds.guest(cloudId), services, signal) };
    },

    async act(cloudId, unit, action, signal) {
      const table = tableOf(cloudId);
      known(table, [unit]);
      notBusy(cloudId);
      const guest = await clouds.guest(cloudId);
      await act(guest, action, [unit], signal);
      const answer = await guest.exec(showArgv([unit]), { quiet: true, ...(signal && { signal }) });
      const [service] = readUnits(answer, table);
      if (service) return service;
      throw new StackboxError('not-found', `The machine has no ${unit}.`);
    },

    async levels(cloudId, signal) {
      const table = tableOf(cloudId);
      const guest = await clouds.guest(cloudId);
      return readLevels(guest, table, await look(guest, table, signal), signal);
    },

    async setLevel(cloudId, unit, debug, signal) {
      const table = tableOf(cloudId);
      known(table, [unit]);
      notBusy(cloudId);
      const guest = await clouds.guest(cloudId);
      const services = await look(guest, table, signal);
      const level = (await readLevels(guest, table, services, signal)).find((one) => one.unit === unit);
      if (level === undefined) throw new StackboxError('not-found', `The machine has no ${unit}.`);
      if (level.kind === 'none') {
        throw new StackboxError('conflict', `The log level of ${unit} cannot be switched.`, { hint: level.why });
      }
      const { file, alike, stale } = level;
      const changed = await writeLevel(guest, file, debug, signal);
      const behind = changed ? [unit, ...alike] : stale ? [unit] : [];
      const restarted = services.filter((one) => runs(one) && behind.includes(one.unit)).map((one) => one.unit);
      if (restarted.length > 0) {
        try {
          await act(guest, 'restart', restarted, signal);
        } catch (error) {
          throw changed ? withFile(error, file, debug) : error;
        }
      }
      return { file, changed, restarted };
    },

    async journal(query, signal) {
      const table = tableOf(query.cloudId);
      known(table, query.units);
      const units = query.units.length > 0 ? query.units : unitsOf(table);
      const guest = await clouds.guest(query.cloudId);
      const answer = await guest.exec(journalArgv(units, query), {
        root: true,
        quiet: true,
        silenceMs: query.waitMs + 120_000,
        ...(signal && { signal }),
      });
      return readPage(answer, query, (unit) => findService(table, unit)?.name ?? unit);
    },
  };
}

async function look(guest: Guest, table: ServiceTable, signal?: AbortSignal): Promise<CloudService[]> {
  return readUnits(await guest.exec(questionFor(table), { quiet: true, ...(signal && { signal }) }), table);
}

async function act(guest: Guest, action: ServiceAction, units: readonly string[], signal?: AbortSignal): Promise<void> {
  const argv = ['sh', '-c', ACT, 'sh', action, ...units];
  const done = await guest.exec(argv, { root: true, silenceMs: ACT_SILENCE, ...(signal && { signal }) });
  if (done.exitCode === 0) return;
  throw new StackboxError('guest-failed', `systemd could not ${action} ${units.join(', ')}.`, {
    hint: units.length === 1 ? 'Its journal says why.' : 'Their journals say why.',
    output: readable(done.stderr || done.stdout),
    exitCode: done.exitCode,
  });
}

/** A restart that failed behind a change: what is in the file now is said too. */
function withFile(thrown: unknown, file: string, debug: boolean): unknown {
  if (!(thrown instanceof StackboxError) || thrown.code !== 'guest-failed') return thrown;
  return new StackboxError(
    'guest-failed',
    `${file} has debug = ${debug ? 'True' : 'False'} now. ${thrown.message}`,
    thrown.facts,
  );
}
