/** What a wait for the guest tells while it lasts, and what ends it. */
export interface ContactContext {
  readonly signal: AbortSignal;
  /** A sign of life, with what it is at. */
  progress(fraction: number | undefined, detail?: string): void;
  /** A sign of life as well. */
  line(text: string): void;
}
