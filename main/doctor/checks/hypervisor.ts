/** Whether any hypervisor can be used, and the shortest way to one if not. */
import type { Finding } from '../../contract/models';
import { StackboxError } from '../../contract/errors';
import type { Check, DoctorContext } from '../check';
import { installHypervisor } from '../packages';

export const hypervisor: Check = {
  id: 'hypervisor',
  title: 'Hypervisor',
  async check(context) {
    const { connections } = context;
    const evidence = connections.map(
      ({ title, version, reason }) => `${title}: ${reason}${version === undefined ? '' : ` (${version})`}`,
    );
    const ready = connections.filter(({ usable }) => usable).map(({ title }) => title);
    if (ready.length > 0) {
      return { state: 'ok', summary: `Ready: ${ready.join(', ')}.`, evidence };
    }
    const fix = (await startLibvirt(context)) ?? installHypervisor(context.facts);
    return {
      state: 'problem',
      summary: fix
        ? 'No hypervisor can be used yet.'
        : 'No hypervisor can be used. Install libvirt with QEMU, or VirtualBox.',
      evidence,
      ...(fix && { fix }),
    };
  },
};

/** Where libvirt and QEMU are installed, starting libvirt's service is enough. */
async function startLibvirt({ connections, facts, run }: DoctorContext): Promise<Finding['fix']> {
  const system = connections.find(({ id }) => id === 'libvirt-system');
  if (facts.platform !== 'linux' || !system || !/does not run/.test(system.reason)) return undefined;
  const title = 'Start libvirt';
  if (!facts.hasSystemd) return { title, argv: ['libvirtd', '-d'], root: true };
  try {
    // Newer distributions start one service per driver (virtqemud) and have no libvirtd.
    const { stdout } = await run(
      'systemctl',
      ['list-unit-files', '--no-legend', 'libvirtd.service', 'virtqemud.socket'],
      [1],
    );
    const unit = stdout.includes('libvirtd.service') ? 'libvirtd.service' : 'virtqemud.socket';
    return stdout.trim() === '' ? undefined : { title, argv: ['systemctl', 'enable', '--now', unit], root: true };
  } catch (error) {
    if (error instanceof StackboxError && error.code === 'missing-tool') return undefined;
    throw error;
  }
}
