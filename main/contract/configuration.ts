/** Configuration files that a person may edit, and branches that they may choose. Plain data, schemas first. */
import { z } from 'zod';

/** A mistake in a configuration file, or what may be one. */
export const configFindingSchema = z.object({
  /** From 1. */
  line: z.int().min(1),
  /** A `problem` breaks the install; a `warning` may be meant. */
  severity: z.enum(['problem', 'warning']),
  /** A sentence for a person. */
  message: z.string(),
  /** A cure that cannot do harm: lines to change, all by their numbers before the change. */
  fix: z
    .object({
      /** As a button says it: "Remove the spaces". */
      title: z.string(),
      changes: z.array(
        z.object({
          line: z.int().min(1),
          /** How many lines go. */
          remove: z.int().min(0),
          /** Lines that come in their place, or before the line if none goes. */
          add: z.array(z.string()),
        }),
      ),
    })
    .optional(),
});
export type ConfigFinding = z.infer<typeof configFindingSchema>;

/** A configuration file as the plan leads to it, before a person's edits. */
export const configurationSchema = z.object({
  /** With `{{NAME}}` for what only the machine or the cloud's secrets can give. */
  generated: z.string(),
  placeholders: z.array(z.object({ name: z.string(), meaning: z.string() })),
  findings: z.array(configFindingSchema),
});
export type Configuration = z.infer<typeof configurationSchema>;

/** The branches that can be chosen, newest first. */
export const branchesSchema = z.object({
  /** `live`: what the git server has now; `shipped`: what Stackbox came with. */
  from: z.enum(['live', 'shipped']),
  /** Where it was asked, without what stands before the @ of an address. */
  address: z.string(),
  /** Why it is the shipped list. */
  reason: z.string().optional(),
  branches: z.array(
    z.object({
      value: z.string(),
      label: z.string(),
      /** Whether it supports the plan's image; `unknown` for one that is newer than this Stackbox. */
      fits: z.enum(['yes', 'no', 'unknown']),
    }),
  ),
});
export type Branches = z.infer<typeof branchesSchema>;
