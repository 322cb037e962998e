/**
 * What VBoxManage says when it fails, with cause and cure, as data. The first entry that fits counts; each pattern names the
 * part of the text that no translation touches, where there is one.
 */
import type { ErrorCode } from '../../contract/errors';

export interface KnownFailure {
  readonly id: string;
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  /** What happened, as a sentence for a person. */
  readonly cause: string;
  /** What the person can do. */
  readonly cure: string;
}

export const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    id: 'kvm-holds-vtx',
    pattern: /VERR_VMX_IN_VMX_ROOT_MODE|VERR_SVM_IN_USE/,
    code: 'hypervisor',
    cause: 'KVM holds the processor’s virtualisation, so VirtualBox cannot use it (usual since Linux 6.12).',
    cure: 'Stop KVM machines, then unload KVM: "sudo modprobe -r kvm_intel kvm_amd kvm". Or use libvirt. For good: with VirtualBox before 7.2.10 put "options kvm enable_virt_at_load=0" into /etc/modprobe.d; from 7.2.10 on update VirtualBox and leave that option out.',
  },
  {
    // VirtualBox issues 711 and 713: since 7.2.10 it asks KVM for the processor, which that option forbids.
    id: 'kvm-option-left-over',
    pattern: /VERR_SVM_HOST_SVME_NOT_ENABLED|VERR_VMX_HOST_VMXE_NOT_ENABLED/,
    code: 'hypervisor',
    cause: 'KVM’s option enable_virt_at_load=0 keeps VirtualBox 7.2.10 and newer from the processor’s virtualisation.',
    cure: 'Remove "enable_virt_at_load=0" from /etc/modprobe.d and from the kernel command line, then restart the computer.',
  },
  {
    id: 'off-in-firmware',
    pattern: /VERR_VMX_MSR_(?:ALL_)?VMX(?:ON)?_DISABLED|VERR_SVM_DISABLED/,
    code: 'hypervisor',
    cause: 'The processor’s virtualisation is switched off in the firmware (BIOS or UEFI).',
    cure: 'Switch on "Intel VT-x", "AMD-V" or "SVM" in the firmware’s settings, then try again.',
  },
  {
    id: 'hyper-v',
    pattern:
      /VERR_SUPDRV_NO_RAW_MODE_HYPER_V_ROOT|VERR_NEM_(?:NOT_AVAILABLE|VM_CREATE_FAILED|MISSING_KERNEL_API)|WHv[A-Z]\w+ failed/,
    code: 'hypervisor',
    cause:
      'Hyper-V on this Windows holds the processor’s virtualisation, or its platform for other hypervisors is off.',
    cure: 'Turn on the Windows feature "Windows Hypervisor Platform"; or turn Hyper-V off ("bcdedit /set hypervisorlaunchtype off" as administrator, then restart).',
  },
  {
    id: 'no-virtualisation',
    pattern: /VERR_VMX_NO_VMX|VERR_SVM_NO_SVM|VERR_(?:VMX|HM)_\w*NOT_SUPPORTED/,
    code: 'hypervisor',
    cause: 'This computer’s processor offers no virtualisation, as inside most cloud machines and containers.',
    cure: 'Use libvirt, which can emulate a processor, or a computer whose processor has VT-x or AMD-V.',
  },
  {
    id: 'module-refused',
    pattern: /VERR_VM_DRIVER_(?:LOAD_ERROR|OPEN_ERROR)|rc=-1909|Key was rejected by service|Required key not available/,
    code: 'hypervisor',
    cause: 'VirtualBox’s kernel module was refused, most likely because Secure Boot wants it signed.',
    cure: 'Sign the module and enrol the key ("sudo mokutil --import …", then restart), or switch Secure Boot off in the firmware.',
  },
  {
    id: 'module-missing',
    pattern:
      /VERR_VM_DRIVER_NOT_(?:INSTALLED|ACCESSIBLE)|rc=-1908|VERR_VM_DRIVER_VERSION_MISMATCH|\/dev\/vboxdrv|vboxdrv kernel module/,
    code: 'hypervisor',
    cause: 'VirtualBox’s kernel module is not loaded, so no machine can start.',
    cure: 'On Debian and Ubuntu install virtualbox-dkms and the headers of the running kernel; elsewhere run "sudo /sbin/vboxconfig". On macOS allow the extension under Privacy & Security.',
  },
  {
    id: 'no-memory',
    pattern:
      /VERR_NO_(?:LOW_|CONT_|PAGE_)?MEMORY|VERR_GMM_HIT_\w+_LIMIT|NS_ERROR_OUT_OF_MEMORY|E_OUTOFMEMORY|VERR_EM_NO_MEMORY/,
    code: 'no-room',
    cause: 'This computer has not enough free memory for the machine.',
    cure: 'Stop other machines or programs, or give this machine less memory.',
  },
  {
    id: 'disk-full',
    pattern: /VERR_DISK_FULL/,
    code: 'no-room',
    cause: 'The disk of this computer is full.',
    cure: 'Free some space, for example by deleting clouds or cached images, then try again.',
  },
  {
    id: 'image-form',
    pattern:
      /unsupported incompatible features|VERR_VD_GEN_INVALID_HEADER|VERR_VD_\w*(?:UNSUPPORTED|INVALID_HEADER)\w*/,
    code: 'missing-tool',
    cause: 'VirtualBox cannot read this form of disk image (compressed with zstd, or shorter than its tables say).',
    cure: 'Install qemu-img (package qemu-utils, qemu-img or qemu) and try again, or choose another image.',
  },
  {
    id: 'host-only-range',
    // VBoxNetAdpCtl says no more than "permission denied" (6.1.28 and newer; Vagrant 12553).
    pattern: /not within the allowed ranges|E_ACCESSDENIED[\s\S]*EnableStaticIPConfig/,
    code: 'hypervisor',
    cause: 'VirtualBox does not allow that address for a host-only network.',
    cure: 'Add a line with the range to /etc/vbox/networks.conf, for example "* 192.168.56.0/21".',
  },
  {
    id: 'host-only-refused',
    pattern: /VBoxNetAdpCtl:|\/dev\/vboxnetctl|Failed to create the host-only adapter/,
    code: 'hypervisor',
    cause: 'VirtualBox could not make a host-only adapter.',
    cure: 'The cloud works without one, through forwarded ports. For an adapter load the kernel modules: "sudo modprobe vboxnetadp".',
  },
  {
    id: 'same-uuid',
    pattern: /with UUID \{[0-9a-f-]+\} already exists/,
    code: 'conflict',
    cause: 'VirtualBox already knows another disk with the same identifier, most likely a copy of the file.',
    cure: 'Remove the copy from VirtualBox’s Media Manager, then try again.',
  },
  {
    id: 'locked',
    pattern: /is already locked(?: for a session)?|(?:is|being) (?:un)?locked|VBOX_E_INVALID_OBJECT_STATE/,
    code: 'busy',
    cause: 'The machine or its disk is in use by another program.',
    cure: 'Close the machine’s settings and windows in VirtualBox, then try again.',
  },
  {
    id: 'missing',
    pattern:
      /VBOX_E_OBJECT_NOT_FOUND|Could not find a |VERR_FILE_NOT_FOUND|VERR_PATH_NOT_FOUND|is not currently running/,
    code: 'not-found',
    cause: 'VirtualBox does not have it (any more).',
    cure: 'Look into VirtualBox whether it was removed or renamed there.',
  },
];

/** The known failure that a text of VBoxManage tells of, if any. */
export function knownFailure(text: string): KnownFailure | undefined {
  return KNOWN_FAILURES.find(({ pattern }) => pattern.test(text));
}
