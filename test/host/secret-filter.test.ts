import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSecretFilter } from '../../main/host/secret-filter';

it('lets no secret through and loses nothing else, however the text is cut', () => {
  const secrets = ['abab-secret', 'key\nof two lines'];
  const piece = fc.constantFrom(
    'abab-',
    'secret',
    'ab',
    'abab-secret',
    'key\n',
    'of two',
    ' lines',
    '\n',
    'x',
    'key\nof two lines',
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const filter = createSecretFilter(secrets);
      const shown = pieces.map((text) => filter.push(text)).join('') + filter.end();
      for (const secret of secrets) expect(shown).not.toContain(secret);
      expect(shown).toBe(secrets.reduce((text, secret) => text.replaceAll(secret, '••••'), pieces.join('')));
    }),
  );
});

it('holds back only what may become a secret', () => {
  const filter = createSecretFilter(['hunter2-hunter2']);
  expect(filter.push('Continue? [y/n] ')).toBe('Continue? [y/n] ');
  expect(filter.push('the password is hunter2-')).toBe('the password is ');
  expect(filter.push('hunter2.')).toBe('••••.');
});
