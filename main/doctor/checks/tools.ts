/** The programs that libvirt's machines are made with. VirtualBox brings all it needs. */
import { StackboxError } from '../../contract/errors';
import { usable, type Check, type DoctorContext } from '../check';
import { installHypervisor } from '../packages';

const TOOLS = ['virsh', 'qemu-img'] as const;

export const tools: Check = {
  id: 'tools',
  title: 'Tools',
  applies: ({ facts }) => facts.platform === 'linux',
  async check(context) {
    const found = await Promise.all(TOOLS.map((tool) => versionOf(tool, context)));
    const evidence = TOOLS.map((tool, index) => `${tool}: ${found[index] ?? 'not installed'}`);
    const missing = TOOLS.filter((_, index) => found[index] === undefined);
    if (missing.length === 0) return { state: 'ok', summary: 'Everything that libvirt needs is installed.', evidence };
    const needed = !usable(context, 'virtualbox');
    const fix = installHypervisor(context.facts);
    return {
      state: needed ? 'problem' : 'ok',
      summary: needed
        ? `Not installed: ${missing.join(', ')}.`
        : `VirtualBox needs none of them; for libvirt there would be missing: ${missing.join(', ')}.`,
      evidence,
      ...(needed && fix && { fix }),
    };
  },
};

async function versionOf(tool: string, { run }: DoctorContext): Promise<string | undefined> {
  try {
    return (await run(tool, ['--version'])).stdout.trim().split('\n')[0] ?? '';
  } catch (error) {
    if (error instanceof StackboxError && error.code === 'missing-tool') return undefined;
    throw error;
  }
}
