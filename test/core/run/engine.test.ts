import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StackboxError } from '../../../main/contract/errors';
import type { Run } from '../../../main/contract/models';
import { openDurations, type Durations } from '../../../main/core/run/durations';
import { carryOut, type RunHost } from '../../../main/core/run/engine';
import { apply, replay, type CloudHistory, type JournalRecord } from '../../../main/core/run/records';
import { AppClosing, RunCancelled, type StepContext, type StepDefinition } from '../../../main/core/run/step';
import { tempFolder } from '../../support/temp';

/** A journal in memory; a new one over the same records is what a new start of the app sees. */
class MemoryJournal implements RunHost {
  readonly records: JournalRecord[];
  readonly history: CloudHistory;

  constructor(records: JournalRecord[] = []) {
    this.records = records;
    this.history = replay('c-1', records);
  }

  record(...records: readonly JournalRecord[]): Promise<void> {
    for (const record of records) {
      this.records.push(record);
      apply(this.history, 'c-1', record);
    }
    return Promise.resolve();
  }

  changed(): void {}
  command(): void {}

  get run(): Run {
    if (!this.history.run) throw new Error('no run');
    return this.history.run;
  }
}

function step(
  id: string,
  run: (context: StepContext) => Promise<'done' | 'skipped'>,
  silenceMs = 60_000,
): StepDefinition {
  return { id, title: `Do ${id}`, group: 'Test', expectedMs: 1000, silenceMs, run };
}

async function begin(steps: StepDefinition[]): Promise<MemoryJournal> {
  const journal = new MemoryJournal();
  await journal.record({
    at: 1,
    type: 'run-started',
    runId: 'r-1',
    kind: 'create',
    steps: steps.map(({ id, title, group }) => ({ id, title, group })),
  });
  return journal;
}

async function durations(): Promise<Durations> {
  return openDurations(join(await tempFolder(), 'history.json'), () => undefined);
}

async function carry(journal: MemoryJournal, steps: StepDefinition[], abort = new AbortController()): Promise<void> {
  await carryOut(journal.run, steps, {
    host: journal,
    durations: await durations(),
    series: 'test',
    signal: abort.signal,
  });
}

const done = (): Promise<'done'> => Promise.resolve('done');

describe('a run', () => {
  it('declares its steps, does them in order and writes before and after each', async () => {
    const seen: string[] = [];
    const steps = ['a', 'b'].map((id) =>
      step(id, async () => {
        seen.push(id);
        return 'done';
      }),
    );
    const journal = await begin(steps);
    await carry(journal, steps);
    expect(seen).toEqual(['a', 'b']);
    expect(journal.run.state).toBe('done');
    const written = journal.records.flatMap((record) =>
      record.type === 'step' ? [`${record.stepId} ${record.state}`] : [record.type],
    );
    expect(written).toEqual(['run-started', 'a running', 'a done', 'b running', 'b done', 'run-ended']);
  });

  it('stops at the first failure and keeps its facts', async () => {
    const steps = [
      step('a', done),
      step('b', (context) => {
        context.explain({ cause: 'The disk is full.', cure: 'Free some space.' });
        return Promise.reject(new StackboxError('no-room', 'No space left.', { hint: 'Delete images.' }));
      }),
      step('c', done),
    ];
    const journal = await begin(steps);
    await carry(journal, steps);
    expect(journal.run).toMatchObject({
      state: 'failed',
      error: { code: 'no-room', message: 'No space left.', hint: 'Delete images.' },
      remedy: { cause: 'The disk is full.' },
    });
    expect(journal.run.steps.map(({ state }) => state)).toEqual(['done', 'failed', 'waiting']);
  });

  it('goes on after the app was killed, from the step that was under way', async () => {
    const count = { a: 0, b: 0 };
    let killed = true;
    const steps = [
      step('a', async () => {
        count.a += 1;
        return 'done';
      }),
      step('b', async () => {
        count.b += 1;
        // A killed process writes nothing more: this promise never settles.
        if (killed) await new Promise(() => undefined);
        return 'done';
      }),
    ];
    const first = await begin(steps);
    void carry(first, steps);
    await expect.poll(() => count.b).toBe(1);

    killed = false;
    const second = new MemoryJournal([...first.records]);
    expect(second.run.state).toBe('running');
    await second.record({ at: 2, type: 'run-resumed', runId: 'r-1' });
    await carry(second, steps);
    expect(second.run.state).toBe('done');
    expect(count).toEqual({ a: 1, b: 2 });
  });

  it('ends at once when cancelled, and can be gone on with', async () => {
    const abort = new AbortController();
    let wait = true;
    const steps = [
      step('a', async ({ signal }) => {
        if (wait) {
          await new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error));
          });
        }
        return 'done';
      }),
    ];
    const journal = await begin(steps);
    const carrying = carry(journal, steps, abort);
    abort.abort(new RunCancelled());
    await carrying;
    expect(journal.run.state).toBe('cancelled');
    expect(journal.run.error).toBeUndefined();
    wait = false;
    await journal.record({ at: 3, type: 'run-resumed', runId: 'r-1' });
    await carry(journal, steps);
    expect(journal.run.state).toBe('done');
  });

  it('writes nothing when the app closes, so that the next start goes on', async () => {
    const abort = new AbortController();
    const steps = [
      step('a', ({ signal }) => {
        abort.abort(new AppClosing());
        signal.throwIfAborted();
        return done();
      }),
    ];
    const journal = await begin(steps);
    await carry(journal, steps, abort);
    expect(journal.records.at(-1)).toMatchObject({ type: 'step', state: 'running' });
    expect(journal.run.state).toBe('running');
  });

  it('fails a step that gives no sign of life, and spares one that does', async () => {
    const talkative = step(
      'a',
      async ({ line }) => {
        for (let n = 0; n < 6; n++) {
          await new Promise((resolve) => setTimeout(resolve, 30));
          line(`still here ${n}`);
        }
        return 'done';
      },
      100,
    );
    const mute = step(
      'b',
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
      50,
    );
    const journal = await begin([talkative, mute]);
    await carry(journal, [talkative, mute]);
    expect(journal.run.steps.map(({ state }) => state)).toEqual(['done', 'failed']);
    expect(journal.run.error).toMatchObject({ code: 'silent', message: expect.stringContaining('Do b') as string });
  });

  it('has claimed resources in the ledger before they are made, once, and releases them', async () => {
    const disk = { kind: 'disk', id: 'm-1.qcow2', connection: 'libvirt-system' } as const;
    const steps = [
      step('a', async (context) => {
        await context.claim([disk]);
        await context.claim([disk]);
        throw new StackboxError('hypervisor', 'Crash before it was made.');
      }),
    ];
    const journal = await begin(steps);
    await carry(journal, steps);
    expect(journal.history.ledger).toEqual([disk]);
    await journal.record({ at: 9, type: 'released', resource: disk });
    expect(new MemoryJournal(journal.records).history.ledger).toEqual([]);
  });

  it('treats an unknown error as a defect, with its message', async () => {
    const steps = [step('a', () => Promise.reject(new TypeError('x is not a function')))];
    const journal = await begin(steps);
    await carry(journal, steps);
    expect(journal.run.error).toEqual({ code: 'internal', message: 'x is not a function' });
  });
});

describe('time left', () => {
  it('is about when it rests on shipped weights, and exact in kind when this computer knows the steps', async () => {
    const folder = await tempFolder();
    const known = await openDurations(join(folder, 'history.json'), () => undefined);
    for (const ms of [1000, 9000, 2000]) known.remember('test', 'b', ms);
    await known.save();
    const again = await openDurations(join(folder, 'history.json'), () => undefined);
    expect(again.expected('test', 'b')).toBe(2000);

    const left: Run['left'][] = [];
    const steps = [
      step('a', () => {
        left.push(journal.run.left);
        return done();
      }),
      step('b', () => {
        left.push(journal.run.left);
        return done();
      }),
    ];
    const journal = await begin(steps);
    await carryOut(journal.run, steps, {
      host: journal,
      durations: again,
      series: 'test',
      signal: new AbortController().signal,
    });
    expect(left[0]?.about).toBe(true);
    expect(left[0]?.ms).toBeGreaterThan(2500);
    expect(left[1]).toMatchObject({ about: false });
    expect(left[1]?.ms).toBeLessThanOrEqual(2000);
    expect(journal.run.left).toBeUndefined();
  });
});
