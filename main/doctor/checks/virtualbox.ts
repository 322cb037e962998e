/** Whether VirtualBox can start machines: it needs its own kernel module, which Secure Boot may refuse. */
import { usable, virtualBoxVersion, type Answer, type Check, type DoctorContext } from '../check';

export const virtualbox: Check = {
  id: 'virtualbox',
  title: 'VirtualBox',
  applies: (context) => virtualBoxVersion(context) !== undefined,
  async check(context) {
    const version = virtualBoxVersion(context) ?? '';
    const reason = context.connections.find(({ id }) => id === 'virtualbox')?.reason ?? '';
    const evidence = [`VirtualBox ${version}: ${reason}`, ...(await onLinux(context))];
    if (usable(context, 'virtualbox')) return { state: 'ok', summary: reason, evidence };
    const other = usable(context, 'libvirt-system', 'libvirt-session');
    return {
      state: other ? 'warning' : 'problem',
      summary: other ? `${reason} libvirt can be used instead.` : reason,
      evidence,
      ...(await fixFor(context)),
    };
  },
};

async function onLinux(context: DoctorContext): Promise<string[]> {
  if (context.facts.platform !== 'linux') return [];
  const [device, secureBoot] = await Promise.all([context.access('/dev/vboxdrv'), secureBootState(context)]);
  return [
    `/dev/vboxdrv: ${device === 'absent' ? 'not there: the kernel module is not loaded' : 'there'}`,
    `Secure Boot: ${secureBoot}`,
  ];
}

/** `mokutil --sb-state` says "SecureBoot enabled" or "disabled"; without UEFI it fails. */
async function secureBootState({ run }: DoctorContext): Promise<string> {
  try {
    const { stdout } = await run('mokutil', ['--sb-state']);
    return /enabled/i.test(stdout) ? 'on; the kernel module has to be signed' : 'off';
  } catch {
    // Not installed, or no UEFI: nothing more to learn, and no reason to hide the rest.
    return 'not known';
  }
}

/** Oracle's packages bring a script that builds and loads the module; distributions build it by themselves (DKMS). */
async function fixFor({ facts, access }: DoctorContext): Promise<Pick<Answer, 'fix'>> {
  if (facts.platform !== 'linux' || (await access('/dev/vboxdrv')) !== 'absent') return {};
  const oracle = (await access('/sbin/vboxconfig')) !== 'absent';
  const argv = oracle ? ['/sbin/vboxconfig'] : ['modprobe', 'vboxdrv'];
  return { fix: { title: 'Load VirtualBox’s kernel module', argv, root: true } };
}
