import { describe, expect, test } from 'vitest';
import { LogBuffer, plain } from '../../renderer/features/logs/LogBuffer';
import { toPattern } from '../../renderer/features/logs/pattern';

function find(buffer: LogBuffer, typed: string, from = 0): number[] {
  const pattern = toPattern(typed, false);
  if (pattern.state !== 'good') throw new Error('not a pattern');
  return [...buffer.search(pattern.finder, from)].flatMap(({ lines }) => lines);
}

describe('plain text of a log', () => {
  test('has no colours, titles or bells', () => {
    expect(plain('\u001B[1;31mred\u001B[0m \u001B]0;title\u0007on\u0007\n')).toBe('red on\n');
  });

  test('of an overwritten line only its last state is kept', () => {
    expect(plain('10 %\r50 %\rdone\r\nnext\n')).toBe('done\nnext\n');
  });
});

describe('log buffer', () => {
  test('a line that comes in pieces, cut inside a colour, is one line', () => {
    const buffer = new LogBuffer();
    for (const piece of ['he', 'llo \u001B[3', '1mworld\u001B', '[0m\nsec', 'ond']) buffer.append(piece);
    expect([buffer.line(0), buffer.line(1), buffer.next]).toEqual(['hello world', 'second', 2]);
  });

  test('drops the oldest lines beyond its bound and keeps the numbers of the rest', () => {
    const buffer = new LogBuffer(100);
    for (let n = 0; n < 500; n += 1) buffer.append(`line ${n}\n`);
    expect([buffer.first, buffer.next, buffer.line(400), buffer.line(399)]).toEqual([400, 500, 'line 400', '']);
    expect(find(buffer, 'line 4', 0)[0]).toBe(400);
  });

  test('search takes plain text literally, finds each line once, and the unfinished last one', () => {
    const buffer = new LogBuffer();
    buffer.append('a.c a.c\nabc\nA.C\nlast a.c');
    expect(find(buffer, 'a.c')).toEqual([0, 2, 3]);
    expect(find(buffer, 'a.c', 2)).toEqual([2, 3]);
  });

  test('a pattern that is none is told, not thrown', () => {
    expect(toPattern('(', true)).toMatchObject({ state: 'bad' });
  });

  test('finds one line in a million', () => {
    const buffer = new LogBuffer();
    for (let block = 0; block < 100; block += 1) {
      buffer.append(Array.from({ length: 10_000 }, (_, n) => `line ${block * 10_000 + n} of the log\n`).join(''));
    }
    expect(buffer.next).toBe(1_000_000);
    expect(find(buffer, 'line 777777 ')).toEqual([777_777]);
    expect(buffer.line(777_777)).toBe('line 777777 of the log');
  });
});
