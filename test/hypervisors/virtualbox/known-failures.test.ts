/** Each known failure in VirtualBox's own words leads to its cause and cure, and to no other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KNOWN_FAILURES, knownFailure } from '../../../main/hypervisors/virtualbox/known-failures';

/** As VirtualBox 7.2.22 printed it here, or as its users report it (numbers are issues of VirtualBox's own tracker). */
const TEXTS: readonly (readonly [id: string, text: string])[] = [
  [
    'kvm-holds-vtx',
    "VirtualBox can't operate in VMX root mode. Please disable the KVM kernel extension (VERR_VMX_IN_VMX_ROOT_MODE).",
  ],
  [
    'kvm-holds-vtx',
    "VirtualBox can't enable the AMD-V extension. Please disable the KVM kernel extension (VERR_SVM_IN_USE).",
  ], // 81
  ['kvm-option-left-over', 'Host API has not enabled SVME bit in EFER MSR. (VERR_SVM_HOST_SVME_NOT_ENABLED)'], // 711, 713
  ['off-in-firmware', 'VT-x is disabled in the BIOS for all CPU modes (VERR_VMX_MSR_ALL_VMX_DISABLED)'],
  ['off-in-firmware', 'AMD-V is disabled in the BIOS (or by the host OS) (VERR_SVM_DISABLED)'],
  ['hyper-v', 'Raw-mode is unavailable courtesy of Hyper-V. (VERR_SUPDRV_NO_RAW_MODE_HYPER_V_ROOT)'],
  ['hyper-v', 'Call to WHvSetupPartition failed: ERROR_SUCCESS (Last=0xc000000d/87) (VERR_NEM_VM_CREATE_FAILED)'],
  ['no-virtualisation', 'VT-x is not available (VERR_VMX_NO_VMX)'],
  ['no-virtualisation', 'AMD-V is not available (VERR_SVM_NO_SVM)'],
  ['module-missing', 'Kernel driver not installed (rc=-1908)'],
  ['module-refused', 'Kernel driver not accessible (rc=-1909)'],
  ['no-memory', 'Failed to allocate memory (VERR_NO_LOW_MEMORY)'],
  ['disk-full', 'Could not create the clone medium (VERR_DISK_FULL)'],
  [
    'host-only-range',
    'Access denied: the IP address configured for the host-only interface is not within the allowed ranges.',
  ],
  ['image-form', recorded('clonemedium-zstd')],
  ['host-only-refused', recorded('hostonlyif-create-without-module')],
  ['same-uuid', recorded('same-uuid')],
  ['missing', recorded('showvminfo-missing')],
];

function recorded(name: string): string {
  const text = readFileSync(join(import.meta.dirname, `../../fixtures/virtualbox/${name}.7.2.22.txt`), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('VBoxManage: error:'))
    .join('\n');
}

describe('a failure of VirtualBox', () => {
  it.each(TEXTS)('%s is recognised', (id, text) => {
    expect(knownFailure(text)?.id).toBe(id);
  });

  it('has a cause and a cure for a person', () => {
    for (const { cause, cure } of KNOWN_FAILURES) {
      expect(cause).toMatch(/\.$/);
      expect(cure).toMatch(/\.$/);
    }
  });

  it('that is not known stays unknown', () => {
    expect(knownFailure('VBoxManage: error: Something new went wrong (VERR_BRAND_NEW)')).toBeUndefined();
  });
});
