/** Puts the core together: one data folder, one lock, all services, one router. */
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDoctor } from '../doctor';
import { createDrivers } from '../hypervisors';
import type { HypervisorDriver } from '../hypervisors/driver';
import { Terminals } from '../guest/terminal';
import { createImageStore, loadCatalogue } from '../images';
import { recipes } from '../recipes';
import type { Recipe } from '../recipes/types';
import { defaultOpenstackFolder } from '../host/paths';
import { createClients } from './clients';
import { CloudsFile } from './clients/clouds-file';
import { createCloudLogs } from './cloud-logs';
import { createCloudServices } from './cloud-services';
import { Clouds } from './clouds/clouds';
import { Consoles } from './consoles';
import { EventHub } from './events';
import { Notices } from './notices';
import type { CoreParts } from './parts';
import { summarize } from './plans/draft';
import { createPlans } from './plans/plans';
import { createRouter, type ApiRouter } from './router';
import { openDurations } from './run/durations';
import type { CoreServices } from './services';
import { PRIVATE_FOLDER } from './store/atomic-json';
import { dataFolder, type DataFolder } from './store/folders';
import { takeLock } from './store/lock';

export interface CoreOptions {
  readonly dataFolder: string;
  /** Go on with runs that the end of the app cut off. A short command says no. */
  readonly resume: boolean;
  /** For tests: drivers, recipes and patience other than the real ones. */
  readonly replace?: {
    readonly drivers?: readonly HypervisorDriver[];
    readonly recipes?: readonly Recipe[];
    /** Instead of {@link CLOSE_MS}. */
    readonly closeMs?: number;
  };
}

export interface Core {
  readonly router: ApiRouter;
  readonly services: CoreServices;
  /**
   * Ends everything that this process does. Installs go on in their guests. Within {@link CLOSE_MS} it returns in any
   * case; what has not let go by then ends with the process, which also frees the lock on the data folder.
   */
  close(): Promise<void>;
}

/** A person who quits must not wait (ms) for a program that hangs. Above the time that a program has after SIGTERM. */
const CLOSE_MS = 15_000;

/**
 * Opens the data folder and goes to work.
 * @throws StackboxError `locked` when another Stackbox has the folder, `storage` when it cannot be used
 */
export async function openCore(options: CoreOptions): Promise<Core> {
  await mkdir(options.dataFolder, { recursive: true, mode: PRIVATE_FOLDER });
  const folder = dataFolder(options.dataFolder);
  const lock = await takeLock(folder.lock);
  try {
    return await openLocked(options, folder, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openLocked(options: CoreOptions, folder: DataFolder, release: () => Promise<void>): Promise<Core> {
  const notices = new Notices();
  const hub = new EventHub((event) => {
    if (event.type === 'cloud-deleted') terminals.closeAll(event.cloudId);
  });
  const drivers = options.replace?.drivers ?? createDrivers({ dataFolder: folder.root });
  const byConnection = new Map(drivers.map((driver) => [driver.connection, driver]));
  const images = await createImageStore({
    folder: folder.images,
    onChange: (image) => hub.publish({ type: 'image', image }),
    catalogue: await loadCatalogue(process.env['STACKBOX_CATALOGUE']),
    usedBy: (imageId) => clouds.usersOf(imageId),
  });
  const doctor = createDoctor({ drivers, dataFolder: folder.root });
  const parts: CoreParts = {
    folder,
    drivers: byConnection,
    images,
    doctor,
    recipes: options.replace?.recipes ?? recipes,
    cloudsFile: new CloudsFile(defaultOpenstackFolder()),
    durations: await openDurations(folder.history, (setAside) =>
      notices.add('Durations of earlier runs could not be read.', `The file is kept as ${setAside}.`),
    ),
  };
  const clouds = new Clouds(parts, hub);
  const consoles = new Consoles(clouds);
  const terminals = new Terminals({
    console: (cloudId) => consoles.open(cloudId),
    guest: (cloudId) => clouds.guest(cloudId),
    openrc: (cloudId, account) => clouds.openrc(cloudId, account),
  });
  await clouds.open(notices.add, options.resume);
  const services: CoreServices = {
    clouds,
    images,
    doctor,
    terminals,
    plans: createPlans(parts, () => clouds.names()),
    logs: createCloudLogs(clouds),
    cloudServices: createCloudServices(clouds),
    clients: createClients(clouds, parts.cloudsFile),
    async recipes() {
      const [host, known] = await Promise.all([doctor.host(), images.list()]);
      return parts.recipes.map((recipe) => summarize(recipe, host, known));
    },
    async *subscribe(signal) {
      // Asked before the subscription, so that a slow check does not hold back what happens meanwhile.
      const [known, findings] = await Promise.all([images.list(), doctor.findings()]);
      yield* hub.subscribe(
        () => ({ type: 'snapshot', clouds: clouds.list(), images: known, findings, notices: notices.list() }),
        signal,
      );
    },
    async deleteImage(imageId) {
      return { freedBytes: await images.delete(imageId) };
    },
  };
  return {
    router: createRouter(services),
    services,
    async close() {
      terminals.closeAll();
      const letGo = async (): Promise<void> => {
        await consoles.close();
        await clouds.close();
        await images.close();
        await release();
      };
      await Promise.race([letGo(), sleep(options.replace?.closeMs ?? CLOSE_MS)]);
    },
  };
}
