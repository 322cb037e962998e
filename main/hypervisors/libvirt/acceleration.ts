/**
 * Whether machines can use the processor's own virtualisation. A device node is no proof: on cloud computers
 * `/dev/kvm` may open, libvirt may list KVM, and a guest still hangs right after the BIOS. So the processor's flag, the
 * device and libvirt's own check must agree.
 */
import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import type { Acceleration } from '../../contract/models';
import { StackboxError } from '../../contract/errors';
import { run } from '../../host/process';
import type { CallOptions } from '../driver';

/** What was found, before it is judged. */
export interface AccelerationEvidence {
  /** `vmx` or `svm` in /proc/cpuinfo; `undefined` on processors that show no such flag (ARM). */
  readonly flag: boolean | undefined;
  /** `denied`: it is there but this user may not open it, which says nothing about QEMU's own user. */
  readonly device: 'usable' | 'denied' | 'absent';
  /**
   * What `virt-host-validate qemu` says to "hardware virtualization". Its check of the device is left out: without
   * privileges a FAIL there says nothing about the user that QEMU runs as, and with them `device` says it already.
   */
  readonly validate: 'pass' | 'fail' | 'unknown';
}

/**
 * Judges the evidence.
 * @param asOtherUser QEMU runs as a user of its own (system connection), so what we may not open it still may
 */
export function judgeAcceleration(evidence: AccelerationEvidence, asOtherUser: boolean): Acceleration {
  const { flag, device, validate } = evidence;
  const emulated = (reason: string): Acceleration => ({
    kind: 'emulated',
    reason: `${reason} Machines are emulated, which is several times slower.`,
  });
  if (device === 'absent') {
    return emulated(
      flag === true
        ? 'The processor can virtualise but there is no /dev/kvm: the kvm module is not loaded.'
        : 'This computer offers no hardware virtualisation: there is no /dev/kvm.',
    );
  }
  if (flag === false) {
    return emulated('There is a /dev/kvm, but the processor shows neither vmx nor svm, so it would not work.');
  }
  if (validate === 'fail') {
    return emulated('libvirt’s own check (virt-host-validate) finds no hardware virtualisation.');
  }
  if (device === 'denied' && !asOtherUser) {
    return emulated('You may not open /dev/kvm; members of the group "kvm" may.');
  }
  return { kind: 'kvm', reason: 'Processor flag, /dev/kvm and libvirt’s own check agree: machines run at full speed.' };
}

/** Gathers the evidence. Takes about 20 ms; asks libvirt only when the rest speaks for KVM. */
export async function gatherEvidence(options: CallOptions = {}): Promise<AccelerationEvidence> {
  const [flag, device] = await Promise.all([processorFlag(), kvmDevice()]);
  if (flag === false || device === 'absent') return { flag, device, validate: 'unknown' };
  return { flag, device, validate: await hostValidate(options) };
}

async function processorFlag(): Promise<boolean | undefined> {
  if (process.arch !== 'x64') return undefined;
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  return /^flags\s*:.*\b(vmx|svm)\b/m.test(text);
}

async function kvmDevice(): Promise<AccelerationEvidence['device']> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
    return 'usable';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'absent';
  }
}

async function hostValidate(options: CallOptions): Promise<AccelerationEvidence['validate']> {
  try {
    // Its exit code is 1 as soon as one of many checks fails, most of which are not ours.
    const { stdout } = await run('virt-host-validate', ['qemu'], { ...options, okCodes: [1] });
    return parseHostValidate(stdout);
  } catch (error) {
    options.signal?.throwIfAborted();
    // Fedora packages it apart from libvirt; without it the other two witnesses decide.
    if (error instanceof StackboxError && error.code === 'missing-tool') return 'unknown';
    throw error;
  }
}

/** Reads what `virt-host-validate qemu` says about the processor. */
export function parseHostValidate(text: string): AccelerationEvidence['validate'] {
  const line = text.split('\n').find((one) => one.includes('for hardware virtualization')) ?? '';
  if (/:\s*PASS/.test(line)) return 'pass';
  return /:\s*FAIL/.test(line) ? 'fail' : 'unknown';
}
