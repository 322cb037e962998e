/**
 * The small kit that recipes share. A recipe is a folder: `recipe.yaml` holds everything that is data, the `.sh` files
 * are the jobs that run in the guest, and `index.ts` joins them. See README.md in this folder.
 */
import { z } from 'zod';
import type { Branches, ConfigFinding } from '../contract/configuration';
import { presetSchema, type Image, type PlanProblem } from '../contract/models';
import { sizeSchema, type MachineSize } from '../contract/plan';
import type { RecipeOption } from '../contract/recipe-options';
import type { Guest } from '../guest/guest';
import type { Attachment } from '../hypervisors/driver';
import type { RecipeServices } from './services';

const fraction = z.number().min(0).max(1);

/** A regular expression in JavaScript's flavour, matched against one line without its colours. */
const patternSchema = z.string().refine(isPattern, 'is not a regular expression');

function isPattern(text: string): boolean {
  try {
    return new RegExp(text).source !== '';
  } catch {
    return false;
  }
}

/**
 * A line of a job's output that says how far the job is: at a fixed place (`at`), or somewhere `between` two, which the
 * first group says as a percentage or, with `count`, the number of such lines so far. One that has only a `detail` shows
 * what the job is at and moves nothing.
 */
const markerSchema = z
  .strictObject({
    match: patternSchema,
    /** What the window shows as the step's detail; `$1` stands for the first group, `$2` for the second. */
    detail: z.string().optional(),
    /** How far the job is when this line comes, 0…1. */
    at: fraction.optional(),
    between: z.tuple([fraction, fraction]).optional(),
    /** How many such lines usually come. */
    count: z.int().positive().optional(),
    /** A line that says how many will come this time, in its first group. */
    total: patternSchema.optional(),
  })
  .refine(({ at, between }) => at === undefined || between === undefined, 'needs either "at" or "between"')
  .refine(
    ({ detail, at, between }) => detail !== undefined || at !== undefined || between !== undefined,
    'needs either "at" or "between", or at least a "detail" to show',
  )
  .refine(({ between, count }) => count === undefined || between !== undefined, '"count" needs "between"')
  .refine(({ count, total }) => total === undefined || count !== undefined, '"total" needs "count"')
  .refine(({ between }) => between === undefined || between[0] <= between[1], '"between" goes from small to large');

const jobStepSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  title: z.string(),
  /** File in the recipe's folder that runs in the guest as root: `install.sh`. */
  script: z.string(),
  /** Expected duration in seconds on real acceleration; weights progress until this computer has its own history. */
  seconds: z.number().positive(),
  /** Silence (seconds) after which the step fails. */
  silence: z.number().positive().default(600),
  markers: z.array(markerSchema).default([]),
  /** Lines that repeat commands (bash's xtrace) instead of saying what happened: no known error is looked for in them. */
  trace: patternSchema.optional(),
  /** The line with which a failed job begins to clean up: what follows hides the cause, so no error is sought or kept there. */
  epilogue: patternSchema.optional(),
});

/**
 * Something that a reboot of the machine takes away. Each is a step of a start, between first contact and the proof; one
 * that is not needed is skipped.
 */
const repairSchema = jobStepSchema.extend({
  /**
   * Script that says whether it is needed: it ends with 0 when all is well. Its last line says what is missing. It is asked
   * again after the repair, which has failed if it still does not end with 0.
   */
  check: z.string(),
});

/**
 * What a recipe can do to its cloud besides create, start and stop. It is a run like any other: with steps that are
 * declared first, cancelled, resumed.
 */
const actionSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
    /** As a button says it: "Stack again". */
    title: z.string(),
    /** What it does, in one sentence. */
    help: z.string(),
    /** What will be gone afterwards, for a person to confirm; leave it out when nothing is lost. */
    confirm: z.string().optional(),
    /** Jobs of its own, or `use` of a job of the install by its identifier. */
    steps: z.array(z.union([jobStepSchema, z.strictObject({ use: z.string() })])).default([]),
    /** Begins with the recipe's repairs. */
    repair: z.boolean().default(false),
    /** OpenStack is there anew afterwards: the cloud is ready again when the proof has passed. */
    proof: z.boolean().default(false),
    /** OpenStack is not there afterwards: the line that the cloud shows until it is. */
    down: z.string().optional(),
  })
  .refine(({ proof, down }) => !proof || down === undefined, 'has either "proof" or "down"');

/**
 * A cure that Stackbox can carry out: options of the plan that are changed, and jobs that run before the failed step is
 * repeated. It must be safe: it destroys nothing that a retry would not destroy as well.
 */
const cureSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
    /** As a button says it: "Wait for apt and try again". */
    title: z.string(),
    /** Options with the values that they get; a cure that has no jobs of its own is not offered when they have them already. */
    set: z.record(z.string(), z.json()).default({}),
    /** Jobs of its own, or `use` of a job of the install by its identifier. */
    steps: z.array(z.union([jobStepSchema, z.strictObject({ use: z.string() })])).default([]),
  })
  .refine(({ set, steps }) => steps.length > 0 || Object.keys(set).length > 0, 'has neither "set" nor "steps"');

/** A failure that people have met before. The first match in the log, not the last, names the cause. */
const knownErrorSchema = z.strictObject({
  match: patternSchema,
  cause: z.string(),
  cure: z.string(),
  /** A line that says that something failed, but not why: it counts only when no other explains the failure. */
  general: z.boolean().default(false),
  /** Identifier in `cures`. */
  apply: z.string().optional(),
});

export const recipeDataSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  services: z.array(z.string()),
  images: z.array(z.string()).min(1),
  minutes: z.number().positive(),
  recommended: z.boolean().default(false),
  /** Behind "More recipes" in the window: a preview, or for few people. */
  more: z.boolean().default(false),
  least: sizeSchema,
  presets: z.array(presetSchema.omit({ fits: true, reason: true })).min(1),
  steps: z.array(jobStepSchema),
  repairs: z.array(repairSchema).default([]),
  actions: z.array(actionSchema).default([]),
  errors: z.array(knownErrorSchema).default([]),
  cures: z.array(cureSchema).default([]),
  endpoints: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      /** Port in the guest. */
      port: z.int(),
      /** Path behind the address: `/v3`. */
      path: z.string(),
      browser: z.boolean().default(false),
      /** Whether it answers https, with a certificate of its own. */
      tls: z.boolean().default(false),
      /** Only for plans whose option (the key) has one of these values. */
      when: z.record(z.string(), z.array(z.string())).optional(),
    }),
  ),
  credentials: z.array(z.strictObject({ id: z.string(), title: z.string(), username: z.string() })),
  /** How OpenStack's clients on the person's computer sign in; absent when they cannot. */
  client: z
    .strictObject({
      /** Keystone's identifier in `endpoints`. */
      endpoint: z.string(),
      /** The administrator's identifier in `credentials`. */
      credential: z.string(),
      project: z.string().default('admin'),
      region: z.string().default('RegionOne'),
      /**
       * Where services besides Keystone are, by their type as clients write it (`block_storage`): told to clients when the
       * cloud is reached through forwarded ports and this port is one of them.
       */
      services: z
        .record(z.string().regex(/^[a-z_]+$/), z.strictObject({ port: z.int(), path: z.string() }))
        .default({}),
    })
    .optional(),
});
export type RecipeData = z.infer<typeof recipeDataSchema>;
export type RecipeJobStep = RecipeData['steps'][number];

/** A cure whose steps are all there. */
export interface RecipeCure extends Omit<RecipeData['cures'][number], 'steps'> {
  readonly steps: readonly RecipeJobStep[];
}

export type RecipeRepair = RecipeData['repairs'][number];

/** An action whose steps are all there: `use` is resolved. */
export interface RecipeAction extends Omit<RecipeData['actions'][number], 'steps'> {
  readonly steps: readonly RecipeJobStep[];
}

/** What a recipe's code may use: the machine, its place in the network, its options and its own secrets. */
export interface RecipeContext {
  readonly guest: Guest;
  readonly attachment: Attachment;
  readonly hostname: string;
  /** Options of the plan, already checked by the recipe's schema. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Passwords generated for this cloud, by credential id; alphanumeric, 20 characters. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly size: MachineSize;
  readonly signal: AbortSignal;
}

/** One check that shows that the cloud really works: "Issue a token". Throws when it does not. */
export interface ProofCheck {
  readonly id: string;
  readonly title: string;
  /** Whether it is asked for a plan with these options; always, if absent. */
  when?(options: Readonly<Record<string, unknown>>): boolean;
  run(context: RecipeContext): Promise<void>;
}

/** A plan as a recipe sees it before anything is made. */
export interface RecipeWish {
  /** Options of the plan, already checked by the recipe's schema. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly image: Pick<Image, 'id' | 'title' | 'os' | 'release'>;
  readonly size: MachineSize;
}

/**
 * A configuration file that a recipe generates and a person can edit, by a `fileOption`. Generating must not ask the
 * machine: what only the machine or the secrets can give stays `{{NAME}}` until `fillPlaceholders` of `config-file.ts`.
 */
export interface RecipeFile {
  /** With a line break at its end. */
  generate(wish: Pick<RecipeWish, 'options' | 'size'>): string;
  /** What each placeholder stands for, for a person. */
  readonly placeholders: Readonly<Record<string, string>>;
  /** The mistakes in the whole text, with its placeholders. @param generated the text before the person's edits */
  lint(text: string, generated: string): readonly ConfigFinding[];
}

/** Where the branches of a `branchOption` are asked for, and what is known of them. */
export interface RecipeBranches {
  /** Address of the repository. */
  repository(options: Readonly<Record<string, unknown>>): string;
  /** Whether a branch of the repository is one that the recipe could install, and how it is called. */
  describe(branch: string, image: RecipeWish['image'] | undefined): Branches['branches'][number] | undefined;
}

/** A user of OpenStack, and the file in the guest to source before `openstack` works as them. */
export interface RecipeAccount {
  readonly id: string;
  /** As a menu says it: "OpenStack as demo". */
  readonly title: string;
  readonly file: string;
}

export interface Recipe {
  readonly data: RecipeData;
  /** The recipe's own options, each made with `options.ts`; an unknown one is an error. */
  readonly options: z.ZodObject;
  /** The same as plain data, for the form and the command line. */
  readonly fields: readonly RecipeOption[];
  /** What does not go together, though each value is fine by itself: a branch that the image is too old for. */
  check?(wish: RecipeWish): readonly PlanProblem[];
  /** By the identifiers of its file options. */
  readonly files: Readonly<Record<string, RecipeFile>>;
  /** By the identifiers of its branch options. */
  readonly branches: Readonly<Record<string, RecipeBranches>>;
  /** In the order of the menu. */
  readonly actions: readonly RecipeAction[];
  readonly cures: readonly RecipeCure[];
  /** Text of a script that `data` names. */
  script(file: string): string;
  /** Values that the script of a step gets as environment variables; it may look into the guest first. */
  env(context: RecipeContext, step: string): Record<string, string> | Promise<Record<string, string>>;
  readonly proof: readonly ProofCheck[];
  /** Users as whom `openstack` works in a terminal, the administrator first. */
  readonly accounts: readonly RecipeAccount[];
  /** From `services.yaml`; absent when the cloud has no services to look at. */
  readonly services?: RecipeServices;
}
