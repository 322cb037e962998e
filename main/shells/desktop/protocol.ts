/** `app://stackbox/`: the built window under an origin of its own, so that no page has the rights of a file. */
import { protocol } from 'electron';
import { readWindowFile, securityHeaders } from '../window-files';

const SCHEME = 'app';
export const WINDOW_ORIGIN = `${SCHEME}://stackbox`;

/** To be called before Electron is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Answers `app://stackbox/…` from the folder, and nothing else. */
export function handOutWindow(folder: string): void {
  protocol.handle(SCHEME, (request) => answer(folder, request));
}

async function answer(folder: string, { url, method }: Request): Promise<Response> {
  const headers = securityHeaders();
  const { host, pathname } = new URL(url);
  const file = host === 'stackbox' && method === 'GET' ? await readWindowFile(folder, pathname) : undefined;
  if (!file) return new Response('There is no such file.', { status: 404, headers });
  return new Response(file.body, { headers: { ...headers, 'content-type': file.type } });
}
