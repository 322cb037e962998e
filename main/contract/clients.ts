/** What OpenStack's clients on this computer need to use a cloud. */
import { z } from 'zod';

export const clientConfigSchema = z.object({
  /** Name of the entry in clouds.yaml: `OS_CLOUD=stackbox-dev`. */
  entry: z.string(),
  /** A whole clouds.yaml with this entry alone. */
  cloudsYaml: z.string(),
  /** Shell lines to source. */
  openrc: z.string(),
  /** Which calls cannot work from here, and what to do instead; absent when all can. */
  limits: z.object({ text: z.string(), hint: z.string() }).optional(),
  /** The person's own file that the entry can be added to. */
  file: z.string(),
});
export type ClientConfig = z.infer<typeof clientConfigSchema>;

export const clientChangeSchema = z.object({
  file: z.string(),
  /** Copy of the file as it was; absent when there was none, or when our own entry was taken out again. */
  backup: z.string().optional(),
});
export type ClientChange = z.infer<typeof clientChangeSchema>;
