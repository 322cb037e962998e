/** Writes DevStack's `local.conf` from a plan. What only the machine or the secrets can give stays a placeholder. */
import type { MachineSize } from '../../contract/plan';
import type { DevstackOptions } from './options';
import { pluginLines } from './plugins';
import { servicesOf } from './releases';

/** What each placeholder stands for; `local-conf-values.ts` has the values. */
export const PLACEHOLDERS = {
  ADMIN_PASSWORD: 'The administrator’s password, made for each cloud and shown on its card.',
  DATABASE_PASSWORD: 'A password made for each cloud.',
  RABBIT_PASSWORD: 'A password made for each cloud.',
  SERVICE_PASSWORD: 'A password made for each cloud.',
  SWIFT_HASH: 'A secret made for each cloud; Swift finds its objects by it.',
  ADDRESS: 'The machine’s address in its own network.',
  TENANT_RANGE: 'A network that is clear of the machine’s own, of NAT and of the floating addresses.',
  LIBVIRT_TYPE: 'kvm where the machine has /dev/kvm, else qemu.',
  SERVICE_TIMEOUT: 'Seconds, by the speed of the machine: 120, 240 or, when it is emulated, 900.',
  ZSWAP: 'True where the machine’s kernel can do what DevStack asks of it, else False.',
  BRANCH: 'The branch that was checked out; an old stable one may be called unmaintained by now.',
} as const;

/** DevStack's own default, for floating addresses. */
export const FLOATING_RANGE = '172.24.4.0/24';

/** The text before a person's edits. It follows from the plan alone, so that edits fit the same text in every machine. */
export function generateLocalConf(options: DevstackOptions, size: MachineSize): string {
  const groups = [...servicesOf(options.preset, options.branch), ...(options.tempest ? [['tempest']] : [])];
  const services = groups.flat();
  const lines = [
    '# Written by Stackbox from the choices of the plan. Names in double braces are filled in when the machine is there.',
    '[[local|localrc]]',
    '',
    '# Letters and digits only: other characters end up in addresses and break them.',
    ...['ADMIN', 'DATABASE', 'RABBIT', 'SERVICE'].map((name) => `${name}_PASSWORD={{${name}_PASSWORD}}`),
    ...(services.includes('s-proxy') ? ['SWIFT_HASH={{SWIFT_HASH}}'] : []),
    '',
    '# Always written: an address that DevStack finds by itself may be the wrong one.',
    'HOST_IP={{ADDRESS}}',
    'SERVICE_HOST={{ADDRESS}}',
    'IPV4_ADDRS_SAFE_TO_USE={{TENANT_RANGE}}',
    'FIXED_RANGE={{TENANT_RANGE}}',
    `FLOATING_RANGE=${FLOATING_RANGE}`,
    '',
    '# Progress is read from these logs: they must neither be coloured nor shortened.',
    'LOGFILE=/opt/stack/logs/stack.sh.log',
    'VERBOSE=True',
    'LOG_COLOR=False',
    '',
    '# Where the sources come from.',
    `GIT_BASE=${options.gitBase}`,
    ...(options.shallow ? ['GIT_DEPTH=1'] : []),
    '',
    '# What the machine can bear.',
    ...machineLines(options, size, services),
    '',
    '# The services, and nothing else.',
    'disable_all_services',
    ...groups.map((group) => `enable_service ${group.join(' ')}`),
    ...pluginLines(options),
  ];
  return `${lines.join('\n')}\n`;
}

/** What a slow or small machine needs. */
function machineLines(
  { serviceTimeout }: DevstackOptions,
  { cpus, memoryMiB, diskGiB }: MachineSize,
  services: readonly string[],
): string[] {
  return [
    // Without /dev/kvm DevStack would change to qemu by itself, in the middle of the install.
    ...(services.includes('n-cpu') ? ['LIBVIRT_TYPE={{LIBVIRT_TYPE}}'] : []),
    `SERVICE_TIMEOUT=${serviceTimeout > 0 ? serviceTimeout : '{{SERVICE_TIMEOUT}}'}`,
    // DevStack's own rule takes two even where there is no memory for them.
    `API_WORKERS=${memoryMiB < 6144 ? 1 : Math.min(4, Math.max(2, Math.floor(cpus / 4)))}`,
    ...(memoryMiB < 12_288 ? ['ENABLE_ZSWAP={{ZSWAP}}'] : []),
    // Merges the memory of instances. Its package brings all of QEMU: 274 packages where no instance will ever run.
    ...(services.includes('n-cpu') ? [] : ['ENABLE_KSM=False', 'ENABLE_KSMTUNED=False']),
    // The file is sparse, but must not promise more than the disk has.
    ...(services.includes('c-vol') ? [`VOLUME_BACKING_FILE_SIZE=${Math.min(30, Math.floor(diskGiB / 3))}G`] : []),
  ];
}
