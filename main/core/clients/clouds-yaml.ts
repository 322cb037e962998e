/** Changes one entry of a person's clouds.yaml and keeps the rest: data, comments, order. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, parseAllDocuments, YAMLMap, type Document } from 'yaml';
import { StackboxError } from '../../contract/errors';

/** The entry with this name as it is now; `undefined` when there is none. @throws StackboxError `bad-input` */
export function readEntry(text: string, name: string): unknown {
  return cloudsIn(dataOf(open(text)))[name];
}

/** @returns the file with the entry, in the place of the one that has its name. @throws StackboxError `bad-input` */
export function putEntry(text: string, name: string, entry: unknown): string {
  return change(text, name, entry, (document) => {
    const clouds = cloudsMap(document);
    clouds.set(document.createNode(name), document.createNode(entry));
  });
}

/** @returns the file without the entry. @throws StackboxError `bad-input` */
export function dropEntry(text: string, name: string): string {
  return change(text, name, undefined, (document) => {
    cloudsMap(document).delete(name);
  });
}

/** Tells an entry from every other, whatever the order of its keys. */
export function fingerprint(entry: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(entry)) ?? '')
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}

/** Changes the document and looks whether all else is as it was: it is the person's file, and it may hold other clouds' keys. */
function change(text: string, name: string, wanted: unknown, edit: (document: Document) => void): string {
  const document = open(text);
  const before = dataOf(document);
  edit(document);
  const style = { lineWidth: 0, indent: indentOf(text), indentSeq: !hasFlatLists(text) };
  const plain = document.toString(style);
  const changed = text.includes('\r\n') ? plain.replaceAll('\n', '\r\n') : plain;
  const after = dataOf(open(changed));
  const kept = isDeepStrictEqual(without(before, name), without(after, name));
  if (kept && isDeepStrictEqual(cloudsIn(after)[name], wanted)) return changed;
  throw notUsable('It is written in a way that cannot be changed without a loss.');
}

function open(text: string): Document {
  const documents = parseAllDocuments(text);
  if ('empty' in documents) return fresh(text);
  const [document] = documents;
  if (document === undefined) return fresh(text);
  if (documents.length > 1) throw notUsable('It holds several documents.');
  const [error] = document.errors;
  if (error) throw notUsable(error.message.split('\n')[0] ?? '');
  if (document.contents !== null && !isEmpty(document.contents) && !isMap(document.contents)) {
    throw notUsable('It does not begin with a list of names.');
  }
  return document;
}

/** Nothing but comments, or nothing at all. */
function fresh(text: string): Document {
  const [document] = parseAllDocuments(`${text}\n{}`);
  if (document === undefined) throw notUsable('It could not be read.');
  document.contents = null;
  return document;
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

/** The map below `clouds`; made when there is none. */
function cloudsMap(document: Document): YAMLMap {
  const root = isMap(document.contents) ? document.contents : new YAMLMap(document.schema);
  document.contents = root;
  root.flow = false;
  const there = root.get('clouds', true);
  if (isMap(there)) {
    // What was empty, `{}`, is written on lines of its own from now on.
    if (there.items.length === 0) there.flow = false;
    return there;
  }
  if (there !== undefined && !isEmpty(there)) throw notUsable('Its "clouds" are no list of names.');
  const clouds = new YAMLMap(document.schema);
  if (typeof there?.comment === 'string') clouds.commentBefore = there.comment;
  root.set('clouds', clouds);
  return clouds;
}

function dataOf(document: Document): Record<string, unknown> {
  let data: unknown;
  try {
    // Aliases of aliases can make a small file fill the memory; this is the library's own limit.
    data = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw notUsable(error instanceof Error ? error.message : String(error), error);
  }
  if (data === null || data === undefined) return {};
  return data as Record<string, unknown>;
}

function cloudsIn(data: Record<string, unknown>): Record<string, unknown> {
  const { clouds } = data;
  if (clouds === null || clouds === undefined) return {};
  if (typeof clouds !== 'object' || Array.isArray(clouds)) throw notUsable('Its "clouds" are no list of names.');
  return clouds as Record<string, unknown>;
}

/** All data but one cloud; no clouds at all and an empty list of them are the same. */
function without(data: Record<string, unknown>, name: string): unknown {
  const { [name]: _left, ...others } = cloudsIn(data);
  return { ...data, clouds: others };
}

/** How far the person indents; 2 where nothing tells. */
function indentOf(text: string): number {
  const width = /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return Math.min(Math.max(width, 1), 8);
}

/** Whether lists begin where their key does. */
function hasFlatLists(text: string): boolean {
  return /^( *)[^\s#-][^\n]*:[ \t]*\r?\n\1- /m.test(text);
}

function notUsable(why: string, cause?: unknown): StackboxError {
  return new StackboxError(
    'bad-input',
    `Your clouds.yaml cannot be changed: ${why}`,
    { hint: 'Nothing was changed. Correct the file, or copy the entry into it by hand.' },
    { cause },
  );
}
