const KEY = 'stackbox-token';

/**
 * Takes the token out of the address (`#token=…`) and keeps it for this tab, so that neither the history nor a
 * copied address carries it.
 * @returns the token of this address or of an earlier one in this tab; `undefined` when there never was one.
 */
export function takeToken(): string | undefined {
  const match = /^#token=([A-Za-z0-9._~-]+)$/.exec(location.hash);
  if (match?.[1] !== undefined) {
    sessionStorage.setItem(KEY, match[1]);
    history.replaceState(null, '', `${location.pathname}${location.search}#/`);
  }
  return sessionStorage.getItem(KEY) ?? undefined;
}

/** Forgets a token that was turned away. */
export function dropToken(): void {
  sessionStorage.removeItem(KEY);
}
