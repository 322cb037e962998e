/**
 * The plan: the full, validated wish for one cloud. It can be exported, read by a person and run again.
 * Every door (window, command line, file) goes through {@link planSchema}.
 */
import { z } from 'zod';
import { LIMITS, NAME_MAX, NAME_RULE, suggestName } from './limits';

export { LIMITS, NAME_MAX, suggestName };

/** A cloud's name is also its machine's host name, hence the rule of host names. */
export const cloudNameSchema = z
  .string()
  .min(1, 'Give the cloud a name.')
  .max(NAME_MAX, `A name has at most ${NAME_MAX} characters.`)
  .regex(NAME_RULE, 'A name is also the host name: letters, digits and hyphens, a letter first, no hyphen last.');

/** A cloud's name as its machine's host name: the same in either case, but some services compare letter by letter. */
export function hostNameOf(name: string): string {
  return name.toLowerCase();
}

/** Which hypervisor, and by which connection. `auto` is resolved when the plan is checked and never stored. */
export const connectionSchema = z.enum(['libvirt-system', 'libvirt-session', 'virtualbox']);
export type ConnectionId = z.infer<typeof connectionSchema>;

export const sizeSchema = z.strictObject({
  cpus: z.int().min(LIMITS.cpus.min).max(LIMITS.cpus.max),
  /** Memory of the machine in MiB. */
  memoryMiB: z.int().min(LIMITS.memoryMiB.min).max(LIMITS.memoryMiB.max),
  /** Length of the machine's disk in GiB; it grows as it is used. */
  diskGiB: z.int().min(LIMITS.diskGiB.min).max(LIMITS.diskGiB.max),
});
export type MachineSize = z.infer<typeof sizeSchema>;

const httpUrl = z.url({ protocol: /^https?$/, error: 'An address that starts with http:// or https://' });

/** How the guest reaches the world when the host's surroundings are special (companies, labs, offline rooms). */
export const surroundingsSchema = z.strictObject({
  /** Proxy for HTTP and HTTPS inside the guest; `host` hands on what this computer uses, `none` forbids it. */
  proxy: z.union([z.literal('host'), z.literal('none'), httpUrl]).default('host'),
  /** Addresses that do not go through the proxy. */
  noProxy: z.array(z.string().min(1).max(253)).max(100).default([]),
  /** Mirror for the distribution's packages. */
  packageMirror: httpUrl.optional(),
  /** Certificates that the guest trusts besides its own: those added to this computer, none, or PEM text. */
  extraCertificates: z
    .union([z.literal('host'), z.literal('none'), z.string().startsWith('-----BEGIN CERTIFICATE-----').max(1_000_000)])
    .default('host'),
});

export const planSchema = z.strictObject({
  version: z.literal(1),
  name: cloudNameSchema,
  recipe: z.strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
    /** Checked against the recipe's own schema when the plan is checked. */
    options: z.record(z.string(), z.json()).default({}),
  }),
  connection: connectionSchema,
  /** Identifier in the image catalogue, or of an imported file. */
  image: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,79}$/),
  size: sizeSchema,
  surroundings: surroundingsSchema.prefault({}),
  /** Swap file in MiB; `auto` sizes it to the memory. */
  swapMiB: z.union([z.literal('auto'), z.int().min(0).max(65_536)]).default('auto'),
});

/** A plan in which every default is filled in. */
export type Plan = z.infer<typeof planSchema>;
