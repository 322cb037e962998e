/** Hides secrets in text that comes in pieces, cut anywhere. */
import { hideSecrets } from './hide-secrets';

export interface SecretFilter {
  /** @returns what can be shown by now: an end that may be the beginning of a secret waits for the next piece */
  push(text: string): string;
  /** @returns what still waits; nothing more will come */
  end(): string;
}

export function createSecretFilter(secrets: readonly string[]): SecretFilter {
  let held = '';
  return {
    push(text) {
      const clean = hideSecrets(held + text, secrets);
      const shown = clean.length - Math.max(0, ...secrets.map((secret) => overlap(clean, secret)));
      held = clean.slice(shown);
      return clean.slice(0, shown);
    },
    end() {
      const rest = held;
      held = '';
      return rest;
    },
  };
}

/** How many characters at the text's end are the beginning of the secret, and not yet all of it. */
function overlap(text: string, secret: string): number {
  for (let length = Math.min(text.length, secret.length - 1); length > 0; length--) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}
