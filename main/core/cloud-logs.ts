/** The logs of a cloud by their names in the API. */
import { StackboxError } from '../contract/errors';
import type { LogChunk, LogSource } from '../contract/api';
import { localLog, readLog, type LogRequest, type ReadBytes } from '../guest/log-reader';
import type { Clouds } from './clouds/clouds';

/** What cloud-init and everything it ran said, in every distribution. */
const CLOUD_INIT_LOG = '/var/log/cloud-init-output.log';

export interface CloudLogs {
  /** @throws StackboxError `not-found`, `denied`, or `unreachable` for a log inside a machine that is off */
  read(request: LogRequest & { cloudId: string; source: LogSource }, signal?: AbortSignal): Promise<LogChunk>;
}

export function createCloudLogs(clouds: Clouds): CloudLogs {
  return {
    async read({ cloudId, source, ...request }, signal) {
      return readLog(await open(clouds, cloudId, source, signal), request, signal);
    },
  };
}

async function open(clouds: Clouds, cloudId: string, source: LogSource, signal?: AbortSignal): Promise<ReadBytes> {
  const cloud = clouds.find(cloudId);
  const { wish, folder } = cloud;
  switch (source) {
    case 'install':
      return localLog(folder.installLog);
    case 'console': {
      const { domain, id } = wish.machine;
      const path = clouds.driverOf(cloud).consoleLog({ domain, folder: folder.machine(id) });
      if (path !== undefined) return localLog(path);
      // Before the machine is defined there is nothing yet; afterwards it is there, but not for us.
      if (!cloud.ledger.some(({ kind }) => kind === 'domain')) return nothing;
      throw new StackboxError('denied', 'The serial console can only be read by the administrator here.', {
        hint: 'The system connection writes it as root. Use the session connection, or start Stackbox as root.',
      });
    }
    case 'cloud-init': {
      const guest = await clouds.guest(cloudId);
      return (offset, length, patience) =>
        guest.readFile(CLOUD_INIT_LOG, offset, length, {
          root: true,
          ...(patience && { waitMs: patience.waitMs }),
          ...(signal && { signal }),
        });
    }
  }
}

const nothing: ReadBytes = () => Promise.resolve({ bytes: new Uint8Array(), size: 0 });
