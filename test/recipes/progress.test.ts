import { array, assert, constantFrom, nat, property, string, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followOutput, type JobOutput } from '../../main/recipes/progress';
import { recipeDataSchema, type RecipeData } from '../../main/recipes/types';

type Markers = RecipeData['steps'][number]['markers'];
const ERRORS: RecipeData['errors'] = [
  { match: 'No space left', cause: 'full', cure: 'a larger disk', general: false },
  { match: '^E: (.*)', cause: 'apt', cure: 'read it', general: false },
  { match: '^stopped', cause: 'something', cure: 'read it', general: true },
];
const MARKERS: Markers = [
  { match: '^(\\d+) packages', detail: '$1 packages', at: 0.1 },
  { match: '^Unpacking (\\S+)', detail: 'Unpacking $1', between: [0.1, 0.5], count: 10, total: '^(\\d+) packages' },
  { match: '^(\\d+(?:\\.\\d+)?) % (.*)', detail: '$2', between: [0.5, 1] },
];

/** Lines that mean something, odd characters, and every kind of line end in any order. */
const output = array(
  tuple(
    constantFrom(
      '4 packages',
      'Unpacking x',
      '50 % z',
      'E: no',
      '\u001B[1m',
      'No space left',
      '\uFFFD',
      '💥',
      'a b',
      '\0',
    ),
    constantFrom('\n', '\r\n', '\r', '', ' ', '\n\n'),
  ),
  { maxLength: 60 },
).map((parts) => parts.flat().join(''));

function follow(markers: Markers = MARKERS): JobOutput {
  return followOutput({ markers }, ERRORS);
}

describe('the progress of a job', () => {
  it('follows fixed places, counted lines and percentages', () => {
    const job = follow();
    expect(job.push('hello\n')).toEqual({ progress: undefined, detail: undefined, lastLine: 'hello' });
    expect(job.push('4 packages\n')).toMatchObject({ progress: 0.1, detail: '4 packages' });
    expect(job.push('Unpacking a\nUnpacking b\n')).toMatchObject({
      progress: expect.closeTo(0.3),
      detail: 'Unpacking b',
    });
    expect(job.push('50 % half way\n')).toMatchObject({ progress: 0.75, detail: 'half way' });
  });

  it('never goes back, and never beyond its part', () => {
    const job = follow();
    job.push('50 % half way\n');
    expect(job.push('Unpacking late\n')).toMatchObject({ progress: 0.75, detail: 'half way' });
    expect(job.push('4000 % much\n')).toMatchObject({ progress: 1 });
    const counting = follow();
    for (let line = 0; line < 30; line++) counting.push('Unpacking x\n');
    expect(counting.push('')).toMatchObject({ progress: 0.5 });
  });

  it('does not leap to the next part when a few of its lines come too early', () => {
    const markers: Markers = [
      { match: '^Unpacking (\\S+)', detail: 'Unpacking $1', between: [0, 0.5], count: 20 },
      { match: '^Setting up (\\S+)', detail: 'Setting up $1', between: [0.5, 1], count: 20 },
    ];
    const job = follow(markers);
    job.push('Unpacking a\n'.repeat(2));
    expect(job.push('Setting up a\nSetting up b\n')).toMatchObject({ progress: 0.05, detail: 'Setting up b' });
    expect(job.push('Unpacking c\n'.repeat(18))).toMatchObject({ progress: 0.5, detail: 'Unpacking c' });
    expect(job.push('Setting up c\n'.repeat(18)).progress).toBe(1);
  });

  it('goes on with the next part when the one before it was shorter than expected', () => {
    const markers: Markers = [
      { match: '^Get', between: [0, 0.5], count: 200 },
      { match: '^Unpacking', between: [0.5, 1], count: 20 },
    ];
    const job = follow(markers);
    job.push('Get\n'.repeat(10));
    expect(job.push('Unpacking\n'.repeat(20)).progress).toBe(1);
  });

  it('takes a line that is drawn anew with carriage returns as many lines', () => {
    const job = follow();
    expect(job.push('51 % a\r60 % b\r')).toMatchObject({ progress: 0.8, detail: 'b' });
    expect(job.push('70 % c\r\n\r\n')).toMatchObject({ progress: 0.85, lastLine: '70 % c' });
  });

  it('sees through colours, and shows a question that waits at the end of a line', () => {
    const job = follow();
    job.push('\u001B[32m4 pack');
    expect(job.push('ages\u001B[0m\n')).toMatchObject({ progress: 0.1, lastLine: '4 packages' });
    expect(job.push('Enter a password now: ')).toMatchObject({ lastLine: 'Enter a password now:' });
  });

  it('names the first known error, not the last', () => {
    const job = follow();
    job.push('fine\nwrite error: No space left on device\nE: Sub-process failed\n');
    expect(job.knownError()).toEqual({
      cause: 'full',
      cure: 'a larger disk',
      line: 'write error: No space left on device',
    });
  });

  it('shows of a long line what gave the error away', () => {
    const shown = (line: string): string | undefined => {
      const job = follow();
      job.push(`${line}\n`);
      return job.knownError()?.line;
    };
    const call = '  File "x.py", line 1, in pull\\n'.repeat(50);
    // As Ansible prints a traceback: all in one line.
    expect(shown(`Task failed: 'Traceback:\\n${call}OSError: No space left on device\\n${call}'`)).toBe(
      'OSError: No space left on device',
    );
    const long = shown(`${'a'.repeat(500)} No space left on device ${'b'.repeat(500)}`) ?? '';
    expect(long).toMatch(/^… a+ No space left on device b+ …$/);
    expect(long.length).toBeLessThanOrEqual(304);
    expect(shown(`No space left on device ${'b'.repeat(500)}`)).toMatch(/^No space left on device b+ …$/);
    expect(shown(`${'a'.repeat(500)} No space left on device`)).toMatch(/^… a+ No space left on device$/);
  });

  it('keeps the beginning of long lines for the facts of a failure', () => {
    const job = follow();
    job.push(`short\n${'a'.repeat(3000)}\n`);
    expect(job.tail()).toBe(`short\n${'a'.repeat(300)} …`);
  });

  it('believes what is only general of whole lines alone: the rest of a line may take it back', () => {
    const job = follow();
    job.push('stopped');
    expect(job.knownError()).toBeUndefined();
    job.push(' as wanted\nE: cut o');
    expect(job.knownError()).toMatchObject({ cause: 'apt', line: 'E: cut o' });
  });

  it('names a general error only when nothing explains it', () => {
    const job = follow();
    job.push('stopped\n');
    expect(job.knownError()).toMatchObject({ cause: 'something', line: 'stopped' });
    job.push('E: why');
    expect(job.knownError()).toMatchObject({ cause: 'apt' });
    job.push('\nstopped again\n');
    expect(job.knownError()).toMatchObject({ cause: 'apt' });
  });

  it('names an error whose line was never finished', () => {
    const job = follow();
    job.push('E: interrupted');
    expect(job.knownError()).toMatchObject({ cause: 'apt', line: 'E: interrupted' });
  });

  it('gives the same answer however the text is cut', () => {
    assert(
      property(output, array(nat(400), { maxLength: 30 }), (whole, cuts) => {
        const [once, pieces] = [follow(), follow()];
        const expected = once.push(whole);
        let from = 0;
        let before = 0;
        for (const cut of [...cuts].sort((a, b) => a - b)) {
          const { progress = 0 } = pieces.push(whole.slice(from, cut));
          expect(progress).toBeGreaterThanOrEqual(before);
          before = progress;
          from = Math.max(from, Math.min(cut, whole.length));
        }
        expect(pieces.push(whole.slice(from))).toEqual(expected);
        expect(pieces.knownError()).toEqual(once.knownError());
        expect(pieces.tail()).toBe(once.tail());
      }),
      { numRuns: 500 },
    );
  });

  it('is the same cut into single characters, with a carriage return at the end of a piece', () => {
    const whole = '4 packages\r\nUnpacking x\r\r\nUnpacking y\r50 % 💥\u001B[1;32m\r\n\u001B[0mNo space left\rE: x';
    const [once, pieces] = [follow(), follow()];
    const expected = once.push(whole);
    // By code units, so that an emoji is cut in two as well.
    for (let at = 0; at < whole.length; at++) pieces.push(whole.charAt(at));
    expect(pieces.push('')).toEqual(expected);
    expect(pieces.tail()).toBe(once.tail());
    expect(expected).toEqual({ progress: 0.75, detail: '💥', lastLine: 'E: x' });
    expect(pieces.knownError()?.cause).toBe('full');
  });

  it('takes any text at all, and shows no control characters of it', () => {
    assert(
      property(array(string({ unit: 'binary', maxLength: 200 })), (pieces) => {
        const job = follow();
        let before = 0;
        for (const piece of pieces) {
          const { progress = 0, lastLine = '' } = job.push(piece);
          expect(progress).toBeGreaterThanOrEqual(before);
          expect(progress).toBeLessThanOrEqual(1);
          expect(lastLine).not.toMatch(/\p{Cc}/u);
          before = progress;
        }
      }),
    );
  });

  it('does not show the half of a colour that is still on its way', () => {
    const job = follow();
    expect(job.push('Unpacking x\n\u001B').lastLine).toBe('Unpacking x');
  });

  it('keeps little of a job that says 50 MB, with line breaks or without', () => {
    const block = 'x'.repeat(1024 * 1024);
    const bar = follow();
    for (let megabyte = 0; megabyte < 50; megabyte++) bar.push(block);
    expect(bar.tail().length).toBeLessThanOrEqual(4096);
    const chatter = follow();
    const lines = `${'y'.repeat(6000)}\n`.repeat(170);
    for (let megabyte = 0; megabyte < 50; megabyte++) chatter.push(lines);
    expect(chatter.tail().split('\n')).toHaveLength(40);
    expect(chatter.tail().length).toBeLessThanOrEqual(40 * 4097);
    expect(chatter.push('the end').lastLine).toBe('the end');
  });

  it('still understands the line after one that was too long', () => {
    const job = follow();
    job.push('z'.repeat(10_000));
    expect(job.push('4 packages\n4 packages\n')).toMatchObject({ progress: 0.1, lastLine: '4 packages' });
  });
});

describe('a job that shows its commands and cleans up when it fails', () => {
  const step = {
    markers: [{ match: '^Async (\\S+)', detail: 'in the background: $1' }],
    trace: '^\\++ ',
    epilogue: '^Error on exit',
  };

  it('is not taken for failed by the text of a command', () => {
    const job = followOutput(step, ERRORS);
    job.push("+ grep 'No space left' log\n++ E: x\n+ E: unfinished");
    expect(job.knownError()).toBeUndefined();
    job.push('\nNo space left\n');
    expect(job.knownError()?.cause).toBe('full');
  });

  it('keeps what was said before the clean-up, and names nothing that came after', () => {
    const job = followOutput(step, ERRORS);
    const { lastLine } = job.push(`+ last command\nError on exit\n${'more\n'.repeat(90)}No space left\nE: x`);
    expect(lastLine).toBe('E: x');
    expect(job.tail()).toBe('+ last command');
    expect(job.knownError()).toBeUndefined();
  });

  it('shows what runs in the background, which moves nothing', () => {
    const job = followOutput(step, ERRORS);
    expect(job.push('Async init\n')).toEqual({
      progress: undefined,
      detail: 'in the background: init',
      lastLine: 'Async init',
    });
  });
});

describe('markers in recipe.yaml', () => {
  const marker = recipeDataSchema.shape.steps.element.shape.markers.unwrap().element;
  it.each([
    [{ match: '(', at: 0 }, 'is not a regular expression'],
    [{ match: 'x' }, 'either "at" or "between"'],
    [{ match: 'x', at: 0.5, between: [0, 1] }, 'either "at" or "between"'],
    [{ match: 'x', at: 0.5, count: 3 }, '"count" needs "between"'],
    [{ match: 'x', between: [0, 1], total: 'y' }, '"total" needs "count"'],
    [{ match: 'x', between: [0.9, 0.1] }, 'from small to large'],
    [{ match: 'x', at: 1.5 }, ''],
    [{ match: 'x', at: 0.5, colour: 'red' }, 'colour'],
  ])('refuses %j', (input, reason) => {
    const { error } = marker.safeParse(input);
    expect(error?.issues[0]?.message).toContain(reason);
  });
});
