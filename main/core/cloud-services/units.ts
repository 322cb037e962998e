/** Services as `systemctl show` has them: one call for all of a cloud, and what may be believed of its answer. */
import { z } from 'zod';
import { MAX_UNITS, unitNameSchema, type CloudService, type ServiceState } from '../../contract/cloud-services';
import { StackboxError } from '../../contract/errors';
import { findService, unitsOf, type ServiceTable } from '../../recipes/services';
import type { GuestResult } from '../../guest/guest';
import { readable } from './readable';

const PROPERTIES = [
  ...['Id', 'LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'Result', 'NRestarts', 'MemoryCurrent'],
  ...['ActiveEnterTimestamp', 'ActiveExitTimestamp', 'InactiveEnterTimestamp', 'InactiveExitTimestamp'],
].join(',');

/**
 * The question. Times are asked for in UTC, because systemd before 251 (Ubuntu 22.04) writes them only for people, in the zone
 * of the machine. `--all`, because patterns leave out what does not run.
 */
export function showArgv(units: readonly string[]): string[] {
  const options = ['--all', '--no-pager', `--property=${PROPERTIES}`];
  return ['env', 'LC_ALL=C', 'TZ=UTC', 'systemctl', 'show', ...options, '--', ...units];
}

const timeSchema = z.string().transform(readTime).optional();

/** systemd leaves out what its version does not know; what it has not set is empty or `[not set]`. */
const unitSchema = z.object({
  Id: unitNameSchema,
  LoadState: z.string(),
  ActiveState: z.enum([
    'active',
    'reloading',
    'inactive',
    'failed',
    'activating',
    'deactivating',
    'maintenance',
    'refreshing',
  ]),
  SubState: z.string(),
  UnitFileState: z.string().default(''),
  Result: z.string().max(40).default(''),
  NRestarts: z.string().default('').transform(readCount),
  MemoryCurrent: z.string().default('').transform(readCount),
  ActiveEnterTimestamp: timeSchema,
  ActiveExitTimestamp: timeSchema,
  InactiveEnterTimestamp: timeSchema,
  InactiveExitTimestamp: timeSchema,
});
type Unit = z.infer<typeof unitSchema>;

/**
 * Reads the answer: services in the order of the recipe's table, without those that the machine does not have.
 * @throws StackboxError `guest-failed` for anything else than what systemd says
 */
export function readUnits(answer: GuestResult, table: ServiceTable): CloudService[] {
  if (answer.exitCode !== 0) {
    throw new StackboxError('guest-failed', 'The machine could not be asked for its services.', {
      output: readable(answer.stderr),
      exitCode: answer.exitCode,
    });
  }
  const units = new Map<string, Unit>();
  for (const block of blocksOf(answer.stdout)) {
    const unit = unitSchema.safeParse(block);
    if (!unit.success) throw notSystemd(answer.stdout);
    if (unit.data.LoadState === 'loaded') units.set(unit.data.Id, unit.data);
    if (units.size >= MAX_UNITS) break;
  }
  return [...units.values()]
    .flatMap((unit) => {
      const known = findService(table, unit.Id);
      return known ? [{ place: known.place, service: serviceOf(unit, known) }] : [];
    })
    .sort((a, b) => a.place - b.place || compare(a.service.unit, b.service.unit))
    .map(({ service }) => service);
}

/** The table's units that exist in the machine under these names or patterns. */
export function questionFor(table: ServiceTable): string[] {
  return showArgv(unitsOf(table));
}

/** Empty lines part the units. A line without `=` goes on with a value that had a line break, which none of ours has. */
function* blocksOf(text: string): Generator<Record<string, string>> {
  let block: Record<string, string> = {};
  let any = false;
  for (const line of linesOf(text)) {
    if (line === '') {
      if (any) yield block;
      block = {};
      any = false;
      continue;
    }
    const at = line.indexOf('=');
    if (at < 1) throw notSystemd(text);
    any = true;
    block[line.slice(0, at)] = line.slice(at + 1);
  }
  if (any) yield block;
}

/** One at a time: an answer may be 64 MiB long, and its first wrong line ends the reading. */
function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? text.length : end);
    from = end < 0 ? text.length : end + 1;
    yield line;
  }
}

function notSystemd(text: string): StackboxError {
  return new StackboxError(
    'guest-failed',
    'systemctl in the machine said something else than the states of services.',
    {
      output: readable(text.slice(0, 2000)),
    },
  );
}

type Known = NonNullable<ReturnType<typeof findService>>;

function serviceOf(unit: Unit, { name, group, hurts }: Known): CloudService {
  const state = stateOf(unit);
  const since = sinceOf(unit);
  return {
    unit: unit.Id,
    name,
    group,
    state,
    restarts: unit.NRestarts ?? 0,
    enabled: unit.UnitFileState.startsWith('enabled'),
    ...(since !== undefined && { since }),
    ...(unit.MemoryCurrent !== undefined && { memoryBytes: unit.MemoryCurrent }),
    ...((state === 'failed' || state === 'restarting') && unit.Result !== '' && { result: unit.Result }),
    ...(hurts !== undefined && { hurts }),
  };
}

function stateOf({ ActiveState, SubState }: Unit): ServiceState {
  switch (ActiveState) {
    case 'active':
      return SubState === 'exited' ? 'done' : 'running';
    case 'reloading':
    case 'refreshing':
      return 'running';
    case 'activating':
      return SubState.startsWith('auto-restart') ? 'restarting' : 'starting';
    case 'deactivating':
      return 'stopping';
    case 'failed':
      return 'failed';
    case 'inactive':
    case 'maintenance':
      return 'stopped';
  }
}

/** The moment that `systemctl status` shows as "since". */
function sinceOf(unit: Unit): number | undefined {
  switch (unit.ActiveState) {
    case 'active':
    case 'reloading':
    case 'refreshing':
      return unit.ActiveEnterTimestamp;
    case 'activating':
      return unit.InactiveExitTimestamp;
    case 'deactivating':
      return unit.ActiveExitTimestamp;
    case 'inactive':
    case 'failed':
    case 'maintenance':
      return unit.InactiveEnterTimestamp;
  }
}

/** `Sat 2026-11-21 16:50:49 UTC` in ms; `undefined` for what never was (empty or `n/a`). */
function readTime(text: string): number | undefined {
  const match = /^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/.exec(text);
  const time = match ? Date.parse(`${match[1] ?? ''}T${match[2] ?? ''}Z`) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Without accounting systemd says `[not set]`, or all ones, which no number of ours can hold. */
function readCount(text: string): number | undefined {
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(count) ? count : undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
