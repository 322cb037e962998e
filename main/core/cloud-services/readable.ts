// oxlint-disable-next-line no-control-regex -- control characters are what must go
const CONTROL = /\u001B\[[0-?]*[ -/]*[@-~]|[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g;

/** What a guest said as part of an error: its last 2000 characters, without anything that moves or colours. */
export function readable(text: string): string {
  return text.slice(-2000).replace(CONTROL, '').trim();
}
