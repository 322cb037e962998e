/** The built window (out/renderer) as files to hand out, the same for the desktop and the browser shell. */
import { readFile } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { isMissing } from '../core/store/atomic-json';

/** A browser must never guess a type (nosniff), so every kind of file that the build makes is named here. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

export interface WindowFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** Whether the name holds a hash of the content, so that a browser may keep the file for ever. */
  readonly hashed: boolean;
}

/**
 * Reads one file of the window.
 * @param pathname path of a URL, still percent-encoded; `/` is the page
 * @returns `undefined` for whatever is not a plain file inside `folder`
 */
export async function readWindowFile(folder: string, pathname: string): Promise<WindowFile | undefined> {
  const path = pathInside(folder, pathname);
  const type = path === undefined ? undefined : TYPES[extname(path)];
  if (path === undefined || type === undefined) return undefined;
  try {
    return { body: new Uint8Array(await readFile(path)), type, hashed: pathname.startsWith('/assets/') };
  } catch (error) {
    if (isMissing(error) || isFolder(error)) return undefined;
    throw error;
  }
}

/** The path on disk that a URL's path means, or `undefined` when it leaves the folder or cannot be a path. */
export function pathInside(folder: string, pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname === '/' ? '/index.html' : pathname);
  } catch {
    // A malformed percent sequence names no file.
    return undefined;
  }
  // On Windows a backslash or a drive letter would lead out as well.
  if (/[\0\\:]/.test(decoded)) return undefined;
  const root = resolve(folder);
  const path = resolve(root, `.${decoded}`);
  return path.startsWith(root + sep) ? path : undefined;
}

/**
 * Headers for every answer. Scripts only from our own files; styles also inline, because Mantine writes its theme and
 * xterm its cell sizes as style elements.
 * @param connect where the page may connect to besides its own origin
 */
export function securityHeaders(connect: readonly string[] = []): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    ["connect-src 'self'", ...connect].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), usb=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

function isFolder(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EISDIR' || error.code === 'ENOTDIR');
}
