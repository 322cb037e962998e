/** Writes DevStack's `local.conf`. Pure: everything that it depends on comes in. */
import { createHash } from 'node:crypto';
import { StackboxError } from '../../contract/errors';
import { overlapsAny } from '../../network/subnets';
import { joinOwnLines } from './local-conf-text';
import { findPreset, servicesOf } from './releases';

/** What the machine says of itself; see `evidence.ts`. */
export interface MachineEvidence {
  /** Whether /dev/kvm is there, so that instances run at full speed. */
  readonly kvm: boolean;
  /** Whether the machine itself is emulated, which makes everything about 10 times slower. */
  readonly emulated: boolean;
  /** Whether the kernel takes all that DevStack's ENABLE_ZSWAP writes: kernels since 6.18 have no `zpool` to choose. */
  readonly zswap: boolean;
  /** Branch that was really checked out: an old `stable/` one may be called `unmaintained/` by now. */
  readonly branch: string;
}

export interface LocalConfInput {
  /** As it was asked for; decides what services are called. */
  readonly branch: string;
  readonly preset: string;
  readonly gitBase: string;
  readonly shallow: boolean;
  readonly tempest: boolean;
  /** Seconds; 0 is by the speed of the machine. */
  readonly serviceTimeout: number;
  /** Lines of the person's own, of any section; they come last, so they win. */
  readonly ownLines: string;
  /** Of the machine, in its network (CIDR). */
  readonly address: string;
  readonly subnet: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly diskGiB: number;
  /** By the recipe's credentials: letters and digits only, at most 20. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly evidence: MachineEvidence;
}

/** DevStack's own default, for floating addresses. */
const FLOATING_RANGE = '172.24.4.0/24';

/** VirtualBox's and QEMU's NAT, which every machine behind forwards is in: DevStack's default 10.0.0.0/22 contains it. */
const NAT_SUBNET = '10.0.2.0/24';

/** For tenant networks, the first that is clear of everything else. */
const TENANT_RANGES = ['10.20.0.0/22', '10.60.0.0/22', '10.100.0.0/22', '192.168.240.0/22'];

/** @throws StackboxError `internal` when a password is missing or is not what DevStack takes */
export function localConf(input: LocalConfInput): string {
  const { evidence, address } = input;
  const groups = [...servicesOf(input.preset, input.branch), ...(input.tempest ? [['tempest']] : [])];
  const services = groups.flat();
  const tenants = tenantRange(input.subnet);
  const lines = [
    '# Written by Stackbox. The choices are those of the plan; lines of your own come last and win.',
    '[[local|localrc]]',
    '',
    '# Letters and digits only: other characters end up in addresses and break them.',
    ...['ADMIN', 'DATABASE', 'RABBIT', 'SERVICE'].map((name) => `${name}_PASSWORD=${password(input, name)}`),
    ...(services.includes('s-proxy') ? [`SWIFT_HASH=${swiftHash(input)}`] : []),
    '',
    '# Always written: an address that DevStack finds by itself may be the wrong one.',
    `HOST_IP=${address}`,
    `SERVICE_HOST=${address}`,
    `IPV4_ADDRS_SAFE_TO_USE=${tenants}`,
    `FIXED_RANGE=${tenants}`,
    `FLOATING_RANGE=${FLOATING_RANGE}`,
    '',
    '# Progress is read from these logs: they must neither be coloured nor shortened.',
    'LOGFILE=/opt/stack/logs/stack.sh.log',
    'VERBOSE=True',
    'LOG_COLOR=False',
    '',
    `GIT_BASE=${input.gitBase}`,
    ...(input.shallow ? ['GIT_DEPTH=1'] : []),
    '',
    ...machineLines(input, services),
    '',
    'disable_all_services',
    ...groups.map((group) => `enable_service ${group.join(' ')}`),
    ...findPreset(input.preset).plugins.map(
      (plugin) => `enable_plugin ${plugin} ${input.gitBase}/openstack/${plugin} ${evidence.branch}`,
    ),
  ];
  return joinOwnLines(`${lines.join('\n')}\n`, input.ownLines);
}

/** What a slow or small machine needs. */
function machineLines(input: LocalConfInput, services: readonly string[]): string[] {
  const { evidence, cpus, memoryMiB, diskGiB } = input;
  const small = memoryMiB < 8192 || cpus < 4;
  return [
    // Without /dev/kvm DevStack would change to qemu by itself, in the middle of the install.
    ...(services.includes('n-cpu') ? [`LIBVIRT_TYPE=${evidence.kvm ? 'kvm' : 'qemu'}`] : []),
    `SERVICE_TIMEOUT=${input.serviceTimeout > 0 ? input.serviceTimeout : evidence.emulated ? 900 : small ? 240 : 120}`,
    // DevStack's own rule takes two even where there is no memory for them.
    `API_WORKERS=${memoryMiB < 6144 ? 1 : Math.min(4, Math.max(2, Math.floor(cpus / 4)))}`,
    ...(memoryMiB < 12_288 && evidence.zswap ? ['ENABLE_ZSWAP=True'] : []),
    // Merges the memory of instances. Its package brings all of QEMU: 274 packages where no instance will ever run.
    ...(services.includes('n-cpu') ? [] : ['ENABLE_KSM=False', 'ENABLE_KSMTUNED=False']),
    // The file is sparse, but must not promise more than the disk has.
    ...(services.includes('c-vol') ? [`VOLUME_BACKING_FILE_SIZE=${Math.min(30, Math.floor(diskGiB / 3))}G`] : []),
  ];
}

/**
 * Addresses for tenant networks, clear of the machine's own network, of NAT and of the floating addresses.
 * @param subnet of the machine, in CIDR notation
 */
export function tenantRange(subnet: string): string {
  const taken = [subnet, NAT_SUBNET, FLOATING_RANGE];
  const range = TENANT_RANGES.find((candidate) => !overlapsAny(candidate, taken));
  if (range !== undefined) return range;
  throw new StackboxError('internal', `No range for tenant networks is clear of ${subnet}.`);
}

/** Swift mixes it into the places of objects. It must never change, and nobody ever types it, so it is no credential. */
function swiftHash(input: LocalConfInput): string {
  return createHash('sha256')
    .update(`swift ${password(input, 'SERVICE')}`)
    .digest('hex')
    .slice(0, 20);
}

function password({ passwords }: LocalConfInput, name: string): string {
  const value = passwords[name.toLowerCase()];
  if (value !== undefined && /^[A-Za-z0-9]{1,20}$/.test(value)) return value;
  throw new StackboxError('internal', `The cloud has no ${name} password that DevStack takes.`);
}
