/** Whether services log at debug: what their configuration files say, asked of a script in the machine, and the change of one. */
import { z } from 'zod';
import type { CloudService, KnownLevel, LogLevel, ServiceState } from '../../contract/cloud-services';
import { StackboxError } from '../../contract/errors';
import type { Guest, GuestResult } from '../../guest/guest';
import { findService, type ServiceTable } from '../../recipes/services';
import script from './log-level.py?raw';
import { readable } from './readable';

/** The script goes by standard input, so that neither "Commands" nor the machine's record of sudo has it whole each time. */
const SCRIPT = ['python3', '-I', '-'] as const;

/** What the script says of a file; see there. */
const fileSchema = z.union([
  z.strictObject({ absent: z.literal(true) }),
  z.strictObject({ unclear: z.string().max(200) }),
  z.strictObject({
    /** When it was changed, in ms. */
    changed: z.int(),
    /** Null where it does not say. */
    debug: z.boolean().nullable(),
    /** Another file that all logging goes by, so that debug is without effect. */
    elsewhere: z.string().max(400).optional(),
  }),
]);
type FileAnswer = z.infer<typeof fileSchema>;

const READS: ReadonlySet<ServiceState> = new Set(['running', 'done', 'starting', 'restarting']);

/** Whether the service runs, or is about to, and so goes by what its files said when it started. */
export function runs({ state }: CloudService): boolean {
  return READS.has(state);
}

/** @throws StackboxError `guest-failed`, `unreachable` */
export async function readLevels(
  guest: Guest,
  table: ServiceTable,
  services: readonly CloudService[],
  signal?: AbortSignal,
): Promise<LogLevel[]> {
  const config = new Map(services.map(({ unit }) => [unit, findService(table, unit)?.config ?? []]));
  const paths = [...new Set([...config.values()].flat())];
  const files = paths.length === 0 ? new Map<string, FileAnswer>() : await askFor(guest, paths, signal);
  const levels = services.map((service) => levelOf(service, config.get(service.unit) ?? [], files));
  return levels.map((level) =>
    level.kind === 'none'
      ? level
      : { ...level, alike: levels.filter((other) => sharesFile(level, other)).map(({ unit }) => unit) },
  );
}

function sharesFile(level: KnownLevel, other: LogLevel): boolean {
  return other.kind === 'level' && other.file === level.file && other.unit !== level.unit;
}

async function askFor(guest: Guest, paths: string[], signal?: AbortSignal): Promise<Map<string, FileAnswer>> {
  const answer = await guest.exec([...SCRIPT, 'read', ...paths], {
    root: true,
    quiet: true,
    input: script,
    ...(signal && { signal }),
  });
  if (answer.exitCode !== 0) throw failed('The log levels of the services could not be read.', answer);
  const files = z.array(fileSchema).length(paths.length).safeParse(parsed(answer.stdout));
  if (!files.success) throw failed('The machine said something else than the log levels of its services.', answer);
  return new Map(files.data.map((file, place) => [paths[place] ?? '', file]));
}

/** Sets one file. @returns whether it said something else before; @throws StackboxError `guest-failed` */
export async function writeLevel(guest: Guest, file: string, debug: boolean, signal?: AbortSignal): Promise<boolean> {
  const answer = await guest.exec([...SCRIPT, 'set', file, String(debug)], {
    root: true,
    input: script,
    ...(signal && { signal }),
  });
  if (answer.exitCode !== 0) throw failed(`${file} could not be changed.`, answer);
  const said = z.strictObject({ changed: z.boolean() }).safeParse(parsed(answer.stdout));
  if (!said.success) throw failed(`The machine did not say whether ${file} was changed.`, answer);
  return said.data.changed;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No schema accepts it, and whoever asked says what came instead.
    return undefined;
  }
}

function failed(message: string, { exitCode, stdout, stderr }: GuestResult): StackboxError {
  return new StackboxError('guest-failed', message, { output: readable(stderr || stdout), exitCode });
}

/** By the last file that says so; where none does, `debug` is off, and the first one would have to say otherwise. */
function levelOf(service: CloudService, config: readonly string[], files: ReadonlyMap<string, FileAnswer>): LogLevel {
  const { unit, name, since } = service;
  const none = (why: string): LogLevel => ({ kind: 'none', unit, why });
  if (config.length === 0) return none(`The recipe knows no configuration file that has a debug switch of ${name}.`);
  const known: { path: string; changed: number; debug: boolean | null; elsewhere?: string | undefined }[] = [];
  for (const path of config) {
    const file = files.get(path);
    if (file === undefined || 'absent' in file) continue;
    if ('unclear' in file) return none(`${path} ${readable(file.unclear)}.`);
    known.push({ path, ...file });
  }
  const [first] = known;
  if (first === undefined) return none(`The machine has no ${config.join(', ')}.`);
  const elsewhere = known.findLast((file) => file.elsewhere !== undefined);
  if (elsewhere?.elsewhere !== undefined) {
    return none(
      `${elsewhere.path} leaves all logging to ${readable(elsewhere.elsewhere)}, so debug is without effect.`,
    );
  }
  const decides = known.findLast(({ debug }) => debug !== null) ?? first;
  return {
    kind: 'level',
    unit,
    debug: decides.debug ?? false,
    file: decides.path,
    alike: [],
    stale: runs(service) && since !== undefined && known.some(({ changed }) => changed >= since + 1000),
  };
}
