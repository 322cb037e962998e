/** Which units of systemd are which OpenStack service: a recipe's `services.yaml`. */
import { z } from 'zod';

/** A unit's name, in which `*` stands for any text. It goes to `systemctl` and `journalctl` as it is, which read it likewise. */
const unitPatternSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9:_.\\@*-]*\.service$/, 'is not the name of a service: "devstack@n-api.service"');

/** A file of OpenStack's below /etc; `$1` stands for what it stands for in a name. */
const configFileSchema = z
  .string()
  .max(200)
  .regex(
    /^\/etc(?:\/(?!\.\.?(?:\/|$))[A-Za-z0-9_.$-]+)+$/,
    'is not the path of a configuration file: "/etc/nova/nova.conf"',
  );

const serviceSchema = z.strictObject({
  /** By its OpenStack name: "Nova API". `$1` stands for what the `*` of the unit stands for. */
  name: z.string().min(1).max(80),
  /** Its unit; several when distributions call it differently, or when it has several. */
  units: z.array(unitPatternSchema).min(1),
  /**
   * Files of oslo.config that the service reads, in its order: of an option that is in several, the last counts. Those that a
   * machine does not have are left out. Absent where the service has no `debug` in [DEFAULT].
   */
  config: z.array(configFileSchema).min(1).optional(),
  /** What a restart disturbs besides the service itself, as a sentence to confirm. */
  hurts: z.string().optional(),
});

export const recipeServicesSchema = z.union([
  z.strictObject({
    groups: z.array(z.strictObject({ title: z.string(), services: z.array(serviceSchema).min(1) })).min(1),
  }),
  /** For services that systemd does not have: what they are instead, and a command that lists them in a terminal. */
  z.strictObject({ elsewhere: z.strictObject({ text: z.string(), command: z.string() }) }),
]);
export type RecipeServices = z.infer<typeof recipeServicesSchema>;
export type ServiceTable = Extract<RecipeServices, { groups: unknown }>;

/** A unit as the table knows it. */
export interface KnownService {
  readonly name: string;
  readonly group: string;
  readonly hurts: string | undefined;
  /** Absolute paths of its configuration, the last of which counts. */
  readonly config: readonly string[];
  /** Its place in the table. */
  readonly place: number;
}

/** All units of the table, for a question to systemd. */
export function unitsOf({ groups }: ServiceTable): string[] {
  return [...new Set(groups.flatMap(({ services }) => services.flatMap(({ units }) => units)))];
}

/** The first entry of the table that has the unit; `undefined` for a unit that is none of the recipe's. */
export function findService({ groups }: ServiceTable, unit: string): KnownService | undefined {
  let place = 0;
  for (const { title, services } of groups) {
    for (const { name, units, hurts, config = [] } of services) {
      place += 1;
      for (const pattern of units) {
        const rest = restOf(pattern, unit);
        if (rest === undefined) continue;
        const filled = (text: string): string => text.replace('$1', () => rest);
        return { name: filled(name), group: title, hurts, config: config.map(filled), place };
      }
    }
  }
  return undefined;
}

/** What the first `*` of the pattern stands for, in letters that a unit may have; `undefined` when they do not fit. */
function restOf(pattern: string, unit: string): string | undefined {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[\\.^$+?()[\]{}|]/g, String.raw`\$&`))
    .join(String.raw`([A-Za-z0-9:_.\\@-]*)`);
  const match = new RegExp(`^${source}$`).exec(unit);
  return match ? (match[1] ?? '') : undefined;
}
