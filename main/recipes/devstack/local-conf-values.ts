/** Values for the placeholders of `local.conf`, when the machine is there. Pure: everything that they depend on comes in. */
import { createHash } from 'node:crypto';
import { StackboxError } from '../../contract/errors';
import type { MachineSize } from '../../contract/plan';
import { overlapsAny } from '../../network/subnets';
import { FLOATING_RANGE, type PLACEHOLDERS } from './local-conf';

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
  /** Of the machine, in its network (CIDR). */
  readonly address: string;
  readonly subnet: string;
  readonly size: MachineSize;
  /** By the recipe's credentials: letters and digits only, at most 20. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly evidence: MachineEvidence;
}

/** VirtualBox's and QEMU's NAT, which every machine behind forwards is in: DevStack's default 10.0.0.0/22 contains it. */
const NAT_SUBNET = '10.0.2.0/24';

/** For tenant networks, the first that is clear of everything else. */
const TENANT_RANGES = ['10.20.0.0/22', '10.60.0.0/22', '10.100.0.0/22', '192.168.240.0/22'];

/** @throws StackboxError `internal` when a password is missing or is not what DevStack takes */
export function localConfValues(input: LocalConfInput): Record<keyof typeof PLACEHOLDERS, string> {
  const { evidence, address, size, subnet } = input;
  const small = size.memoryMiB < 8192 || size.cpus < 4;
  return {
    ADMIN_PASSWORD: password(input, 'admin'),
    DATABASE_PASSWORD: password(input, 'database'),
    RABBIT_PASSWORD: password(input, 'rabbit'),
    SERVICE_PASSWORD: password(input, 'service'),
    SWIFT_HASH: swiftHash(input),
    ADDRESS: address,
    TENANT_RANGE: tenantRange(subnet),
    LIBVIRT_TYPE: evidence.kvm ? 'kvm' : 'qemu',
    SERVICE_TIMEOUT: evidence.emulated ? '900' : small ? '240' : '120',
    ZSWAP: evidence.zswap ? 'True' : 'False',
    BRANCH: evidence.branch,
  };
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
    .update(`swift ${password(input, 'service')}`)
    .digest('hex')
    .slice(0, 20);
}

function password({ passwords }: LocalConfInput, name: string): string {
  const value = passwords[name];
  if (value !== undefined && /^[A-Za-z0-9]{1,20}$/.test(value)) return value;
  throw new StackboxError('internal', `The cloud has no ${name} password that DevStack takes.`);
}
