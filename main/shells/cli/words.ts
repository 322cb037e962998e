/** Sizes, durations and states in words. */

/** `12 min 4 s`, as the window writes it. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `221 MiB`, `3.4 GiB`. */
export function bytes(count: number): string {
  const mib = count / 1024 ** 2;
  return mib < 1024 ? `${Math.round(mib)} MiB` : `${(mib / 1024).toFixed(1)} GiB`;
}

// oxlint-disable-next-line no-control-regex -- control characters are what must go
const CONTROL = /\u001B\[[0-?]*[ -/]*[@-~]|[\u0000-\u001F\u007F-\u009F]/g;

/** Text from a guest on one line, without anything that would move the cursor or recolour the terminal. */
export function plainLine(text: string): string {
  return text.replace(CONTROL, ' ').trim();
}
