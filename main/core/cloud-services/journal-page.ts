/** A piece of the guest's journal: the question to journalctl, and what may be believed of its answer. */
import { z } from 'zod';
import type { JournalEntry, JournalPage, JournalQuery } from '../../contract/cloud-services';
import { StackboxError } from '../../contract/errors';
import type { GuestResult } from '../../guest/guest';
import { readable } from './readable';

/** The most bytes of one answer; a line that is longer than this cannot be read. */
const MAX_BYTES = 8 * 1024 * 1024;
/** The most characters of one message that are shown. */
const MAX_TEXT = 64 * 1024;
/** How often (ms) the journal is looked at while somebody waits for more; the script says it in seconds. */
const LOOK_EVERY = 1000;

/**
 * At most `$1` entries in at most `$3` bytes; looks `$2` more times as long as there are none. A journalctl that failed says so in
 * the last line, since a pipeline ends as its last program does; with `--grep` it also "fails" when nothing matches. With
 * `--follow` it would outlive us: it notices that nobody listens only when there is something to say.
 */
const READ = `n=$1 looks=$2 bytes=$3
shift 3
while :; do
  out=$({ journalctl "$@" || echo "exit $?"; } | head -n "$n" | head -c "$bytes")
  case $out in "" | "exit "*) [ "$looks" -gt 0 ] || break ;; *) break ;; esac
  looks=$((looks - 1))
  sleep 1
done
printf '%s\\n' "$out"`;

type Question = Pick<JournalQuery, 'request' | 'after' | 'lines' | 'waitMs'>;

/** @param units names or patterns, which journalctl reads as systemctl does */
export function journalArgv(units: readonly string[], { request, after, lines, waitMs }: Question): string[] {
  const looks = Math.floor(waitMs / LOOK_EVERY);
  return [
    ...['sh', '-c', READ, 'sh', String(lines), String(looks), String(MAX_BYTES)],
    // `--all`: fields of more than 4 KiB would be left out, and a traceback is.
    ...['--quiet', '--no-pager', '--output=json', '--all', '--output-fields=MESSAGE,_SYSTEMD_UNIT,UNIT'],
    ...units.map((unit) => `--unit=${unit}`),
    ...(request === undefined ? [] : [`--grep=${request}`]),
    after === undefined ? `--lines=${lines}` : `--after-cursor=${after}`,
  ];
}

/** Bytes that are no text come as numbers, a field that is there several times as a list of either. */
const textSchema = z.union([
  z.string(),
  z.array(z.int().min(0).max(255)).transform((bytes) => Buffer.from(bytes).toString('utf8')),
]);
const fieldSchema = z
  .union([textSchema, z.array(textSchema).transform((texts) => texts.join('\n')), z.null().transform(() => '')])
  .optional();

const lineSchema = z.object({
  __CURSOR: z
    .string()
    .max(400)
    .regex(/^[A-Za-z0-9=;]+$/),
  __REALTIME_TIMESTAMP: z.string().regex(/^\d{1,18}$/),
  MESSAGE: fieldSchema,
  _SYSTEMD_UNIT: fieldSchema,
  UNIT: fieldSchema,
});
type Line = z.infer<typeof lineSchema>;

/**
 * Reads the answer. @param nameOf a service's OpenStack name by its unit
 * @throws StackboxError `guest-failed` for anything else than what journalctl says
 */
export function readPage(
  answer: GuestResult,
  { after, lines }: Pick<JournalQuery, 'after' | 'lines'>,
  nameOf: (unit: string) => string,
): JournalPage {
  const said = answer.stdout.split('\n').filter((line) => line !== '');
  const ended = /^exit \d+$/.test(said.at(-1) ?? '') ? said.pop() : undefined;
  // A search that finds nothing ends with 1 as well, but without a word.
  if (said.length === 0 && (answer.exitCode !== 0 || (ended !== undefined && answer.stderr.trim() !== ''))) {
    throw new StackboxError('guest-failed', 'The journal of the machine could not be read.', {
      output: readable(answer.stderr),
    });
  }
  const cut = Buffer.byteLength(answer.stdout) >= MAX_BYTES;
  const read = said.flatMap((line, index) => {
    const parsed = lineSchema.safeParse(parse(line));
    if (parsed.success) return [parsed.data];
    // The last one was cut off, and is the first of the next answer.
    if (cut && index > 0 && index === said.length - 1) return [];
    throw new StackboxError('guest-failed', 'journalctl in the machine said something else than a journal.', {
      output: readable(line.slice(0, 500)),
    });
  });
  // With --grep and --lines together it begins with the newest (252).
  const inOrder = timeOf(read[0]) > timeOf(read.at(-1)) ? read.reverse() : read;
  const next = inOrder.at(-1)?.__CURSOR ?? after;
  return {
    entries: inOrder.map((line) => entryOf(line, nameOf)),
    more: after !== undefined && (cut || read.length >= lines),
    ...(next !== undefined && { next }),
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // No JSON at all: the schema refuses `undefined` as well.
    return undefined;
  }
}

function entryOf(line: Line, nameOf: (unit: string) => string): JournalEntry {
  // What systemd itself says of a service has the service's name in UNIT, and is not from the service's own unit.
  const unit = (line.UNIT ?? line._SYSTEMD_UNIT ?? '').slice(0, 255);
  const text = line.MESSAGE ?? '';
  return {
    time: timeOf(line),
    unit,
    service: nameOf(unit),
    text: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text,
  };
}

/** The journal counts in microseconds. */
function timeOf(line: Line | undefined): number {
  return Math.floor(Number(line?.__REALTIME_TIMESTAMP ?? 0) / 1000);
}
