/** The definition of a machine as libvirt reads it. */
import { join } from 'node:path';
import type { MachineSpec } from '../driver';
import { domainUuid, NAMESPACE } from './identity';
import { writeXml, type XmlElement } from './xml';

/** What the definition depends on besides the machine itself. */
export interface DomainSurroundings {
  /** `test` is libvirt's own test driver. */
  readonly type: 'kvm' | 'qemu' | 'test';
  readonly diskPath: string;
  readonly seedPath: string;
  /** The `<interface>` element. */
  readonly networkInterface: XmlElement;
  /** User and group, as numbers, who may use the console's socket; libvirt decides if absent. */
  readonly consoleOwner?: { readonly uid: number; readonly gid: number } | undefined;
}

/** File in a machine's folder that has all the serial console ever said. */
export const CONSOLE_LOG = 'console.log';
/** Socket in a machine's folder for the interactive serial console. */
export const CONSOLE_SOCKET = 'console.sock';

/** The longest path of a Unix socket on Linux: `sun_path` has 108 bytes with the final zero (unix(7)). */
const SOCKET_PATH_BYTES = 107;

/** Writes the definition of a machine's domain. */
export function domainXml(spec: MachineSpec, surroundings: DomainSurroundings): string {
  const { type, diskPath, seedPath, networkInterface, consoleOwner } = surroundings;
  const title = oneLine(spec.title);
  return writeXml({
    domain: {
      '@type': type,
      name: spec.domain,
      uuid: domainUuid(spec.id),
      ...(title === '' ? {} : { title }),
      metadata: {
        'stackbox:machine': {
          '@xmlns:stackbox': NAMESPACE,
          '@id': spec.id,
          '@cloud': spec.cloudId,
          '@title': title,
        },
      },
      memory: { '@unit': 'MiB', '#': spec.memoryMiB },
      vcpu: spec.cpus,
      os: { type: { ...(type === 'test' ? {} : { '@machine': MACHINE_TYPE }), '#': 'hvm' }, boot: { '@dev': 'hd' } },
      features: { acpi: {}, apic: {} },
      ...(type === 'test' ? {} : { cpu: cpu(type, spec) }),
      clock: {
        '@offset': 'utc',
        timer: [
          { '@name': 'rtc', '@tickpolicy': 'catchup' },
          { '@name': 'pit', '@tickpolicy': 'delay' },
          { '@name': 'hpet', '@present': 'no' },
        ],
      },
      on_poweroff: 'destroy',
      on_reboot: 'restart',
      on_crash: 'destroy',
      devices: {
        disk: [
          {
            '@type': 'file',
            '@device': 'disk',
            driver: { '@name': 'qemu', '@type': 'qcow2', '@discard': 'unmap', '@detect_zeroes': 'unmap' },
            source: { '@file': diskPath },
            target: { '@dev': 'vda', '@bus': 'virtio' },
          },
          // Not a CD-ROM: Debian's cloud kernel has no driver for one and cloud-init would find no seed.
          {
            '@type': 'file',
            '@device': 'disk',
            driver: { '@name': 'qemu', '@type': 'raw' },
            source: { '@file': seedPath },
            target: { '@dev': 'vdb', '@bus': 'virtio' },
            readonly: {},
          },
        ],
        interface: networkInterface,
        serial: { ...serialBackend(spec.folder, consoleOwner), target: { '@port': 0 } },
        rng: { '@model': 'virtio', backend: { '@model': 'random', '#': '/dev/urandom' } },
        memballoon: { '@model': 'virtio' },
        controller: { '@type': 'usb', '@model': 'none' },
        ...(type === 'test' ? {} : { video: { model: { '@type': 'none' } } }),
      },
    },
  });
}

const MACHINE_TYPE = 'q35';

/** One socket with n cores: guests that are licensed or scheduled by socket then behave as on a real computer. */
function cpu(type: 'kvm' | 'qemu', { cpus, image }: MachineSpec): XmlElement {
  const topology = { '@sockets': 1, '@cores': cpus, '@threads': 1 };
  if (type === 'kvm') return { '@mode': 'host-passthrough', '@check': 'none', topology };
  const model = {
    '@fallback': 'allow',
    '@vendor_id': EMULATED_VENDOR,
    '#': EMULATED_MODELS[image.processorLevel ?? 2],
  };
  return { '@mode': 'custom', '@match': 'exact', '@check': 'none', model, topology };
}

/**
 * The plainest model of each x86-64 level. No more than the image asks for: QEMU emulates AVX, which level 3 has, since 7.2
 * only.
 */
const EMULATED_MODELS = { 1: 'qemu64', 2: 'Nehalem', 3: 'Haswell-noTSX' } as const;

/**
 * On Intel's processors Linux keeps Meltdown out by other page tables for each system call, and QEMU forgets at each such
 * change which addresses it knew; AMD's need no such thing. Measured with QEMU 7.2, from the start to the first login and for
 * five starts of Python: Nehalem 35 and 4.5 s, Haswell 40 and 4.6 s, and with this vendor both 30 and 3.0 s, as qemu64, which
 * is one of AMD's anyway.
 */
const EMULATED_VENDOR = 'AuthenticAMD';

/** `virsh console` works with both; a socket can also be used by ourselves, if its path is short enough. */
function serialBackend(folder: string, owner: DomainSurroundings['consoleOwner']): XmlElement {
  const log = { '@file': join(folder, CONSOLE_LOG), '@append': 'on' };
  const socket = join(folder, CONSOLE_SOCKET);
  if (Buffer.byteLength(socket) > SOCKET_PATH_BYTES) return { '@type': 'pty', log };
  // The system connection would give it to QEMU's own user, and the person who made the machine could not type into it.
  const label = owner && { '@model': 'dac', '@relabel': 'yes', label: `+${owner.uid}:+${owner.gid}` };
  return { '@type': 'unix', source: { '@mode': 'bind', '@path': socket, ...(label && { seclabel: label }) }, log };
}

/** libvirt refuses a title with a line break in it. */
function oneLine(title: string): string {
  return title
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 200);
}
