/** The service behind the API: create, start, stop, delete, cancel and retry. */
import { mkdir, rm } from 'node:fs/promises';
import PQueue from 'p-queue';
import { StackboxError } from '../../contract/errors';
import type { Cloud } from '../../contract/models';
import { defaultOptions, splitSecrets } from '../../contract/option-values';
import type { ReportFormat, TrialReport } from '../../contract/trial';
import type { SshGuest } from '../../guest/ssh';
import type { HypervisorDriver, Snapshot } from '../../hypervisors/driver';
import type { Recipe } from '../../recipes/types';
import { mendConsole } from '../consoles';
import type { EventHub } from '../events';
import type { CoreParts } from '../parts';
import { problemsOf, refuse } from '../plans/check';
import { parsePlan } from '../plans/parse';
import { AppClosing, RunCancelled } from '../run/step';
import { PRIVATE_FOLDER, writeJson } from '../store/atomic-json';
import { reportOf } from '../trial/report';
import { findAction } from './action-steps';
import { LiveCloud, type CloudListener } from './cloud';
import { GuestLinks } from './guest-links';
import { stopSteps } from './lifecycle-steps';
import { loadClouds, type Notify } from './loader';
import { projectCloud } from './projection';
import { Reconciler } from './reconcile';
import { newCloudRecord, newCloudSecrets } from './record';
import { RebootWatch } from './reboot-watch';
import { Runner } from './runner';
import { beginChange, beginTake, snapshotsOf } from './snapshot-steps';
import { beginTrial } from './trial-steps';

/** The window is told of progress at most this often (ms): faster than anyone reads, slow enough to cost nothing. */
const SHOW_EVERY = 150;

export class Clouds {
  readonly links = new GuestLinks((cloud) => this.driverOf(cloud), {
    connected: (cloud) => void this.reboots?.look(cloud),
    lost: (cloud) => void this.reboots?.knock(cloud),
  });
  private readonly clouds = new Map<string, LiveCloud>();
  private readonly imageTitles = new Map<string, string>();
  private readonly creating = new PQueue({ concurrency: 1 });
  private readonly shown = new Map<string, NodeJS.Timeout>();
  private readonly parts: CoreParts;
  private readonly hub: EventHub;
  private readonly reconciler: Reconciler;
  private readonly runner: Runner;
  /** Absent in a short command, which must not start work of its own. */
  private reboots: RebootWatch | undefined;
  private readonly listener: CloudListener = {
    changed: (cloud) => this.show(cloud),
    command: (cloud, runId, command) => this.hub.publish({ type: 'command', cloudId: cloud.id, runId, command }),
  };

  constructor(parts: CoreParts, hub: EventHub) {
    this.parts = parts;
    this.hub = hub;
    this.reconciler = new Reconciler(parts.drivers, () => [...this.clouds.values()]);
    this.runner = new Runner(parts, this.links, {
      driverOf: (cloud) => this.driverOf(cloud),
      recipeOf: (cloud) => this.recipeOf(cloud.wish.plan.recipe.id),
      refresh: () => this.reconciler.refresh(),
      deleted: (cloud) => this.forget(cloud),
    });
  }

  /**
   * Reads what there is and goes on with runs that the end of the app cut off.
   * @param resume false leaves them as they are: a short command must not start hours of work
   */
  async open(notify: Notify, resume: boolean): Promise<void> {
    for (const image of await this.parts.images.list()) this.imageTitles.set(image.id, image.title);
    for (const cloud of await loadClouds(this.parts.folder, this.listener, notify)) this.clouds.set(cloud.id, cloud);
    for (const cloud of this.clouds.values()) {
      // The end of the app came between the last step of a delete and the removal of the cloud's folder.
      if (cloud.run?.kind === 'delete' && cloud.run.state === 'done') await this.forget(cloud);
    }
    await this.reconciler.start();
    const byConnection = new Map([...this.clouds.values()].map((cloud) => [cloud.wish.plan.connection, cloud]));
    await Promise.all([...byConnection.values()].map((cloud) => this.runner.acceleration(cloud)));
    for (const cloud of this.clouds.values()) {
      if (cloud.machineState === 'running') await mendConsole(cloud, this.driverOf(cloud));
    }
    if (!resume) return;
    this.reboots = new RebootWatch(this.links, (cloud) => this.runner.begin(cloud, { kind: 'start' }));
    for (const cloud of this.clouds.values()) {
      if (cloud.run?.state === 'running') await this.runner.resume(cloud);
    }
  }

  list(): Cloud[] {
    return [...this.clouds.values()].map((cloud) => this.project(cloud));
  }

  /** @throws StackboxError `not-found` */
  get(cloudId: string): Cloud {
    return this.project(this.find(cloudId));
  }

  /** @throws StackboxError `not-found` */
  find(cloudId: string): LiveCloud {
    const cloud = this.clouds.get(cloudId);
    if (cloud) return cloud;
    throw new StackboxError('not-found', 'There is no such cloud (any more).');
  }

  names(): string[] {
    return [...this.clouds.values()].map((cloud) => cloud.wish.name);
  }

  /** Clouds whose disks rest on an image, by name. */
  usersOf(imageId: string): string[] {
    return [...this.clouds.values()].filter(({ wish }) => wish.plan.image === imageId).map(({ wish }) => wish.name);
  }

  /**
   * Checks the plan, writes the cloud's files and starts its create run. Nothing is made for a plan that cannot run. One
   * after the other: two windows may send the same name at once.
   */
  create(input: unknown): Promise<Cloud> {
    return this.creating.add(() => this.createNext(input), { throwOnTimeout: true });
  }

  private async createNext(input: unknown): Promise<Cloud> {
    const plan = parsePlan(input);
    refuse(await problemsOf(plan, this.parts, this.names()));
    const recipe = this.recipeOf(plan.recipe.id);
    const image = await this.parts.images.get(plan.image);
    // With today's defaults: those of a later Stackbox may be others. Secrets are kept apart from what is shown.
    const options = { ...defaultOptions(recipe.fields), ...plan.recipe.options };
    const { open, secret } = splitSecrets(options, recipe.fields);
    const wish = newCloudRecord({ ...plan, recipe: { id: plan.recipe.id, options: open } }, image.user);
    const folder = this.parts.folder.cloud(wish.id);
    const secrets = newCloudSecrets(wish, recipe, secret);
    await mkdir(folder.root, { recursive: true, mode: PRIVATE_FOLDER });
    await writeJson(folder.secrets, secrets);
    await writeJson(folder.cloud, wish);
    const cloud = await LiveCloud.open({ wish, secrets, folder }, this.listener, () => undefined);
    cloud.machineState = 'missing';
    this.clouds.set(cloud.id, cloud);
    await this.runner.begin(cloud, { kind: 'create' });
    return this.project(cloud);
  }

  async start(cloudId: string): Promise<Cloud> {
    const cloud = this.idle(cloudId);
    await this.runner.begin(cloud, { kind: 'start' });
    return this.project(cloud);
  }

  async stop(cloudId: string, force: boolean): Promise<Cloud> {
    const cloud = this.idle(cloudId);
    await this.runner.begin(cloud, { kind: 'stop' }, { steps: (tools) => stopSteps(tools, force) });
    return this.project(cloud);
  }

  /** Ends the machine with its memory on disk; `start` goes on where it was. */
  async save(cloudId: string): Promise<Cloud> {
    const cloud = this.finished(cloudId);
    await this.runner.begin(cloud, { kind: 'save' });
    return this.project(cloud);
  }

  /** Snapshots of the cloud's machine, oldest first. @throws StackboxError `hypervisor` where it has none */
  async snapshots(cloudId: string): Promise<Snapshot[]> {
    const cloud = this.find(cloudId);
    return [...(await snapshotsOf({ driver: this.driverOf(cloud) }).list(cloud.wish.machine.domain))];
  }

  async takeSnapshot(cloudId: string, name: string): Promise<Cloud> {
    const cloud = this.finished(cloudId);
    await this.runner.begin(cloud, { kind: 'take-snapshot' }, { prepare: (tools) => beginTake(tools, name) });
    return this.project(cloud);
  }

  /** Goes back to a snapshot, or deletes it. @throws StackboxError `not-found` */
  async changeSnapshot(
    cloudId: string,
    kind: 'restore-snapshot' | 'delete-snapshot',
    snapshotId: string,
  ): Promise<Cloud> {
    const cloud = this.finished(cloudId);
    await this.runner.begin(cloud, { kind }, { prepare: (tools) => beginChange(tools, snapshotId) });
    return this.project(cloud);
  }

  /** Cancels what runs, then removes everything; the answer comes when the delete run has begun. */
  async delete(cloudId: string): Promise<Cloud> {
    const cloud = this.find(cloudId);
    if (cloud.run?.kind === 'delete' && cloud.active) return this.project(cloud);
    // Whatever it would clean up goes with the machine.
    await this.runner.end(cloud, new RunCancelled(), true);
    await this.runner.begin(cloud, { kind: 'delete' });
    return this.project(cloud);
  }

  /**
   * Begins an action of the cloud's recipe. A machine that is off is started first.
   * @throws StackboxError `not-found` for an unknown action, `conflict` before the install came to its end
   */
  async act(cloudId: string, actionId: string): Promise<Cloud> {
    const cloud = this.idle(cloudId);
    const action = findAction(this.recipeOf(cloud.wish.plan.recipe.id), actionId);
    if (!cloud.installed) {
      throw new StackboxError('conflict', `${cloud.wish.name} is not installed: there is nothing to do this with.`, {
        hint: 'Let its install come to its end first.',
      });
    }
    await this.runner.begin(cloud, { kind: 'action', action: { id: action.id, title: action.title } });
    return this.project(cloud);
  }

  /**
   * Uses the cloud as a person would, and removes what that made.
   * @throws StackboxError `not-found` for a recipe without OpenStack, `conflict` for a cloud that is not ready
   */
  async tryOut(cloudId: string): Promise<Cloud> {
    const cloud = this.idle(cloudId);
    await this.runner.begin(cloud, { kind: 'try' }, { prepare: beginTrial });
    return this.project(cloud);
  }

  /** A file about the last trial. @throws StackboxError `not-found` for a cloud that was not tried */
  report(cloudId: string, format: ReportFormat): TrialReport {
    const cloud = this.find(cloudId);
    const tried = cloud.fact('tried');
    if (!tried) {
      throw new StackboxError('not-found', `${cloud.wish.name} was not tried yet.`, { hint: 'Try it first.' });
    }
    const { name, recipeTitle, imageTitle } = this.project(cloud);
    return reportOf(tried, { name, recipe: recipeTitle, image: imageTitle }, format);
  }

  async cancel(cloudId: string): Promise<Cloud> {
    const cloud = this.find(cloudId);
    await this.runner.end(cloud, new RunCancelled());
    return this.project(cloud);
  }

  /**
   * Goes on with the last run from the step that failed, was cancelled or was cut off.
   * @param cure that the failure offers, to be carried out first
   */
  async retry(cloudId: string, cure?: string): Promise<Cloud> {
    const cloud = this.idle(cloudId);
    if (!cloud.run || cloud.run.state === 'done') {
      throw new StackboxError('conflict', `There is nothing to go on with: ${cloud.wish.name} has no unfinished run.`);
    }
    // One that has ended has removed what it made: it can only begin anew.
    if (cloud.run.kind === 'try' && cloud.run.state !== 'running') return this.tryOut(cloudId);
    await this.runner.goOn(cloud, cure);
    return this.project(cloud);
  }

  /** @throws StackboxError `not-found` for a credential without a password */
  reveal(cloudId: string, credentialId: string): string {
    const password = this.find(cloudId).secrets.passwords[credentialId];
    if (password !== undefined) return password;
    throw new StackboxError('not-found', 'There is no such password.');
  }

  /** @throws StackboxError `unreachable` */
  async guest(cloudId: string): Promise<SshGuest> {
    return this.links.guest(await this.running(cloudId));
  }

  /** A cloud whose machine runs. @throws StackboxError `unreachable` */
  async running(cloudId: string): Promise<LiveCloud> {
    const cloud = this.find(cloudId);
    if (cloud.machineState !== 'running') await this.reconciler.refresh();
    if (cloud.machineState === 'running') return cloud;
    throw new StackboxError('unreachable', `${cloud.wish.name} is not running.`, { hint: 'Start it first.' });
  }

  /**
   * File in the guest that makes `openstack` work.
   * @param accountId the user; the recipe's first, if absent
   * @throws StackboxError `not-found` if the recipe has none
   */
  openrc(cloudId: string, accountId?: string): string {
    const { accounts, data } = this.recipeOf(this.find(cloudId).wish.plan.recipe.id);
    const account = accountId === undefined ? accounts[0] : accounts.find(({ id }) => id === accountId);
    if (account) return account.file;
    if (accounts.length > 0) {
      throw new StackboxError('not-found', `${data.title} has no user "${accountId ?? ''}" for a terminal.`, {
        hint: `There are: ${accounts.map(({ id }) => id).join(', ')}.`,
      });
    }
    throw new StackboxError('not-found', `${data.title} has no OpenStack command line.`, { hint: 'Open a shell.' });
  }

  driverOf(cloud: LiveCloud): HypervisorDriver {
    const driver = this.parts.drivers.get(cloud.wish.plan.connection);
    if (driver) return driver;
    throw new StackboxError('hypervisor', `There is no driver for ${cloud.wish.plan.connection}.`);
  }

  recipeOf(id: string): Recipe {
    const recipe = this.parts.recipes.find(({ data }) => data.id === id);
    if (recipe) return recipe;
    throw new StackboxError('not-found', `There is no recipe "${id}".`);
  }

  /** Ends what this process does; work in the guests goes on, and so do the runs at the next start. */
  async close(): Promise<void> {
    await this.reconciler.stop();
    this.reboots?.close();
    for (const cloud of this.clouds.values()) {
      await this.runner.end(cloud, new AppClosing(), true);
      this.links.drop(cloud);
      clearTimeout(this.shown.get(cloud.id));
      await cloud.close();
    }
  }

  private idle(cloudId: string): LiveCloud {
    const cloud = this.find(cloudId);
    if (!cloud.active) return cloud;
    throw new StackboxError('busy', `${cloud.wish.name} is busy: ${this.project(cloud).status}.`, {
      hint: 'Wait until it is done, or cancel it.',
    });
  }

  /** A cloud that is idle and whose install came to its end: another run would be the end of going on with it. */
  private finished(cloudId: string): LiveCloud {
    const cloud = this.idle(cloudId);
    if (cloud.run?.kind !== 'create' || cloud.run.state === 'done') return cloud;
    throw new StackboxError('conflict', `The install of ${cloud.wish.name} has not come to its end.`, {
      hint: 'Go on with it first.',
    });
  }

  private project(cloud: LiveCloud): Cloud {
    const driver = this.parts.drivers.get(cloud.wish.plan.connection);
    const acceleration = this.runner.knownAcceleration(cloud.wish.plan.connection);
    return projectCloud(cloud, {
      recipe: this.parts.recipes.find(({ data }) => data.id === cloud.wish.plan.recipe.id),
      imageTitle: this.imageTitles.get(cloud.wish.plan.image) ?? cloud.wish.plan.image,
      acceleration,
      abilities: { saveState: driver?.saveState !== undefined, snapshots: driver?.snapshots !== undefined },
    });
  }

  private show(cloud: LiveCloud): void {
    if (this.shown.has(cloud.id)) return;
    const timer = setTimeout(() => {
      this.shown.delete(cloud.id);
      if (this.clouds.has(cloud.id)) this.hub.publish({ type: 'cloud', cloud: this.project(cloud) });
    }, SHOW_EVERY);
    timer.unref();
    this.shown.set(cloud.id, timer);
  }

  private async forget(cloud: LiveCloud): Promise<void> {
    // A reader of logs or a terminal may have connected again since the delete run let go.
    this.links.drop(cloud);
    await cloud.close();
    await rm(cloud.folder.root, { recursive: true, force: true });
    this.clouds.delete(cloud.id);
    this.hub.publish({ type: 'cloud-deleted', cloudId: cloud.id });
  }
}
