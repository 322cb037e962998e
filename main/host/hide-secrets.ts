/** Texts that must never be seen, taken out of what is shown and logged. */

/** Replaces every secret in `text` by `••••`. Very short secrets are left alone, or they would eat ordinary words. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => (secret.length < 4 ? clean : clean.replaceAll(secret, '••••')), text);
}

/**
 * The same for a text that comes in pieces, cut anywhere: the beginning of what may become a secret waits for the next piece.
 * `end` gives what still waits.
 */
export function hideSecretsAsTheyCome(secrets: readonly string[]): { push(text: string): string; end(): string } {
  let waiting = '';
  return {
    push(text) {
      const clean = hideSecrets(waiting + text, secrets);
      const length = Math.max(0, ...secrets.map((secret) => beginningAtEnd(clean, secret)));
      waiting = clean.slice(clean.length - length);
      return clean.slice(0, clean.length - length);
    },
    end() {
      const rest = waiting;
      waiting = '';
      return rest;
    },
  };
}

/** How many characters at the end of `text` are the beginning of `secret`, but not all of it. */
function beginningAtEnd(text: string, secret: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}
