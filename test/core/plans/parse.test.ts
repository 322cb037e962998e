import { describe, expect, it } from 'vitest';
import { StackboxError } from '../../../main/contract/errors';
import { suggestName } from '../../../main/contract/plan';
import { parsePlan } from '../../../main/core/plans/parse';

const good = {
  version: 1,
  name: 'demo',
  recipe: { id: 'keystone-packages' },
  connection: 'libvirt-system',
  image: 'debian-12',
  size: { cpus: 2, memoryMiB: 3072, diskGiB: 10 },
};

function refusal(change: Record<string, unknown>): StackboxError {
  try {
    parsePlan({ ...good, ...change });
  } catch (error) {
    if (error instanceof StackboxError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(change)}`);
}

describe('a plan from outside', () => {
  it('gets its defaults', () => {
    expect(parsePlan(good)).toMatchObject({
      swapMiB: 'auto',
      surroundings: { proxy: 'host', noProxy: [], extraCertificates: 'host' },
      recipe: { options: {} },
    });
  });

  it.each([
    ['with spaces', 'my cloud', 'my-cloud'],
    ['with quotes', `it's "mine"`, 'it-s-mine'],
    ['with a command', '$(touch x)', 'touch-x'],
    ['with a path', '../../etc/passwd', 'etc-passwd'],
    ['with emoji', 'cloud ☁️🔥', 'cloud'],
    ['with an umlaut', 'Wölkchen', 'Wolkchen'],
    ['of 300 characters', 'a'.repeat(300), 'a'.repeat(60)],
    ['with a line break', 'a\nb', 'a-b'],
    ['with a leading hyphen', '-rf', 'rf'],
    ['with a trailing hyphen', 'cloud-', 'cloud'],
    ['with a leading digit', '1cloud', 'cloud'],
  ])('is refused for a name %s, and suggests a good one', (_, name, suggestion) => {
    const error = refusal({ name });
    expect(error).toMatchObject({ code: 'bad-input', facts: { field: 'name' } });
    expect(error.facts.hint).toContain(suggestion);
    expect(parsePlan({ ...good, name: suggestName(name) }).name).toBe(suggestion);
  });

  it.each(['', '🔥🔥', '   ', '$()', 42, null, undefined])(
    'is refused for the name %j without a suggestion',
    (name) => {
      expect(refusal({ name }).facts).toEqual({ field: 'name' });
    },
  );

  it.each([0, -1, 1.5, Number.NaN, Infinity, 1e15, '2', null])('is refused for %j as a size of anything', (value) => {
    for (const key of ['cpus', 'memoryMiB', 'diskGiB']) {
      expect(refusal({ size: { ...good.size, [key]: value } }).facts.field).toBe(`size.${key}`);
    }
  });

  it('names an unknown key', () => {
    expect(refusal({ colour: 'red' }).facts.field).toBe('colour');
    expect(refusal({ size: { ...good.size, gpus: 1 } }).facts.field).toBe('size.gpus');
  });

  it.each([undefined, null, 7, 'text', [], new Date()])('is refused when it is %j', (plan) => {
    expect(() => parsePlan(plan)).toThrow(StackboxError);
  });

  it.each([
    ['image', { image: '../../etc/shadow' }],
    ['recipe.id', { recipe: { id: '../x' } }],
    ['connection', { connection: 'qemu+ssh://elsewhere/system' }],
    ['surroundings.proxy', { surroundings: { proxy: 'file:///etc/passwd' } }],
    ['surroundings.extraCertificates', { surroundings: { extraCertificates: 'not a certificate' } }],
    ['swapMiB', { swapMiB: -5 }],
    ['version', { version: 2 }],
  ])('is refused for a wrong %s', (field, change) => {
    expect(refusal(change).facts.field).toBe(field);
  });
});
