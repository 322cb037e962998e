/**
 * An in-memory core behind the real contract, for component tests and for looking at pages. It does what the window
 * can see of a core: answers, events, logs and terminals with flow control; it makes no machine.
 */
import { implement } from '@orpc/server';
import { contract } from '../../main/contract/api';
import { fileAsEdited } from '../../main/recipes/config-file';
import type { Branches } from '../../main/contract/configuration';
import type {
  Cloud,
  CommandRecord,
  CoreEvent,
  Finding,
  Host,
  Image,
  PlanProblem,
  RecipeSummary,
  Run,
  Snapshot,
} from '../../main/contract/models';
import { planSchema, type Plan } from '../../main/contract/plan';
import type { Recipe } from '../../main/recipes/types';
import type { JournalEntry, LogLevel, ServiceList } from '../../main/contract/cloud-services';
import { fakeClients, fakeServices } from './fake-services';
import { findings, host, images, makeCloud, makeRun, plan, recipes } from './fake-data';
import { FakeTerminals } from './fake-terminals';

/** A queue that every subscriber reads at its own pace. */
class Subscribers<T> {
  private readonly waiting = new Set<(event: T) => void>();

  publish(event: T): void {
    for (const deliver of this.waiting) deliver(event);
  }

  async *subscribe(signal: AbortSignal | undefined): AsyncGenerator<T> {
    const queue: T[] = [];
    let wake = (): void => undefined;
    const deliver = (event: T): void => {
      queue.push(event);
      wake();
    };
    this.waiting.add(deliver);
    signal?.addEventListener('abort', () => wake());
    try {
      // oxlint-disable-next-line no-unmodified-loop-condition -- it changes from outside
      while (signal?.aborted !== true) {
        const event = queue.shift();
        if (event !== undefined) yield event;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      this.waiting.delete(deliver);
    }
  }
}

export interface FakeState {
  clouds: Cloud[];
  images: Image[];
  findings: Finding[];
  host: Host;
  notices: { id: string; message: string; hint?: string }[];
  commands: CommandRecord[];
  logs: Partial<Record<'console' | 'cloud-init' | 'install', string>>;
  recipes: RecipeSummary[];
  /** Of every cloud: tests look at one. */
  snapshots: Snapshot[];
  /** What `plans.check` finds, besides what the schema refuses. */
  problems: PlanProblem[];
  /** Real recipes, for whose files there is an editor. */
  realRecipes: readonly Recipe[];
  /** What the git server says; it cannot be asked, if absent. */
  branches: Branches | undefined;
  passwords: Record<string, string>;
  /** Of every cloud, as snapshots are. An error is thrown instead. */
  services: ServiceList | Error;
  levels: readonly LogLevel[] | Error;
  journal: JournalEntry[];
  /** What is added to a person's clouds.yaml fails with it. */
  clientsFail: Error | undefined;
}

export class FakeCore {
  readonly state: FakeState;
  readonly terminals = new FakeTerminals();
  /** Every call that changes something, as `clouds.stop`. */
  readonly calls: string[] = [];
  /** Every plan that a cloud was made of, as it came: with its secrets. */
  readonly plans: Plan[] = [];
  private encoded: { readonly text: string; readonly bytes: Buffer } | undefined;
  private readonly events = new Subscribers<CoreEvent>();

  constructor(state: Partial<FakeState> = {}) {
    this.state = {
      clouds: [],
      images,
      findings,
      host,
      notices: [],
      commands: [],
      logs: {},
      recipes,
      snapshots: [],
      problems: [],
      realRecipes: [],
      branches: undefined,
      services: { kind: 'units', services: [] },
      levels: [],
      journal: [],
      clientsFail: undefined,
      passwords: { admin: 'kX7pQ2mVt9LwZr4HcN8d', demo: 'bY3nT6vKs1JgPq5XfM0a' },
      ...state,
    };
  }

  publish(event: CoreEvent): void {
    this.events.publish(event);
  }

  putCloud(cloud: Cloud): Cloud {
    const { clouds } = this.state;
    this.state.clouds = clouds.some(({ id }) => id === cloud.id)
      ? clouds.map((other) => (other.id === cloud.id ? cloud : other))
      : [...clouds, cloud];
    this.publish({ type: 'cloud', cloud });
    return cloud;
  }

  /** The log as bytes, made once for as long as it stays the same: a long one is read in hundreds of calls. */
  private bytesOf(text: string): Buffer {
    if (this.encoded?.text !== text) this.encoded = { text, bytes: Buffer.from(text) };
    return this.encoded.bytes;
  }

  private changeCloud(cloudId: string, part: Partial<Cloud>): Cloud {
    return this.putCloud({ ...this.cloud(cloudId), ...part });
  }

  private cloud(cloudId: string): Cloud {
    const cloud = this.state.clouds.find(({ id }) => id === cloudId);
    if (cloud === undefined) throw new Error(`There is no cloud ${cloudId}.`);
    return cloud;
  }

  /** A run of one step that is over at once. */
  private endRun(cloudId: string, kind: Run['kind'], part: Partial<Cloud> = {}): Cloud {
    const at = Date.now();
    const run: Run = {
      id: `r-${this.calls.length}`,
      cloudId,
      kind,
      state: 'done',
      startedAt: at,
      endedAt: at,
      steps: [],
    };
    return this.changeCloud(cloudId, { ...part, run });
  }

  private changeImage(imageId: string, part: Partial<Image>): Image {
    const image = this.state.images.find(({ id }) => id === imageId);
    if (image === undefined) throw new Error(`There is no image ${imageId}.`);
    const changed = { ...image, ...part };
    this.state.images = this.state.images.map((other) => (other.id === imageId ? changed : other));
    this.publish({ type: 'image', image: changed });
    return changed;
  }

  /** The router of the real contract over this state. */
  // oxlint-disable-next-line typescript/explicit-module-boundary-types -- the type is the contract's, and a page long
  router() {
    const os = implement(contract);
    const { state, terminals } = this;
    const note = (call: string): void => void this.calls.push(call);
    const subscribe = (signal?: AbortSignal) => this.events.subscribe(signal);
    return os.router({
      events: os.events.handler(async function* ({ signal }) {
        const stream = subscribe(signal);
        yield { type: 'snapshot', ...state } as const;
        yield* stream;
      }),
      host: os.host.handler(() => state.host),
      doctor: os.doctor.handler(() => state.findings),
      recipes: os.recipes.handler(() => state.recipes),
      plans: {
        draft: os.plans.draft.handler(({ input }) => {
          const recipe = state.recipes.find(({ id }) => id === input.recipe) ?? state.recipes[0];
          const [preset] = recipe?.presets ?? [];
          const chosen =
            recipe === undefined || input.recipe === undefined || preset === undefined
              ? plan
              : {
                  ...plan,
                  recipe: { id: recipe.id, options: {} },
                  image: recipe.images[0] ?? plan.image,
                  size: preset.size,
                };
          return { plan: chosen, recipes: state.recipes, host: state.host, findings: state.findings };
        }),
        check: os.plans.check.handler(({ input }) => {
          const parsed = planSchema.safeParse(input.plan);
          if (parsed.success) return state.problems;
          return parsed.error.issues.map((issue) => ({
            field: issue.path.join('.'),
            message: issue.message,
            severity: 'problem' as const,
          }));
        }),
        // The real recipe: what the editor is about is how text, edits and mistakes play together.
        configuration: os.plans.configuration.handler(({ input: { recipe, size, option, text }, errors }) => {
          const real = state.realRecipes.find(({ data }) => data.id === recipe.id);
          const parsed = real?.options.safeParse(recipe.options);
          if (!real || !parsed?.success) {
            const message = parsed?.error?.issues[0]?.message ?? 'There is no such recipe.';
            throw errors.STACKBOX({ data: { code: 'bad-input', message } });
          }
          return fileAsEdited(real, option, { options: parsed.data, size }, text);
        }),
        branches: os.plans.branches.handler(({ input, errors }) => {
          note(`plans.branches${input.again ? ' again' : ''}`);
          if (state.branches) return state.branches;
          throw errors.STACKBOX({ data: { code: 'network', message: 'There is no network.' } });
        }),
        preview: os.plans.preview.handler(({ input }) => ({
          userData: `#cloud-config\nhostname: ${input.plan.name}\nusers:\n  - name: ubuntu\n    ssh_authorized_keys:\n      - <key made at creation>\n`,
          metaData: `instance-id: ${input.plan.name}\n`,
          networkConfig: 'version: 2\nethernets:\n  main:\n    dhcp4: true\n',
        })),
      },
      clouds: {
        list: os.clouds.list.handler(() => state.clouds),
        get: os.clouds.get.handler(({ input }) => this.cloud(input.cloudId)),
        create: os.clouds.create.handler(({ input, errors }) => {
          note('clouds.create');
          const parsed = planSchema.safeParse(input.plan);
          if (!parsed.success) {
            throw errors.STACKBOX({ data: { code: 'bad-input', message: parsed.error.issues[0]?.message ?? '' } });
          }
          const { name } = parsed.data;
          this.plans.push(parsed.data);
          if (state.clouds.some((cloud) => cloud.name === name)) {
            throw errors.STACKBOX({
              data: { code: 'conflict', message: `A cloud named “${name}” exists already.`, field: 'name' },
            });
          }
          const id = `cloud-${state.clouds.length + 1}`;
          const now = Date.now();
          const run = makeRun(id, 1, 'running', now);
          return this.putCloud(
            makeCloud(id, name, { state: 'installing', status: 'Installing', run, createdAt: now }, now),
          );
        }),
        start: os.clouds.start.handler(({ input }) => {
          note('clouds.start');
          return this.changeCloud(input.cloudId, { state: 'running', status: 'Running' });
        }),
        stop: os.clouds.stop.handler(({ input }) => {
          note(input.force ? 'clouds.stop force' : 'clouds.stop');
          return this.changeCloud(input.cloudId, { state: 'stopped', status: 'Stopped' });
        }),
        save: os.clouds.save.handler(({ input }) => {
          note('clouds.save');
          return this.endRun(input.cloudId, 'save', { state: 'saved', status: 'Saved' });
        }),
        snapshots: {
          list: os.clouds.snapshots.list.handler(() => state.snapshots),
          take: os.clouds.snapshots.take.handler(({ input }) => {
            note(`clouds.snapshots.take ${input.name}`);
            const withMemory = this.cloud(input.cloudId).state === 'running';
            const taken = { id: `s-${input.name}`, name: input.name, takenAt: Date.now(), withMemory, current: true };
            state.snapshots = [...state.snapshots.map((one) => ({ ...one, current: false })), taken];
            return this.endRun(input.cloudId, 'take-snapshot');
          }),
          restore: os.clouds.snapshots.restore.handler(({ input }) => {
            note(`clouds.snapshots.restore ${input.snapshotId}`);
            state.snapshots = state.snapshots.map((one) => ({ ...one, current: one.id === input.snapshotId }));
            return this.endRun(input.cloudId, 'restore-snapshot');
          }),
          delete: os.clouds.snapshots.delete.handler(({ input }) => {
            note(`clouds.snapshots.delete ${input.snapshotId}`);
            state.snapshots = state.snapshots.filter(({ id }) => id !== input.snapshotId);
            return this.endRun(input.cloudId, 'delete-snapshot');
          }),
        },
        delete: os.clouds.delete.handler(({ input }) => {
          note('clouds.delete');
          const cloud = this.changeCloud(input.cloudId, { state: 'deleting', status: 'Deleting' });
          state.clouds = state.clouds.filter(({ id }) => id !== cloud.id);
          this.publish({ type: 'cloud-deleted', cloudId: cloud.id });
          return cloud;
        }),
        act: os.clouds.act.handler(({ input, errors }) => {
          note(`clouds.act ${input.actionId}`);
          const cloud = this.cloud(input.cloudId);
          const action = cloud.actions.find(({ id }) => id === input.actionId);
          if (action === undefined) {
            throw errors.STACKBOX({ data: { code: 'not-found', message: `There is no action “${input.actionId}”.` } });
          }
          const run = { ...makeRun(cloud.id, 11, 'running', Date.now()), kind: 'action' as const, action };
          return this.changeCloud(cloud.id, { state: 'working', status: action.title, run });
        }),
        try: os.clouds.try.handler(({ input }) => {
          note('clouds.try');
          const run = { ...makeRun(input.cloudId, 11, 'running', Date.now()), kind: 'try' as const };
          return this.changeCloud(input.cloudId, { state: 'working', status: 'Working: Boot a server', run });
        }),
        report: os.clouds.report.handler(({ input }) => {
          note(`clouds.report ${input.format}`);
          return { name: `dev.trial.${input.format}`, type: 'text/plain', text: `a report as ${input.format}` };
        }),
        cancel: os.clouds.cancel.handler(({ input }) => {
          note('clouds.cancel');
          const run = makeRun(input.cloudId, 11, 'cancelled', Date.now());
          return this.changeCloud(input.cloudId, { state: 'attention', status: 'Cancelled', run });
        }),
        retry: os.clouds.retry.handler(({ input }) => {
          note(input.cure === undefined ? 'clouds.retry' : `clouds.retry ${input.cure}`);
          const run = makeRun(input.cloudId, 11, 'running', Date.now());
          return this.changeCloud(input.cloudId, { state: 'installing', status: 'Installing', run });
        }),
        commands: os.clouds.commands.handler(() => state.commands),
        reveal: os.clouds.reveal.handler(({ input, errors }) => {
          const password = state.passwords[input.credentialId];
          if (password === undefined) throw errors.STACKBOX({ data: { code: 'not-found', message: 'No such user.' } });
          return { password };
        }),
        exec: os.clouds.exec.handler(() => ({ exitCode: 0, stdout: '', stderr: '' })),
      },
      images: {
        list: os.images.list.handler(() => state.images),
        download: os.images.download.handler(({ input }) =>
          this.changeImage(input.imageId, { state: 'downloading', progress: 0.02 }),
        ),
        cancel: os.images.cancel.handler(({ input }) => this.changeImage(input.imageId, { state: 'absent' })),
        import: os.images.import.handler(({ input, errors }) => {
          if (!input.path.startsWith('/')) {
            throw errors.STACKBOX({
              data: {
                code: 'bad-input',
                message: `“${input.path}” is not a full path.`,
                hint: 'Begin with /.',
                field: 'path',
              },
            });
          }
          const { title, os: system, user } = input;
          const image: Image = {
            id: 'own-2',
            title,
            os: system,
            release: '',
            user,
            state: 'cached',
            imported: true,
            usedBy: [],
          };
          state.images = [...state.images, image];
          this.publish({ type: 'image', image });
          return image;
        }),
        delete: os.images.delete.handler(({ input }) => {
          const image = this.changeImage(input.imageId, { state: 'absent' });
          return { freedBytes: image.cachedBytes ?? 0 };
        }),
      },
      logs: {
        read: os.logs.read.handler(async ({ input, signal }) => {
          const bytes = this.bytesOf(state.logs[input.source] ?? '');
          const start = input.offset < 0 ? Math.max(0, bytes.length + input.offset) : input.offset;
          if (start >= bytes.length && input.waitMs > 0) await delay(input.waitMs, signal);
          const part = bytes.subarray(start, start + 256 * 1024);
          return { text: part.toString(), start, next: start + part.length, size: bytes.length };
        }),
      },
      services: fakeServices(os, state, note, delay),
      clients: fakeClients(os, state, note, (cloudId, added) => void this.changeCloud(cloudId, { client: { added } })),
      terminals: terminals.handlers(os),
    });
  }
}

/** Waits, but not beyond the end of the call. */
function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
