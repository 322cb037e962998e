/** Begins, resumes and ends the runs of clouds: one run a cloud at a time. */
import { randomBytes } from 'node:crypto';
import { StackboxError } from '../../contract/errors';
import type { Acceleration, Run } from '../../contract/models';
import type { ConnectionId } from '../../contract/plan';
import type { HypervisorDriver } from '../../hypervisors/driver';
import type { Recipe } from '../../recipes/types';
import type { CoreParts } from '../parts';
import { carryOut } from '../run/engine';
import type { AppClosing, RunCancelled, StepDefinition } from '../run/step';
import type { LiveCloud } from './cloud';
import { cureSteps, withCures } from './cures';
import type { GuestLinks } from './guest-links';
import { offeredCure } from './remedy';
import { stepsOf, stepsOfBoot, type RunWish } from './run-plans';
import type { StepTools } from './step-tools';

/** What the runner asks of the service that owns the clouds. */
export interface RunnerHost {
  driverOf(cloud: LiveCloud): HypervisorDriver;
  recipeOf(cloud: LiveCloud): Recipe;
  /** Asks the hypervisors for the states of all machines. */
  refresh(): Promise<void>;
  /** A delete run came to its end. */
  deleted(cloud: LiveCloud): Promise<void>;
}

/** How a run begins that its kind alone does not describe. */
interface Beginning {
  /** Other steps than those of its kind. */
  readonly steps?: (tools: StepTools) => StepDefinition[];
  /** Done once the cloud is reserved for the run: checks, and what the steps need to know. What it throws ends the run. */
  readonly prepare?: (tools: StepTools) => Promise<void>;
}

/** Runs that need no machine that runs. */
const NEED_NO_START: ReadonlySet<Run['kind']> = new Set([
  ...(['stop', 'delete', 'save', 'take-snapshot', 'delete-snapshot'] as const),
  // A machine that was off in between is not started for it: what it was using is gone.
  'try',
]);

export class Runner {
  private readonly accelerations = new Map<ConnectionId, Acceleration>();
  private readonly parts: CoreParts;
  private readonly links: GuestLinks;
  private readonly host: RunnerHost;

  constructor(parts: CoreParts, links: GuestLinks, host: RunnerHost) {
    this.parts = parts;
    this.links = links;
    this.host = host;
  }

  /** As the driver last said; `undefined` before it was asked. */
  knownAcceleration(connection: ConnectionId): Acceleration | undefined {
    return this.accelerations.get(connection);
  }

  /** Starts a run and returns when it is in the journal. @throws StackboxError `busy` */
  begin(cloud: LiveCloud, wish: RunWish, { steps: own, prepare }: Beginning = {}): Promise<void> {
    return this.launch(cloud, async () => {
      const tools = this.tools(cloud);
      await prepare?.(tools);
      const steps = own?.(tools) ?? stepsOf(wish, tools, await this.acceleration(cloud));
      await cloud.record({
        at: Date.now(),
        type: 'run-started',
        runId: `r-${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`,
        ...wish,
        steps: steps.map(({ id, title, group }) => ({ id, title, group })),
      });
      return steps;
    });
  }

  /**
   * Goes on with the cloud's unfinished run where the machine is now.
   * @param cureId of the recipe, to be carried out before the step that failed
   * @throws StackboxError `busy`, `conflict` for a cure that is not offered
   */
  goOn(cloud: LiveCloud, cureId?: string): Promise<void> {
    return this.launch(cloud, async () => {
      const { run } = cloud;
      if (!run) throw new StackboxError('not-found', `${cloud.wish.name} has no run.`);
      const tools = this.tools(cloud);
      const at = Date.now();
      const acceleration = await this.acceleration(cloud);
      const accelerated = acceleration?.kind !== 'emulated';
      const cure = cureId === undefined ? undefined : await this.prepareCure(cureId, run, tools, accelerated);
      // A trial goes on after a check that failed, and after a cancel it only cleans up: its steps stay as they are.
      if (run.kind !== 'try') await cloud.record({ at, type: 'run-resumed', runId: run.id, ...(cure && { cure }) });
      for (const stepId of await this.toRepeat(run, tools)) {
        await cloud.record({ at, type: 'step', runId: run.id, stepId, state: 'waiting' });
      }
      return withCures(stepsOf(run, tools, acceleration), run, tools, accelerated);
    });
  }

  /** Changes what the cure changes of the plan. @returns its steps, and before which one they belong */
  private async prepareCure(
    cureId: string,
    run: Run,
    tools: StepTools,
    accelerated: boolean,
  ): Promise<{ before: string; steps: Pick<StepDefinition, 'id' | 'title' | 'group'>[] }> {
    const { cloud } = tools;
    const cure = offeredCure(cureId, run, tools.recipe);
    const failed = run.steps.find(({ state }) => state === 'failed');
    if (!failed) throw new StackboxError('conflict', `${cloud.wish.name} has no step that failed.`);
    if (Object.keys(cure.set).length > 0) {
      await cloud.setOptions({ ...cloud.wish.plan.recipe.options, ...cure.set });
    }
    const steps = cureSteps(tools, cure, accelerated);
    // A job of this run that is done is not run again, except that of a cure which is asked for once more.
    const jobs = Object.entries(cloud.fact('jobs') ?? {}).filter(([id]) => !steps.some((step) => step.id === id));
    await cloud.keepFact('jobs', Object.fromEntries(jobs));
    return { before: failed.id, steps: steps.map(({ id, title, group }) => ({ id, title, group })) };
  }

  /** {@link goOn} when the app starts: what keeps one run from going on keeps nobody from the other clouds. */
  async resume(cloud: LiveCloud): Promise<void> {
    try {
      await this.goOn(cloud);
    } catch (error) {
      // Not journalled: the next start tries again by itself.
      showFailure(cloud, error);
    }
  }

  /**
   * Aborts what runs and waits until it has let go.
   * @param atOnce without the steps that clean up after a cancel
   */
  async end(cloud: LiveCloud, reason: RunCancelled | AppClosing, atOnce = false): Promise<void> {
    cloud.active?.abort.abort(reason);
    if (atOnce) cloud.active?.leave.abort(reason);
    await cloud.active?.ended;
  }

  private tools(cloud: LiveCloud): StepTools {
    const { parts, links, host } = this;
    return { cloud, parts, links, driver: host.driverOf(cloud), recipe: host.recipeOf(cloud) };
  }

  /** Asks the driver how the machines of this cloud's connection are accelerated, and remembers the answer. */
  async acceleration(cloud: LiveCloud): Promise<Acceleration | undefined> {
    const { acceleration } = await this.host.driverOf(cloud).probe();
    if (acceleration) this.accelerations.set(cloud.wish.plan.connection, acceleration);
    return acceleration;
  }

  /** A machine that was off in between (this computer was rebooted, say) has to be started again first. */
  private async toRepeat(run: Run, tools: StepTools): Promise<string[]> {
    if (NEED_NO_START.has(run.kind)) return [];
    const state = await tools.driver.state(tools.cloud.wish.machine.domain);
    if (state === 'running') return [];
    // A machine that was never defined is not missing: what was made for it is still there.
    const vanished = state === 'missing' && run.steps.some((step) => step.id === 'define' && step.state === 'done');
    const again = vanished ? ['disk', 'network', 'seed', 'define'] : [];
    const wanted = new Set([...again, ...stepsOfBoot(tools)]);
    return run.steps
      .filter(({ id, state: was }) => wanted.has(id) && (was === 'done' || was === 'skipped'))
      .map(({ id }) => id);
  }

  /** Reserves the cloud at once, so that a second request finds it busy, and returns when the run has begun. */
  private async launch(cloud: LiveCloud, prepare: () => Promise<StepDefinition[]>): Promise<void> {
    if (cloud.active) throw new StackboxError('busy', `${cloud.wish.name} is busy.`);
    const abort = new AbortController();
    const leave = new AbortController();
    const prepared = prepare();
    cloud.active = { abort, leave, ended: this.follow(cloud, prepared, abort, leave) };
    await prepared;
    cloud.changed();
  }

  private async follow(
    cloud: LiveCloud,
    prepared: Promise<StepDefinition[]>,
    abort: AbortController,
    leave: AbortController,
  ): Promise<void> {
    try {
      // Whoever began the run is told when it could not be prepared.
      const steps = await prepared.catch(() => undefined);
      if (!steps || !cloud.run) return;
      const { run } = cloud;
      await carryOut(run, steps, {
        host: cloud,
        durations: this.parts.durations,
        series: this.seriesOf(cloud, run),
        signal: abort.signal,
        leave: leave.signal,
      });
      await cloud.commands.flush();
    } catch (error) {
      // The journal itself could not be written: the run is unfinished, and its error is all there is to show.
      showFailure(cloud, error);
    } finally {
      this.links.logTo(cloud, undefined);
      cloud.active = undefined;
    }
    if (cloud.run?.kind === 'delete' && cloud.run.state === 'done') await this.host.deleted(cloud);
    else {
      await this.host.refresh();
      cloud.changed();
    }
  }

  private seriesOf({ wish: { plan } }: LiveCloud, run: Run): string {
    const acceleration = this.accelerations.get(plan.connection)?.kind ?? 'unknown';
    // What was chosen of the recipe decides how long it takes: all of DevStack is no measure for its Keystone alone.
    const fields = this.parts.recipes.find(({ data }) => data.id === plan.recipe.id)?.fields ?? [];
    const choices = fields.flatMap(({ id, type }) => {
      const value = plan.recipe.options[id];
      return type === 'choice' && typeof value === 'string' ? [value] : [];
    });
    const what = run.action ? `${run.kind} ${run.action.id}` : run.kind;
    return [what, plan.recipe.id, plan.image, plan.connection, acceleration, ...choices].join(' ');
  }
}

/** Shows a failure of the run that the journal does not know. */
function showFailure({ run }: LiveCloud, thrown: unknown): void {
  if (!run) return;
  const failed = { state: 'failed', error: StackboxError.from(thrown).toRecord() } as const;
  Object.assign(run, failed);
  const step = run.steps.find(({ state }) => state === 'running');
  if (step) Object.assign(step, failed);
}
