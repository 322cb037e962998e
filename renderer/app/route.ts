import { useSyncExternalStore } from 'react';

export const CLOUD_TABS = ['overview', 'progress', 'logs', 'terminal', 'services', 'snapshots'] as const;
export type CloudTab = (typeof CLOUD_TABS)[number];

export type Route =
  | { readonly page: 'home' | 'create' | 'images' | 'doctor' | 'settings' }
  | { readonly page: 'cloud'; readonly cloudId: string; readonly tab: CloudTab | undefined };

const PLAIN_PAGES = ['create', 'images', 'doctor', 'settings'] as const;

/** The page that an address names; an address that names none leads home. */
export function parseRoute(hash: string): Route {
  const [page, id, tab] = hash.replace(/^#\/?/, '').split('/').map(decode);
  if (page === 'clouds' && id !== undefined && id !== '') {
    return { page: 'cloud', cloudId: id, tab: CLOUD_TABS.find((known) => known === tab) };
  }
  const plain = PLAIN_PAGES.find((known) => known === page);
  return { page: plain ?? 'home' };
}

/** The address of a page, for a link. Without a tab, a cloud opens on the tab that was open last. */
export function href(route: Route): string {
  switch (route.page) {
    case 'home':
      return '#/';
    case 'cloud': {
      const base = `#/clouds/${encodeURIComponent(route.cloudId)}`;
      return route.tab === undefined ? base : `${base}/${route.tab}`;
    }
    case 'create':
    case 'images':
    case 'doctor':
    case 'settings':
      return `#/${route.page}`;
  }
}

/** Goes to a page. `replace` leaves no step in the history, for redirects. */
export function navigate(route: Route, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') location.hash = href(route);
  else location.replace(href(route));
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return parseRoute(hash);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

/** An address typed by hand may hold a broken escape; it then names nothing. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
