/** Numbers as a person reads them: always with a unit, never with more digits than are known. */

const KIB = 1024;

/** Bytes as `221 MiB` or `7.6 GiB`; below 1 MiB in KiB. */
export function formatBytes(bytes: number): string {
  const mib = bytes / (KIB * KIB);
  if (mib < 1) return `${Math.ceil(bytes / KIB)} KiB`;
  return formatMiB(mib);
}

/** MiB as `512 MiB` or, from 1 GiB on, `7.6 GiB`. */
export function formatMiB(mib: number): string {
  if (mib < KIB) return `${Math.round(mib)} MiB`;
  return formatGiB(mib / KIB);
}

/** GiB as `20 GiB`, `7.6 GiB`, or from 1 TiB on, `1.5 TiB`. */
export function formatGiB(gib: number): string {
  return gib < KIB ? `${short(gib)} GiB` : `${short(gib / KIB)} TiB`;
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}

/** Milliseconds as `240 ms`, `4 s`, `12 min 4 s` or `1 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  return formatSeconds(Math.floor(ms / 1000));
}

/** A duration that ticks: whole seconds from the start, so that it does not change its shape within the first one. */
export function formatElapsed(ms: number): string {
  return formatSeconds(Math.max(0, Math.floor(ms / 1000)));
}

function formatSeconds(total: number): string {
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = total % 60;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes > 0) return seconds > 0 ? `${minutes} min ${seconds} s` : `${minutes} min`;
  return `${seconds} s`;
}

/** How long ago something was, from a minute up: `5 min`, `2 h`. */
export function formatAge(ms: number): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

/** Time left: no finer than an estimate can be. `1 min` and up in whole minutes, below that in steps of 10 s. */
export function formatLeft(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes >= 60) return formatSeconds(minutes * 60);
  if (ms >= 55_000) return `${Math.max(1, minutes)} min`;
  return `${Math.max(10, Math.ceil(ms / 10_000) * 10)} s`;
}

/** A moment as the clock shows it, with the day only when it is another one. */
export function formatMoment(time: number, now: number): string {
  const date = new Date(time);
  const clock = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  if (date.toDateString() === new Date(now).toDateString()) return clock;
  return `${date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })}, ${clock}`;
}

/** The full date and time, for a tooltip. */
export function formatFullDate(time: number): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' });
}

/** A share (0…1) as `42 %`. Never `100 %` before it is all. */
export function formatShare(share: number): string {
  return `${share >= 1 ? 100 : Math.min(99, Math.floor(share * 100))} %`;
}

/** A command as one line to paste into a POSIX shell; what needs quotes gets them. */
export function formatCommand(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');
}
