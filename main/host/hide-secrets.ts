/** Texts that must never be seen, taken out of what is shown and logged. */

/** Replaces every secret in `text` by `••••`. Very short secrets are left alone, or they would eat ordinary words. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => (secret.length < 4 ? clean : clean.replaceAll(secret, '••••')), text);
}
