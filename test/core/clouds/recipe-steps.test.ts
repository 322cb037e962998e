import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { planSchema } from '../../../main/contract/plan';
import { LiveCloud } from '../../../main/core/clouds/cloud';
import { newCloudRecord, newCloudSecrets } from '../../../main/core/clouds/record';
import { proofSteps, recipeSteps } from '../../../main/core/clouds/recipe-steps';
import type { StepTools } from '../../../main/core/clouds/step-tools';
import type { StepContext } from '../../../main/core/run/step';
import { PRIVATE_FOLDER } from '../../../main/core/store/atomic-json';
import { dataFolder } from '../../../main/core/store/folders';
import type { Guest, GuestJob } from '../../../main/guest/guest';
import { devstack } from '../../../main/recipes/devstack';
import { mkdir } from 'node:fs/promises';
import { tempFolder } from '../../support/temp';

/** See test/recipes/devstack/output.test.ts for where they come from. */
function replay(name: string): string {
  return readFileSync(join(import.meta.dirname, `../../fixtures/recipes/devstack-replay-${name}.txt`), 'utf8');
}

interface Bench {
  readonly tools: StepTools;
  readonly context: StepContext;
  readonly cloud: LiveCloud;
  /** What the window was told. */
  readonly shown: { lines: string[]; progress: (number | undefined)[]; causes: string[] };
  readonly started: GuestJob[];
  /** What every job of the guest prints, in pieces, and how it ends. */
  job: { pieces: readonly string[]; exitCode: number };
}

async function bench(options: Record<string, unknown> = {}): Promise<Bench> {
  const folder = dataFolder(await tempFolder()).cloud('c-000000000000');
  await mkdir(folder.root, { recursive: true, mode: PRIVATE_FOLDER });
  const plan = planSchema.parse({
    version: 1,
    name: 'demo',
    recipe: { id: 'devstack', options: devstack.options.parse(options) },
    connection: 'libvirt-session',
    image: 'debian-12',
    size: { cpus: 2, memoryMiB: 8192, diskGiB: 40 },
  });
  const wish = newCloudRecord(plan, 'debian');
  const secrets = newCloudSecrets(wish, devstack, {});
  const listener = { changed: () => undefined, command: () => undefined };
  const cloud = await LiveCloud.open({ wish, secrets, folder }, listener, () => undefined);
  onTestFinished(() => cloud.close());
  await cloud.keepFact('attachment', { mac: 'x', address: '10.0.2.15', reach: 'forwarded', subnet: '10.0.2.0/24' });

  const started: GuestJob[] = [];
  const shown: Bench['shown'] = { lines: [], progress: [], causes: [] };
  const guest: Pick<Guest, 'jobState' | 'jobLog' | 'readFile' | 'startJob' | 'followJob' | 'exec'> = {
    jobState: () => Promise.resolve({ state: 'absent' }),
    jobLog: (name) => `/var/log/stackbox/${name}.log`,
    readFile: () => Promise.resolve({ bytes: new Uint8Array(), size: 0 }),
    startJob(job) {
      started.push(job);
      return Promise.resolve();
    },
    async followJob(_name, _from, onText) {
      for (const piece of result.job.pieces) await onText(piece, 0);
      return { exitCode: result.job.exitCode, result: 'exit-code' };
    },
    exec: () => Promise.resolve({ exitCode: 0, stdout: 'virt=qemu\nbranch=stable/2026.1\n', stderr: '' }),
  };
  const links = { guest: () => guest, logTo: () => undefined };
  const context: StepContext = {
    signal: new AbortController().signal,
    progress: (fraction) => shown.progress.push(fraction),
    line: (text) => shown.lines.push(text),
    command: () => undefined,
    claim: () => Promise.resolve(),
    fact: () => Promise.resolve(),
    explain: ({ cause }) => shown.causes.push(cause),
  };
  const tools = { cloud, recipe: devstack, links } as unknown as StepTools;
  const result: Bench = { tools, context, cloud, shown, started, job: { pieces: [], exitCode: 0 } };
  return result;
}

async function runStep({ tools, context }: Bench, id: string): Promise<string> {
  const step = recipeSteps(tools, true).find((one) => one.id === id);
  if (!step) throw new Error(`no step ${id}`);
  return step.run(context);
}

describe('the steps of a recipe', () => {
  it('show and keep no password that a job prints, however its output is cut', async () => {
    const one = await bench();
    const { admin = '', rabbit = '' } = one.cloud.secrets.passwords;
    const text = `${replay('success').replace('••••', admin)}\n+ rabbitmqctl change_password stackrabbit ${rabbit}\n`;
    expect(text).toContain(`The password: ${admin}`);
    const pieces = text.match(/[^]{1,7}/g) ?? [];
    one.job = { pieces, exitCode: 0 };
    expect(await runStep(one, 'stack')).toBe('done');
    const log = readFileSync(one.cloud.folder.installLog, 'utf8');
    expect(log).toContain('The password: ••••\n');
    expect(log.endsWith('change_password stackrabbit ••••\n')).toBe(true);
    for (const secret of [admin, rabbit]) {
      expect(log).not.toContain(secret);
      expect(one.shown.lines.join('\n')).not.toContain(secret);
    }
    expect(one.shown.progress.at(-1)).toBe(1);
  });

  it('end with the cause of a failure, and its last words before the clean-up', async () => {
    const one = await bench();
    one.job = { pieces: [replay('clone-failed')], exitCode: 1 };
    const failure = runStep(one, 'stack');
    await expect(failure).rejects.toMatchObject({
      code: 'guest-failed',
      message: expect.stringContaining('Could not resolve host'),
      facts: { exitCode: 1, output: expect.stringMatching(/\[ERROR\] .*git call failed[^\n]*$/) },
    });
    expect(one.shown.causes).toEqual([expect.stringContaining('cannot resolve names')]);
  });

  it('give each job what it needs, asked from the machine when it starts', async () => {
    const one = await bench({ preset: 'compute' });
    await runStep(one, 'local-conf');
    await runStep(one, 'stack');
    const [conf, stack] = one.started;
    expect(conf?.env?.['LOCAL_CONF']).toMatch(/^HOST_IP=10\.0\.2\.15$/m);
    expect(conf?.env?.['LOCAL_CONF']).toMatch(/^FIXED_RANGE=10\.20\.0\.0\/22$/m);
    expect(conf?.env?.['LOCAL_CONF']).toMatch(/^LIBVIRT_TYPE=qemu$/m);
    expect(stack).toMatchObject({ name: 'stackbox-devstack-stack', env: { ADDRESS: '10.0.2.15' } });
  });

  it('prove what the plan leads to, and only that', async () => {
    const ids = async (preset: string): Promise<string[]> =>
      proofSteps((await bench({ preset })).tools).map(({ id }) => id);
    expect(await ids('identity')).toEqual(['proof-token', 'proof-catalogue', 'card']);
    expect(await ids('standard')).toEqual([
      'proof-token',
      'proof-catalogue',
      'proof-compute',
      'proof-dashboard',
      'card',
    ]);
  });
});
