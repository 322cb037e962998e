/**
 * The options of a recipe as plain data: what the window makes its form of, and what the command line reads `--option`
 * with. Whether a value is right is decided by the recipe's own schema, in the core.
 */
import { z } from 'zod';

const common = {
  /** Key in the plan's `recipe.options`. */
  id: z.string(),
  label: z.string(),
  help: z.string().optional(),
};

const choicesSchema = z.array(z.object({ value: z.string(), label: z.string(), help: z.string().optional() })).min(1);

export const recipeOptionSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('text'),
    ...common,
    default: z.string(),
    maxLength: z.int(),
    /** A text of several lines, in a fixed-width font. */
    lines: z.boolean(),
  }),
  z.object({
    type: z.literal('number'),
    ...common,
    default: z.int(),
    min: z.int(),
    max: z.int(),
    unit: z.string().optional(),
  }),
  z.object({ type: z.literal('switch'), ...common, default: z.boolean() }),
  z.object({ type: z.literal('choice'), ...common, default: z.string(), choices: choicesSchema }),
  /** A branch of a git repository: those that are shipped, and whatever `plans.branches` finds there now. */
  z.object({ type: z.literal('branch'), ...common, default: z.string(), choices: choicesSchema }),
  z.object({ type: z.literal('choices'), ...common, default: z.array(z.string()), choices: choicesSchema }),
  /** A configuration file that is generated from the other options; its value is the person's edits of it. */
  z.object({ type: z.literal('file'), ...common, default: z.array(z.never()), fileName: z.string() }),
  /** Kept apart from the plan: it is in no plan that the window, a file or the command line shows. */
  z.object({ type: z.literal('secret'), ...common, required: z.boolean(), maxLength: z.int() }),
]);
export type RecipeOption = z.infer<typeof recipeOptionSchema>;
