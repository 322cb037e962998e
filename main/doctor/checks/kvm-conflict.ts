/**
 * KVM and VirtualBox want the same processor feature. Since Linux 6.12 KVM takes it when its module is loaded, not when a
 * machine starts; the option that undoes this breaks VirtualBox 7.2.10 and newer, which ask KVM for it (its issues 141,
 * 188, 711).
 */
import { coerce, gte } from 'semver';
import { virtualBoxVersion, type Check } from '../check';

const HOLDS_SINCE = '6.12.0';
const ASKS_KVM_SINCE = '7.2.10';
const OPTION = '/sys/module/kvm/parameters/enable_virt_at_load';

export const kvmConflict: Check = {
  id: 'kvm-conflict',
  title: 'KVM and VirtualBox',
  applies: (context) => context.facts.platform === 'linux' && virtualBoxVersion(context) !== undefined,
  async check(context) {
    const version = virtualBoxVersion(context) ?? '';
    const { kernel } = context.facts;
    const option = (await context.read(OPTION))?.trim();
    const evidence = [
      `Kernel: ${kernel}`,
      `VirtualBox: ${version}`,
      `${OPTION}: ${option ?? 'not there (KVM is not loaded, or older than 6.12)'}`,
    ];
    const holds = gte(coerce(kernel) ?? '0.0.0', HOLDS_SINCE) && option !== undefined;
    const asks = gte(coerce(version) ?? '0.0.0', ASKS_KVM_SINCE);
    const atLoad = /^[Y1]/.test(option ?? '');
    if (holds && atLoad && !asks) {
      return {
        state: 'warning',
        summary: `KVM holds the processor’s virtualisation, so VirtualBox ${version} cannot start machines. Update it to ${ASKS_KVM_SINCE}, or unload KVM while you use it.`,
        evidence,
        fix: {
          title: 'Unload KVM until the next restart',
          argv: ['modprobe', '-r', 'kvm_intel', 'kvm_amd', 'kvm'],
          root: true,
        },
      };
    }
    if (holds && !atLoad && asks) {
      return {
        state: 'warning',
        summary: `The option kvm.enable_virt_at_load=0 keeps VirtualBox ${version} from starting machines. Remove it from /etc/modprobe.d and the kernel command line, then restart.`,
        evidence,
      };
    }
    return { state: 'ok', summary: 'They do not stand in each other’s way.', evidence };
  },
};
