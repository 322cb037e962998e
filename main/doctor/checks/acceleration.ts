/**
 * Whether machines run on the processor itself or are emulated. On Linux a ladder: processor flag, module, device,
 * libvirt's own check. Every rung can be there without the next.
 */
import type { Acceleration } from '../../contract/models';
import { StackboxError } from '../../contract/errors';
import {
  judgeAcceleration,
  parseHostValidate,
  type AccelerationEvidence,
} from '../../hypervisors/libvirt/acceleration';
import type { Answer, Check, DoctorContext } from '../check';

export const acceleration: Check = {
  id: 'acceleration',
  title: 'Acceleration',
  check: (context) => (context.facts.platform === 'linux' ? checkKvm(context) : checkOthers(context)),
};

/** Outside Linux only VirtualBox is there, and it says by itself. */
async function checkOthers({ connections }: DoctorContext): Promise<Answer> {
  const known = connections.flatMap((connection): Acceleration[] =>
    connection.acceleration ? [connection.acceleration] : [],
  );
  const evidence = connections.map(({ title, reason }) => `${title}: ${reason}`);
  const best = known.find(({ kind }) => kind !== 'emulated');
  if (best) return { state: 'ok', summary: best.reason, evidence };
  const summary = known[0]?.reason ?? 'Not known until a hypervisor is installed.';
  return { state: known.length > 0 ? 'warning' : 'unknown', summary, evidence };
}

interface Ladder extends AccelerationEvidence {
  readonly flagName: 'vmx' | 'svm' | undefined;
  readonly nested: string | undefined;
}

async function checkKvm(context: DoctorContext): Promise<Answer> {
  const ladder = await climb(context);
  const { flag, flagName, device, validate, nested } = ladder;
  const evidence = [
    `/proc/cpuinfo: ${flagName ?? (flag === undefined ? 'not an x86 processor' : 'neither vmx nor svm')}`,
    `/dev/kvm: ${{ usable: 'opens', denied: 'there, but not for you', absent: 'not there' }[device]}`,
    `virt-host-validate qemu: ${{ pass: 'PASS', fail: 'FAIL', unknown: 'did not say' }[validate]}`,
    ...(nested === undefined ? [] : [`Nested virtualisation: ${/^[Y1]/.test(nested) ? 'on' : 'off'}`]),
  ];
  if (device !== 'absent' && flag === false) return brokenKvm(evidence);
  const verdict = judgeAcceleration(
    ladder,
    context.connections.some(({ id, usable }) => id === 'libvirt-system' && usable),
  );
  if (verdict.kind === 'kvm') return { state: 'ok', summary: verdict.reason, evidence };
  const fix = fixFor(ladder, context);
  return { state: 'warning', summary: verdict.reason, evidence, ...(fix && { fix }) };
}

/**
 * Seen on cloud computers: libvirt 9.0 took 88 s for each define, because its probe of QEMU waits for a KVM that never
 * answers; 12 ms with the device moved away.
 */
function brokenKvm(evidence: readonly string[]): Answer {
  return {
    state: 'warning',
    summary:
      'There is a /dev/kvm, but the processor cannot virtualise, so machines are emulated and libvirt waits about 90 s for KVM whenever it defines one. Moving the device away ends the waiting.',
    evidence: [...evidence],
    fix: {
      title: 'Move the useless /dev/kvm away, then restart libvirt',
      argv: ['mv', '/dev/kvm', '/dev/kvm.off'],
      root: true,
    },
  };
}

function fixFor({ flagName, device }: Ladder, { facts }: DoctorContext): Answer['fix'] {
  if (device === 'absent' && flagName !== undefined) {
    // It also fails while virtualisation is off in the firmware; the kernel then says so.
    const module = flagName === 'vmx' ? 'kvm_intel' : 'kvm_amd';
    return { title: 'Load the KVM module', argv: ['modprobe', module], root: true };
  }
  if (device === 'denied') {
    const argv = ['usermod', '-aG', 'kvm', facts.user];
    return { title: 'Join the group "kvm", then log in again', argv, root: true };
  }
  return undefined;
}

async function climb(context: DoctorContext): Promise<Ladder> {
  const { facts, read, access } = context;
  const [cpuinfo, device, intel, amd] = await Promise.all([
    read('/proc/cpuinfo'),
    access('/dev/kvm'),
    read('/sys/module/kvm_intel/parameters/nested'),
    read('/sys/module/kvm_amd/parameters/nested'),
  ]);
  const found = /^flags\s*:.*\b(vmx|svm)\b/m.exec(cpuinfo ?? '')?.[1];
  const flagName = found === 'vmx' || found === 'svm' ? found : undefined;
  const flag = facts.arch === 'x64' ? flagName !== undefined : undefined;
  const ask = flag !== false && device !== 'absent';
  return { flag, flagName, device, nested: intel ?? amd, validate: ask ? await hostValidate(context) : 'unknown' };
}

async function hostValidate({ run }: DoctorContext): Promise<AccelerationEvidence['validate']> {
  try {
    // Its exit code is 1 as soon as one of many checks fails, most of which are not ours.
    return parseHostValidate((await run('virt-host-validate', ['qemu'], [1])).stdout);
  } catch (error) {
    if (error instanceof StackboxError && error.code === 'missing-tool') return 'unknown';
    throw error;
  }
}
