/** Work that is skipped while nothing it depends on has changed: a hash of the inputs stands beside the output. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * @param {readonly string[]} paths files and folders; missing ones count as such
 * @param {(name: string) => boolean} [wanted] which files below a folder count
 * @returns {string} a hash of all names and contents
 */
export function hashOf(paths, wanted = () => true) {
  const hash = createHash('sha256');
  for (const path of paths) add(hash, path, wanted);
  return hash.digest('hex');
}

/** @param {string} stamp @param {string} hash */
export function isFresh(stamp, hash) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/** @param {string} stamp @param {string} hash */
export function writeStamp(stamp, hash) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

/** @param {import('node:crypto').Hash} hash @param {string} path @param {(name: string) => boolean} wanted */
function add(hash, path, wanted) {
  if (!existsSync(path)) {
    hash.update(`missing ${path}\0`);
    return;
  }
  const entries = readEntries(path);
  if (entries === undefined) hash.update(`file ${path}\0`).update(readFileSync(path)).update('\0');
  for (const entry of entries ?? []) {
    if (entry.isDirectory() || wanted(entry.name)) add(hash, join(path, entry.name), wanted);
  }
}

/** @param {string} path */
function readEntries(path) {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
