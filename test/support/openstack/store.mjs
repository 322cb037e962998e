/** What is in the cloud: its file, read before a program runs and written after it. */
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export const file = process.argv[2];

/** `services`, `things` by kind, `behave`, `calls`; and whether the shell that called has the administrator's file. */
export const cloud = { signedIn: false };

export function load() {
  Object.assign(cloud, JSON.parse(readFileSync(file, 'utf8')));
}

export function save() {
  const { services, behave, things, calls } = cloud;
  writeFileSync(`${file}.new`, JSON.stringify({ services, behave, things, calls }));
  renameSync(`${file}.new`, file);
}

/** A program that ended; a failure says its text on standard error. */
export class Ended extends Error {
  constructor(code, text) {
    super();
    Object.assign(this, { code, text });
  }
}

export function end(code, text = '') {
  throw new Ended(code, text);
}

export function fail(text) {
  return end(1, `${text}\n`);
}

export function list(kind) {
  return (cloud.things[kind] ??= []);
}

export function find(kind, wanted) {
  const found = list(kind).find(({ id, name }) => id === wanted || name === wanted);
  return found ?? fail(`No ${kind} found for ${wanted}`);
}

export function make(kind, part) {
  const thing = { id: randomUUID(), ...part };
  list(kind).push(thing);
  return thing;
}

export function remove(kind, wanted) {
  const thing = find(kind, wanted);
  cloud.things[kind] = list(kind).filter((one) => one !== thing);
}
