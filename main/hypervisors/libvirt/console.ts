/**
 * Typing into a machine's serial console. libvirt writes its log whatever happens; the socket beside it takes one client.
 * Not `virsh console`: that wants a terminal of its own, which a program does not have.
 */
import { join } from 'node:path';
import { StackboxError } from '../../contract/errors';
import type { HypervisorDriver } from '../driver';
import { connectLine } from '../serial-line';
import { CONSOLE_SOCKET } from './domain-xml';
import type { Domains } from './domains';

export function openConsoles(uri: string, domains: Pick<Domains, 'state' | 'uuidOf'>): HypervisorDriver['openConsole'] {
  return async ({ domain, folder }, options = {}) => {
    options.signal?.throwIfAborted();
    // A machine that is somebody else's, or nobody's, ends here.
    await domains.uuidOf(domain, options);
    const state = await domains.state(domain, options);
    if (state !== 'running' && state !== 'paused') {
      throw new StackboxError('unreachable', 'The machine is not running: it has no serial console now.', {
        hint: 'Start it first.',
      });
    }
    try {
      return await connectLine(join(folder, CONSOLE_SOCKET), 0, options.signal);
    } catch (error) {
      throw withWayOut(error, uri, domain);
    }
  };
}

/** What Stackbox cannot reach, libvirt's own tool can: it asks libvirt to open the console. */
function withWayOut(error: unknown, uri: string, domain: string): unknown {
  if (!(error instanceof StackboxError) || (error.code !== 'denied' && error.code !== 'not-found')) return error;
  const hint = `In a terminal of your own: "virsh -c ${uri} console ${domain}".`;
  return new StackboxError(error.code, error.message, { ...error.facts, hint }, { cause: error });
}
