/** The files of a cloud that are written once: its wish (`cloud.json`) and its secrets (`secrets.json`). */
import { randomBytes, randomInt } from 'node:crypto';
import { z } from 'zod';
import { hostNameOf, planSchema, type Plan } from '../../contract/plan';
import type { Recipe } from '../../recipes/types';
import { generateSshKey } from '../../seed';

export const cloudRecordSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  createdAt: z.number(),
  plan: planSchema,
  machine: z.object({ id: z.string(), domain: z.string(), hostname: z.string() }),
  /** Account in the guest, from the image. */
  user: z.string(),
});
export type CloudRecord = z.infer<typeof cloudRecordSchema>;

const keySchema = z.object({ privateKey: z.string(), publicKey: z.string() });

export const cloudSecretsSchema = z.object({
  version: z.literal(1),
  /** Opens the guest's account. */
  login: keySchema,
  /** The guest's own SSH host key: made here, so that the first connection is verified. */
  host: keySchema,
  /** Passwords by the recipe's credential identifiers. */
  passwords: z.record(z.string(), z.string()),
  /** Secret options that the person gave, by their identifiers. */
  options: z.record(z.string(), z.string()).default({}),
});
export type CloudSecrets = z.infer<typeof cloudSecretsSchema>;

/** The record of a new cloud with identifiers of its own. */
export function newCloudRecord(plan: Plan, user: string): CloudRecord {
  const id = randomBytes(6).toString('hex');
  return {
    version: 1,
    id: `c-${id}`,
    name: plan.name,
    createdAt: Date.now(),
    plan,
    // A short tail keeps domains apart when a name is used again.
    machine: { id: `m-${id}`, domain: `stackbox-${plan.name}-${id.slice(0, 6)}`, hostname: hostNameOf(plan.name) },
    user,
  };
}

/** Keys and passwords of a new cloud. @param options secret options that the person gave */
export function newCloudSecrets(
  record: CloudRecord,
  recipe: Recipe,
  options: Readonly<Record<string, string>>,
): CloudSecrets {
  return {
    version: 1,
    login: generateSshKey(`stackbox-${record.name}`),
    host: generateSshKey(record.machine.hostname),
    passwords: Object.fromEntries(recipe.data.credentials.map(({ id }) => [id, newPassword()])),
    options: { ...options },
  };
}

/** All texts that must never be seen outside the secrets file. */
export function secretTexts(secrets: CloudSecrets): readonly string[] {
  return [
    ...Object.values(secrets.passwords),
    ...Object.values(secrets.options),
    secrets.login.privateKey,
    secrets.host.privateKey,
  ];
}

const PASSWORD_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

/** DevStack takes letters and digits only, and at most 20 for the administrator; letters that look alike are left out. */
function newPassword(): string {
  return Array.from({ length: 20 }, () => PASSWORD_LETTERS.charAt(randomInt(PASSWORD_LETTERS.length))).join('');
}
