/** A person's clouds.yaml: whatever stands in it stays, and what is no clouds.yaml is left alone. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { dropEntry, fingerprint, putEntry, readEntry } from '../../../main/core/clients/clouds-yaml';

const entry = { auth_type: 'v3password', auth: { auth_url: 'http://127.0.0.1:40080/v3', password: 'aB3' } };
const added = { 'stackbox-dev': entry };

const OWN = `# Clouds of our team. Ask Ada before you change them.
clouds:
  # The real one!
  production:   # careful
    auth: &login
      auth_url: "https://keystone.example.org/v3"
      username: 'ada'
      password: "yes"   # not a boolean
    regions:
      - north
      - south
    profile: rackspace

  staging:
    auth:
      <<: *login
      username: grace
cache:
  expiration_time: 3600
# the end
`;

describe('an entry is added', () => {
  test('to a file with comments, anchors and quotes, of which nothing is lost', () => {
    const text = putEntry(OWN, 'stackbox-dev', entry);
    expect(parse(text)).toEqual({ ...parse(OWN), clouds: { ...parse(OWN).clouds, ...added } });
    // A comment behind a key moves to a line of its own; quotes, anchors and empty lines stay as they are.
    const pieces = (yaml: string): string[] => yaml.split(/\n|(?=#)/).map((piece) => piece.trim());
    expect(pieces(text)).toEqual(expect.arrayContaining(pieces(OWN)));
    const own = pieces(OWN).filter((piece) => piece !== '');
    expect(pieces(dropEntry(text, 'stackbox-dev')).filter((piece) => piece !== '')).toEqual(own);
  });

  test.each([
    ['nothing', ''],
    ['only comments', '# mine\n\n# all mine\n'],
    ['an empty list', 'clouds: {}\n'],
    ['a key without a value', 'clouds: # none yet\n'],
    ['an empty document', '---\n'],
    ['other settings', 'cache:\n    expiration_time: 3600\n'],
    ['flow style', '{ clouds: { a: { region_name: x } } }\n'],
    ['JSON', '{"clouds": {"a": {"auth": {"password": "1e3"}}}}'],
    ['CRLF', '# mine\r\nclouds:\r\n  a:\r\n    region_name: x\r\n'],
    ['a byte order mark', '\uFEFFclouds:\n  a: {}\n'],
    ['four columns and flat lists', 'clouds:\n    a:\n        regions:\n        - x\n'],
    ['YAML 1.1', '%YAML 1.1\n---\nclouds:\n  a: { verify: yes }\n'],
  ])('to %s', (_what, text) => {
    const changed = putEntry(text, 'stackbox-dev', entry);
    expect(readEntry(changed, 'stackbox-dev')).toEqual(entry);
    for (const comment of text.match(/#.*\S/g) ?? []) expect(changed).toContain(comment);
    const before = (parse(text.replace('\uFEFF', '')) ?? {}) as Record<string, unknown>;
    const after = parse(changed.replace('\uFEFF', '')) as Record<string, unknown>;
    expect(after).toEqual({ ...before, clouds: { ...(before['clouds'] as object | null), ...added } });
    expect(changed.includes('\r')).toBe(text.includes('\r'));
    expect(changed.replaceAll('\r\n', '')).not.toMatch(text.includes('\r') ? /[\r\n]/ : /\r/);
    const dropped = parse(dropEntry(changed, 'stackbox-dev').replace('\uFEFF', '')) as Record<string, unknown>;
    expect(dropped).toEqual({ ...before, clouds: before['clouds'] ?? {} });
  });

  test('in the place of the one before, when it is renewed', () => {
    const text = putEntry(putEntry(OWN, 'stackbox-dev', { old: true }), 'stackbox-dev', entry);
    expect(readEntry(text, 'stackbox-dev')).toEqual(entry);
    expect(text.match(/stackbox-dev/g)).toHaveLength(1);
  });
});

describe('a file is left alone and the person is told why, when', () => {
  test.each([
    ['it is no YAML', 'clouds: [', /./],
    ['it is an ini file', '[clouds]\na = b\n', /list of names|cannot/],
    ['a tab indents it', 'clouds:\n\ta: b\n', /[Tt]ab/],
    ['a key is there twice', 'clouds:\n  a: {}\n  a: {}\n', /unique/],
    ['it is a list', '- a\n- b\n', /list of names/],
    ['it is a word', 'hello', /list of names/],
    ['its clouds are a list', 'clouds: [a, b]\n', /"clouds"/],
    ['its clouds are a word', 'clouds: none\n', /"clouds"/],
    ['its clouds are an alias', 'x: &x {a: {}}\nclouds: *x\n', /"clouds"/],
    ['it has two documents', 'clouds: {}\n---\nclouds: {}\n', /several documents/],
    ['an alias is not there', 'clouds:\n  a: *nobody\n', /nobody|alias/i],
    ['it would fill the memory', bomb(), /alias/i],
  ])('%s', (_what, text, reason) => {
    for (const change of [() => putEntry(text, 'stackbox-dev', entry), () => dropEntry(text, 'stackbox-dev')]) {
      expect(change).toThrow(
        expect.objectContaining({ code: 'bad-input', message: expect.stringMatching(reason) as string }),
      );
    }
  });
});

it('whatever clouds there are, they are the same after an entry came and went', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const cloud = fc.dictionary(
    fc.string({ minLength: 1 }),
    fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string(), leaf)),
  );
  const file = fc.record({ clouds: fc.dictionary(fc.string({ minLength: 1 }), cloud), cache: leaf });
  fc.assert(
    fc.property(file, (data) => {
      const text = stringify(data);
      const changed = putEntry(text, 'stackbox-dev', entry);
      expect(parse(changed)).toEqual(parse(stringify({ ...data, clouds: { ...data.clouds, ...added } })));
      expect(parse(dropEntry(changed, 'stackbox-dev'))).toEqual(parse(text));
    }),
    { numRuns: 50 },
  );
});

it('an entry is known again whatever the order of its keys, and not with another value', () => {
  const { auth, auth_type: type } = entry;
  expect(fingerprint({ auth: { password: auth.password, auth_url: auth.auth_url }, auth_type: type })).toBe(
    fingerprint(entry),
  );
  expect(fingerprint({ ...entry, region_name: 'x' })).not.toBe(fingerprint(entry));
});

/** 10^9 values in 400 bytes. */
function bomb(): string {
  const levels = Array.from(
    { length: 9 },
    (_, n) => `l${n + 1}: &l${n + 1} [${Array.from({ length: 10 }, () => `*l${n}`).join(', ')}]`,
  );
  return `l0: &l0 x\n${levels.join('\n')}\nclouds: {}\n`;
}
