/**
 * User networking (QEMU's built-in slirp), for the session connection: needs no privileges. The guest is always
 * 10.0.2.15; this computer reaches it through ports on 127.0.0.1 that are added while it runs.
 */
import { StackboxError } from '../../contract/errors';
import { findFreePort } from '../../network/ports';
import type { CallOptions } from '../driver';
import { macAddress } from './identity';
import type { Networking } from './network';
import { parseUsernet, type UserForward } from './parse';
import type { Virsh } from './virsh';

const LOOPBACK = '127.0.0.1';

/** How often a port that was free a moment ago may turn out to be taken. */
const PORT_ATTEMPTS = 10;

export function createUserNetworking(virsh: Virsh): Networking {
  const monitor = async (uuid: string, command: string, options: CallOptions): Promise<string> =>
    (await virsh.call(['qemu-monitor-command', uuid, '--hmp', command], options)).stdout;

  async function forwards(uuid: string, options: CallOptions): Promise<UserForward[]> {
    return parseUsernet(await monitor(uuid, 'info usernet', options)).filter((one) => one.hostAddress === LOOPBACK);
  }

  return {
    plan: () => [],
    async attach(spec, options = {}) {
      options.signal?.throwIfAborted();
      return { mac: macAddress(spec.id), address: '10.0.2.15', reach: 'forwarded', subnet: '10.0.2.0/24' };
    },
    interfaceElement: ({ mac }) => ({ '@type': 'user', mac: { '@address': mac }, model: { '@type': 'virtio' } }),
    prepareStart: async () => undefined,

    async reach(uuid, _attachment, guestPort, preferredPort, options = {}) {
      for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
        const present = (await forwards(uuid, options)).find((forward) => forward.guestPort === guestPort);
        if (present) return { host: LOOPBACK, port: present.hostPort };
        const port = await findFreePort(attempt === 0 ? { preferred: preferredPort } : {});
        // QEMU answers a success with silence; when the port is taken it says so and the next round tries another.
        await monitor(uuid, `hostfwd_add tcp:${LOOPBACK}:${port}-:${guestPort}`, options);
      }
      throw new StackboxError('conflict', `No port of this computer could be forwarded to port ${guestPort}.`);
    },

    release: async () => undefined,
    collect: async () => undefined,
  };
}
