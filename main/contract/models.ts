/** What the core shows to the outside: clouds, runs, images, findings. Plain data, schemas first. */
import { z } from 'zod';
import { ERROR_CODES } from './errors';
import { connectionSchema, planSchema, sizeSchema } from './plan';
import { recipeOptionSchema } from './recipe-options';
import { trialSchema } from './trial';

export const errorRecordSchema = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  hint: z.string().optional(),
  command: z.array(z.string()).readonly().optional(),
  output: z.string().optional(),
  exitCode: z.number().optional(),
  field: z.string().optional(),
});

/** Milliseconds since 1970, from the host's clock. */
const time = z.number();
const millis = z.number().min(0);

// ── Runs ──────────────────────────────────────────────────────────────────────────────────────────────

export const stepStateSchema = z.enum(['waiting', 'running', 'done', 'skipped', 'failed', 'cancelled']);
export type StepState = z.infer<typeof stepStateSchema>;

export const stepSchema = z.object({
  id: z.string(),
  /** In the active voice, as the window shows it: "Download the image". */
  title: z.string(),
  /** Group the step belongs to: "Machine", "First contact", the recipe's title, "Proof". */
  group: z.string(),
  state: stepStateSchema,
  startedAt: time.optional(),
  endedAt: time.optional(),
  /** 0…1 while it is known how far the step is. */
  progress: z.number().min(0).max(1).optional(),
  /** What the step is at now: "184 of 221 MiB", "Setting up keystone". */
  detail: z.string().optional(),
  /** The last line of output, and when it came. */
  lastLine: z.string().optional(),
  lastLineAt: time.optional(),
  /** How long it is expected to take in all, and whether that was learned here or is the recipe's estimate. */
  expectedMs: millis.optional(),
  expectedFrom: z.enum(['history', 'recipe']).optional(),
  error: errorRecordSchema.optional(),
});
export type Step = z.infer<typeof stepSchema>;

export const runStateSchema = z.enum(['running', 'done', 'failed', 'cancelled', 'interrupted']);

/**
 * Likely cause and cure of a failure, from the recipe's catalogue of known errors. `action` is there when Stackbox itself can
 * carry the cure out before it tries again.
 */
export const remedySchema = z.object({
  cause: z.string(),
  cure: z.string(),
  action: z.object({ id: z.string(), title: z.string() }).exactOptional(),
});
export type Remedy = z.infer<typeof remedySchema>;

export const runSchema = z.object({
  id: z.string(),
  cloudId: z.string(),
  /** What the run does to the cloud. */
  kind: z.enum([
    'create',
    'start',
    'stop',
    'delete',
    'action',
    'save',
    'take-snapshot',
    'restore-snapshot',
    'delete-snapshot',
    'try',
  ]),
  /** Which action of its recipe, for the kind `action`. */
  action: z.object({ id: z.string(), title: z.string() }).optional(),
  state: runStateSchema,
  startedAt: time,
  endedAt: time.optional(),
  steps: z.array(stepSchema),
  /** Time left in ms, with `about` when it rests on the recipe's weights and not on this computer's history. */
  left: z.object({ ms: millis, about: z.boolean() }).optional(),
  error: errorRecordSchema.optional(),
  remedy: remedySchema.optional(),
});
export type Run = z.infer<typeof runSchema>;

/** One external command or guest command that a run carried out. */
export const commandSchema = z.object({
  seq: z.int(),
  stepId: z.string(),
  /** `host` ran here, `guest` ran in the machine. */
  where: z.enum(['host', 'guest']),
  argv: z.array(z.string()),
  startedAt: time,
  durationMs: millis.optional(),
  exitCode: z.int().optional(),
  /** Output, at most the last 8 KiB, secrets removed. */
  output: z.string(),
});
export type CommandRecord = z.infer<typeof commandSchema>;

// ── Clouds ────────────────────────────────────────────────────────────────────────────────────────────

/**
 * One word for the state dot. `installing` has a live create run, `working` one that neither starts nor stops it;
 * `saved` is off with its memory on disk; `attention` is up but something failed;
 * `gone` means that the hypervisor no longer has its machine.
 */
export const cloudStateSchema = z.enum([
  'installing',
  'starting',
  'working',
  'running',
  'stopping',
  'stopped',
  'saved',
  'paused',
  'attention',
  'deleting',
  'gone',
  'unknown',
]);
export type CloudState = z.infer<typeof cloudStateSchema>;

export const endpointSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** An address to open or to hand to a client. */
  url: z.string(),
  /** Whether a browser is the way to use it. */
  browser: z.boolean(),
});
export type Endpoint = z.infer<typeof endpointSchema>;

export const credentialSchema = z.object({
  id: z.string(),
  title: z.string(),
  username: z.string(),
  /** The password itself travels only in the answer to `clouds.reveal`. */
  hasPassword: z.boolean(),
});

export const accelerationSchema = z.object({
  kind: z.enum(['kvm', 'emulated', 'hardware', 'unknown']),
  /** Why: the evidence, as one sentence. */
  reason: z.string(),
});
export type Acceleration = z.infer<typeof accelerationSchema>;

/** One way from this computer to a machine. */
export const networkWaySchema = z.object({
  /**
   * `nat`: VirtualBox's NAT; `user`: QEMU's user networking; both only through forwarded ports. `network`: libvirt's NAT
   * network; `host-only`: a host-only adapter or network of VirtualBox; both reach every port of the address.
   */
  kind: z.enum(['nat', 'user', 'network', 'host-only']),
  /** What lies between, by its name in the hypervisor: `vboxnet0`. */
  via: z.string().optional(),
  /** The machine's own address on this way. */
  address: z.string(),
  /** Ports of this computer that lead to ports of the machine; none are needed where `address` is reached itself. */
  forwards: z.array(z.object({ host: z.string(), port: z.int(), guestPort: z.int() })),
});
export type NetworkWay = z.infer<typeof networkWaySchema>;

export const machineNetworkSchema = z.object({
  /** The way that Stackbox itself takes first. */
  ways: z.array(networkWaySchema),
  /** Why there are fewer ways than there could be, and what would change that. */
  fallback: z.object({ reason: z.string(), hint: z.string().optional() }).optional(),
});
export type MachineNetwork = z.infer<typeof machineNetworkSchema>;

export const machineSchema = z.object({
  id: z.string(),
  /** Name of the domain in the hypervisor. */
  domain: z.string(),
  hostname: z.string(),
  state: z.enum(['running', 'paused', 'stopped', 'saved', 'starting', 'stopping', 'missing', 'unknown']),
  size: sizeSchema,
  /** How SSH reaches it from this computer, and the command for a person's own shell. */
  ssh: z.object({ host: z.string(), port: z.int(), user: z.string(), command: z.string() }).optional(),
  /** Known once the machine is attached to its network. */
  network: machineNetworkSchema.optional(),
  acceleration: accelerationSchema.optional(),
  /** What its hypervisor can do with it besides start and stop. */
  abilities: z.object({ saveState: z.boolean(), snapshots: z.boolean() }),
});
export type Machine = z.infer<typeof machineSchema>;

/** A state of the cloud's machine that a person can go back to. */
export const snapshotSchema = z.object({
  id: z.string(),
  name: z.string(),
  takenAt: time,
  /** Whether the memory is in it: after a restore the machine runs on where it was. */
  withMemory: z.boolean(),
  /** Whether the machine goes on from here. */
  current: z.boolean(),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** Something that the recipe can do to its cloud besides create, start and stop: DevStack's "Stack again". */
export const cloudActionSchema = z.object({
  id: z.string(),
  /** As a button says it. */
  title: z.string(),
  /** What it does, in one sentence. */
  help: z.string(),
  /** What will be gone, for the person to confirm; absent for one that loses nothing. */
  confirm: z.string().optional(),
});
export type CloudAction = z.infer<typeof cloudActionSchema>;

export const cloudSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: time,
  state: cloudStateSchema,
  /** One line under the name: "Installing: Set up Keystone, about 6 min left". */
  status: z.string(),
  plan: planSchema,
  recipeTitle: z.string(),
  imageTitle: z.string(),
  machines: z.array(machineSchema),
  endpoints: z.array(endpointSchema),
  credentials: z.array(credentialSchema),
  /** True only after the recipe's proof passed: a token was issued and a list call worked. */
  ready: z.boolean(),
  /** What can be done with what is installed; empty until the install came to its end once. */
  actions: z.array(cloudActionSchema),
  /** Users as whom a terminal can be signed in to OpenStack: "OpenStack as demo". */
  accounts: z.array(z.object({ id: z.string(), title: z.string() })),
  /** Whether there are services to look at: `services.list` has them. */
  services: z.boolean(),
  /** Clients on this computer can use it: `added` when its entry is in the person's clouds.yaml. */
  client: z.object({ added: z.boolean() }).optional(),
  /** What came of the last "Try it". */
  tried: trialSchema.optional(),
  /** The newest run of this cloud, whatever its state. */
  run: runSchema.optional(),
});
export type Cloud = z.infer<typeof cloudSchema>;

// ── Images ────────────────────────────────────────────────────────────────────────────────────────────

export const imageSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** Family a recipe asks for: `ubuntu`, `debian`, `centos`, `rocky`. */
  os: z.enum(['ubuntu', 'debian', 'centos', 'rocky', 'other']),
  release: z.string(),
  /** Where it comes from; absent for an imported file. */
  url: z.string().optional(),
  user: z.string(),
  /** About how much there is to download, in bytes. */
  downloadBytes: z.number().optional(),
  /** Length of the disk inside, in bytes; known once cached. */
  virtualBytes: z.number().optional(),
  state: z.enum(['absent', 'downloading', 'verifying', 'cached', 'failed']),
  /** Size in the cache, in bytes. */
  cachedBytes: z.number().optional(),
  progress: z.number().min(0).max(1).optional(),
  imported: z.boolean(),
  /** Clouds whose disks need this image. */
  usedBy: z.array(z.string()),
  error: errorRecordSchema.optional(),
});
export type Image = z.infer<typeof imageSchema>;

// ── Host and doctor ───────────────────────────────────────────────────────────────────────────────────

export const findingSchema = z.object({
  id: z.string(),
  title: z.string(),
  state: z.enum(['ok', 'warning', 'problem', 'unknown']),
  /** What it means for the person, in one sentence. */
  summary: z.string(),
  /** What was looked at and what it said, line by line. */
  evidence: z.array(z.string()),
  /** A command that cures it, as an argument array, and whether it needs root. */
  fix: z.object({ title: z.string(), argv: z.array(z.string()), root: z.boolean() }).optional(),
});
export type Finding = z.infer<typeof findingSchema>;

export const connectionStatusSchema = z.object({
  id: connectionSchema,
  title: z.string(),
  usable: z.boolean(),
  recommended: z.boolean(),
  /** Why it is, or is not, usable or recommended. */
  reason: z.string(),
  version: z.string().optional(),
  acceleration: accelerationSchema.optional(),
});
export type ConnectionStatus = z.infer<typeof connectionStatusSchema>;

export const hostSchema = z.object({
  cpus: z.int(),
  memoryMiB: z.number(),
  /** What new machines can still have, after the host's own need and every other machine's. */
  freeMemoryMiB: z.number(),
  freeDiskGiB: z.number(),
  platform: z.string(),
  connections: z.array(connectionStatusSchema),
});
export type Host = z.infer<typeof hostSchema>;

// ── Recipes ───────────────────────────────────────────────────────────────────────────────────────────

export const presetSchema = z.object({
  id: z.string(),
  title: z.string(),
  size: sizeSchema,
  fits: z.boolean(),
  reason: z.string().optional(),
});

export const recipeSummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  /** Services a person gets, by their OpenStack names: "Keystone". */
  services: z.array(z.string()),
  /** Identifiers of catalogue images it runs on, the recommended one first. */
  images: z.array(z.string()),
  /** Usual duration of the install in minutes on real acceleration. */
  minutes: z.number(),
  recommended: z.boolean(),
  /** Behind "More recipes": a preview, or for few people. */
  more: z.boolean(),
  least: sizeSchema,
  presets: z.array(presetSchema),
  /** What can be chosen about the install itself, in the order of the form. */
  options: z.array(recipeOptionSchema),
});
export type RecipeSummary = z.infer<typeof recipeSummarySchema>;

/** A plan with every default chosen for this computer, which the create page starts from. */
export const draftSchema = z.object({
  plan: planSchema,
  recipes: z.array(recipeSummarySchema),
  host: hostSchema,
  findings: z.array(findingSchema),
});
export type Draft = z.infer<typeof draftSchema>;

/** What is wrong with a plan on this computer, field by field; empty means that it can run. */
export const planProblemSchema = z.object({
  field: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  severity: z.enum(['problem', 'warning']),
});
export type PlanProblem = z.infer<typeof planProblemSchema>;

// ── Events ────────────────────────────────────────────────────────────────────────────────────────────

/** What the window's store is made of. The first event is always a snapshot; after it come changes. */
export const coreEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    clouds: z.array(cloudSchema),
    images: z.array(imageSchema),
    findings: z.array(findingSchema),
    /** Messages for the person that came before this window was there: a file set aside, an interrupted run. */
    notices: z.array(z.object({ id: z.string(), message: z.string(), hint: z.string().optional() })),
  }),
  z.object({ type: z.literal('cloud'), cloud: cloudSchema }),
  z.object({ type: z.literal('cloud-deleted'), cloudId: z.string() }),
  z.object({ type: z.literal('image'), image: imageSchema }),
  z.object({ type: z.literal('image-deleted'), imageId: z.string() }),
  z.object({ type: z.literal('findings'), findings: z.array(findingSchema) }),
  z.object({ type: z.literal('command'), cloudId: z.string(), runId: z.string(), command: commandSchema }),
]);
export type CoreEvent = z.infer<typeof coreEventSchema>;
