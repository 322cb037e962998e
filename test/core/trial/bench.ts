/** "Try it" with the real engine, journal and SSH against a cloud that is a file. */
import { mkdir } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import type { Run } from '../../../main/contract/models';
import { planSchema } from '../../../main/contract/plan';
import { LiveCloud } from '../../../main/core/clouds/cloud';
import { GuestLinks } from '../../../main/core/clouds/guest-links';
import { newCloudRecord, newCloudSecrets, type CloudRecord, type CloudSecrets } from '../../../main/core/clouds/record';
import type { StepTools } from '../../../main/core/clouds/step-tools';
import { trialSteps } from '../../../main/core/clouds/trial-steps';
import { openDurations } from '../../../main/core/run/durations';
import { carryOut } from '../../../main/core/run/engine';
import type { JournalRecord } from '../../../main/core/run/records';
import { AppClosing, RunCancelled } from '../../../main/core/run/step';
import { PRIVATE_FOLDER } from '../../../main/core/store/atomic-json';
import { dataFolder, type CloudFolder } from '../../../main/core/store/folders';
import { reportOf } from '../../../main/core/trial/report';
import type { TrialRecord } from '../../../main/core/trial/record';
import { dashboardCheck } from '../../../main/recipes/shared/cloud-proof';
import type { Recipe } from '../../../main/recipes/types';
import { OpenStackCloud, type Behaviour } from '../../support/openstack/cloud';
import { startSshServer } from '../../support/ssh-server';
import { tempFolder } from '../../support/temp';
import { lab } from '../lifecycle/recipe';

/** Nobody asks here whether the machine was rebooted. */
const NOBODY = { connected: () => undefined, lost: () => undefined };

/** Waits no longer than a test does. */
const PACE = { pauseMs: 5, silenceMs: 1500, ruleMs: 1500 };

export interface Bench {
  readonly openstack: OpenStackCloud;
  /** What the window was told while steps ran. */
  readonly lines: string[];
  readonly password: string;
  readonly folder: CloudFolder;
  /** Begins a trial and waits for its end. */
  tryIt(): Promise<Run>;
  /** Begins one, and stops it once the cloud was asked for something. @param asked first words of a command */
  stopAt(asked: string, how: 'cancel' | 'kill' | 'delete'): Promise<Run>;
  /** Goes on after a kill, as the next start of the app does. */
  goOn(): Promise<Run>;
  /** The last result. */
  result(): TrialRecord;
  report(format: 'html' | 'junit'): string;
  /** By check: how it ended. */
  states(): Record<string, string>;
  /** The app ends, also in the middle of a clean-up. */
  leave(): void;
  machine: 'running' | 'stopped';
}

export async function bench(
  setting: {
    services?: readonly string[];
    behave?: Behaviour;
    name?: string;
    proof?: Recipe['proof'];
    /** Without a connection, which takes most of the time. */
    direct?: boolean;
  } = {},
): Promise<Bench> {
  const folder = dataFolder(await tempFolder()).cloud('c-000000000000');
  await mkdir(folder.root, { recursive: true, mode: PRIVATE_FOLDER });
  const plan = planSchema.parse({
    version: 1,
    name: setting.name ?? 'demo',
    recipe: { id: 'lab', options: {} },
    connection: 'libvirt-session',
    image: 'debian-12',
    size: { cpus: 1, memoryMiB: 512, diskGiB: 2 },
  });
  const wish = newCloudRecord(plan, 'debian');
  const secrets = newCloudSecrets(wish, lab, {});
  const password = secrets.passwords['admin'] ?? '';
  const openstack = await OpenStackCloud.make(await tempFolder(), { ...setting, password });
  const server = await startSshServer(undefined, { hostKey: secrets.host, env: openstack.env });
  const files = { wish, secrets, folder };
  let cloud = await open(files);
  await cloud.keepFact('attachment', { mac: 'x', address: '10.0.2.15', reach: 'forwarded', subnet: '10.0.2.0/24' });
  const durations = await openDurations(`${await tempFolder()}/history.json`, () => undefined);
  const proof = setting.proof ?? [dashboardCheck({ url: () => 'http://10.0.2.15/dashboard/auth/login/' })];
  const accounts = [{ id: 'admin', title: 'OpenStack as admin', file: openstack.openrc }];
  const driver = { state: () => Promise.resolve(self.machine), reach: () => Promise.resolve(server.place) };
  const lines: string[] = [];
  let abort = new AbortController();
  let leave = new AbortController();

  const carry = async (): Promise<Run> => {
    abort = new AbortController();
    leave = new AbortController();
    const direct = { guest: () => openstack.guest(), logTo: () => undefined, drop: () => undefined };
    const overSsh = new GuestLinks(() => driver as unknown as StepTools['driver'], NOBODY);
    const links = setting.direct === true ? direct : overSsh;
    const tools = { cloud, links, driver, recipe: { ...lab, accounts, proof } } as unknown as StepTools;
    const steps = trialSteps(tools, true, PACE);
    if (cloud.run?.state !== 'running') {
      const runId = `r-${Math.random().toString(36).slice(2)}`;
      const declared = steps.map(({ id, title, group }) => ({ id, title, group }));
      await cloud.record({ at: Date.now(), type: 'run-started', runId, kind: 'try', steps: declared });
    }
    const { run } = cloud;
    if (!run) throw new Error('There is no run.');
    try {
      const host = {
        record: (...records: readonly JournalRecord[]) => cloud.record(...records),
        command: (...told: Parameters<LiveCloud['command']>) => cloud.command(...told),
        changed: () => {
          const said = run.steps.find(({ state }) => state === 'running')?.lastLine;
          if (said !== undefined && lines.at(-1) !== said) lines.push(said);
        },
      };
      await carryOut(run, steps, { host, durations, series: 'try', signal: abort.signal, leave: leave.signal });
    } finally {
      links.drop(cloud);
    }
    return structuredClone(run);
  };
  const self: Bench = {
    openstack,
    lines,
    password,
    folder,
    machine: 'running',
    tryIt: carry,
    async stopAt(asked, how) {
      const before = (await openstack.called(asked)).length;
      const ended = carry();
      for (;;) {
        if ((await openstack.called(asked)).length > before) break;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const reason = how === 'kill' ? new AppClosing() : new RunCancelled();
      abort.abort(reason);
      if (how !== 'cancel') leave.abort(reason);
      return ended;
    },
    leave: () => leave.abort(new AppClosing()),
    async goOn() {
      await cloud.close();
      cloud = await open(files);
      return carry();
    },
    result() {
      const tried = cloud.fact('tried');
      if (!tried) throw new Error('The cloud has no result.');
      return tried;
    },
    report: (format) => reportOf(self.result(), { name: wish.name, recipe: 'Lab', image: 'Debian 12' }, format).text,
    states: () => Object.fromEntries((cloud.run?.steps ?? []).map(({ id, state }) => [id.replace(/^try-/, ''), state])),
  };
  onTestFinished(async () => {
    await cloud.close();
  });
  return self;
}

function open(files: { wish: CloudRecord; secrets: CloudSecrets; folder: CloudFolder }): Promise<LiveCloud> {
  return LiveCloud.open(files, { changed: () => undefined, command: () => undefined }, () => undefined);
}
