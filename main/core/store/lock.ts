/**
 * One Stackbox a data folder. The lock names its holder by process id and start time, because a process id alone is
 * given to somebody else after a reboot: a stale lock must never keep a person out.
 */
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import { isMissing, storageError } from './atomic-json';

const lockSchema = z.object({ pid: z.int().positive(), startedAt: z.string() });

export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the lock or says who has it.
 * @throws StackboxError `locked` when a living process holds it, `storage` when it cannot be written.
 */
export async function takeLock(path: string): Promise<Lock> {
  const mine = JSON.stringify({ pid: process.pid, startedAt: await startOf(process.pid) });
  for (;;) {
    if (await tryTake(path, mine)) return { release: () => rm(path, { force: true }) };
    const found = await readLock(path);
    if (found === undefined) continue;
    const holder = await livingHolder(found);
    if (holder !== undefined) {
      throw new StackboxError('locked', `Another Stackbox (process ${holder}) uses this data folder.`, {
        hint: 'Use its window, or end it first.',
      });
    }
    await removeStale(path, found);
  }
}

/**
 * Takes a stale lock away. Somebody else may have done so, and taken the lock, since we read it: a lock that turns out
 * to be another one than we judged is put back.
 */
async function removeStale(path: string, judged: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== judged) await link(aside, path);
  } catch (error) {
    if (!isMissing(error)) throw storageError(`The stale lock ${path} could not be removed.`, error);
  } finally {
    await rm(aside, { force: true });
  }
}

/** A hard link is made in one piece: a lock is either absent or complete, never half written. */
async function tryTake(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(temporary, content, { mode: 0o600 });
    await link(temporary, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw storageError(`The lock ${path} could not be taken.`, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw storageError(`The lock ${path} could not be read.`, error);
  }
}

async function livingHolder(text: string): Promise<number | undefined> {
  const parsed = lockSchema.safeParse(parse(text));
  if (!parsed.success || !isAlive(parsed.data.pid)) return undefined;
  return (await startOf(parsed.data.pid)) === parsed.data.startedAt ? parsed.data.pid : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A lock that is no JSON was not written by us; it names nobody.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * When a process was started, as an opaque text. On Linux the kernel's start tick (field 22 of /proc/PID/stat) of this
 * boot; elsewhere the
 * process id alone has to do.
 */
async function startOf(pid: number): Promise<string> {
  if (process.platform !== 'linux') return 'unknown';
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The program's name (field 2) may hold spaces and brackets: fields are counted from the last bracket.
    return `${boot.trim()}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    // The process ended while we looked: it holds nothing.
    return 'ended';
  }
}
