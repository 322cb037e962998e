/** The services of a cloud: how they stand, restart, start and stop, and their journal. Asked only when somebody looks. */
import type {
  CloudService,
  JournalPage,
  JournalQuery,
  ServiceAction,
  ServiceList,
} from '../../contract/cloud-services';
import { StackboxError } from '../../contract/errors';
import { findService, unitsOf, type RecipeServices, type ServiceTable } from '../../recipes/services';
import type { Clouds } from '../clouds/clouds';
import { journalArgv, readPage } from './journal-page';
import { readable } from './readable';
import { questionFor, readUnits, showArgv } from './units';

/** A service that stops slowly is killed by systemd after 90 s, and starts in as long; an emulated machine takes longer. */
const ACT_SILENCE = 300_000;

/**
 * A unit that failed too often in a row is not started again until that is forgotten. Whether there was something to forget
 * does not matter. `$1` what to do, `$2` unit.
 */
const ACT = 'systemctl reset-failed -- "$2" 2>/dev/null; exec systemctl "$1" -- "$2"';

export interface CloudServices {
  /** @throws StackboxError `not-found` when the recipe has none, `unreachable`, `guest-failed` */
  list(cloudId: string, signal?: AbortSignal): Promise<ServiceList>;
  /**
   * Restarts, starts or stops one, and waits for systemd. @returns how it stands then
   * @throws StackboxError `not-found` for a unit that is none of the recipe's, `busy`, `unreachable`, `guest-failed`
   */
  act(cloudId: string, unit: string, action: ServiceAction, signal?: AbortSignal): Promise<CloudService>;
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

  return {
    async list(cloudId, signal) {
      const services = servicesOf(cloudId);
      if ('elsewhere' in services) return { kind: 'elsewhere', ...services.elsewhere };
      const guest = await clouds.guest(cloudId);
      const answer = await guest.exec(questionFor(services), { quiet: true, ...(signal && { signal }) });
      return { kind: 'units', services: readUnits(answer, services) };
    },

    async act(cloudId, unit, action, signal) {
      const table = tableOf(cloudId);
      known(table, [unit]);
      const { active, wish } = clouds.find(cloudId);
      if (active) {
        throw new StackboxError('busy', `${wish.name} is busy, and its services are part of that.`, {
          hint: 'Wait until it is done, or cancel it.',
        });
      }
      const guest = await clouds.guest(cloudId);
      const options = signal ? { signal } : {};
      const argv = ['sh', '-c', ACT, 'sh', action, unit];
      const done = await guest.exec(argv, { root: true, silenceMs: ACT_SILENCE, ...options });
      if (done.exitCode !== 0) {
        throw new StackboxError('guest-failed', `systemd could not ${action} ${unit}.`, {
          hint: 'Its journal says why.',
          output: readable(done.stderr || done.stdout),
          exitCode: done.exitCode,
        });
      }
      const [service] = readUnits(await guest.exec(showArgv([unit]), { quiet: true, ...options }), table);
      if (service) return service;
      throw new StackboxError('not-found', `The machine has no ${unit}.`);
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
