/**
 * The lines of a log in little memory: text in chunks, and for each chunk the places where its lines begin. No object a
 * line, so a million lines cost their text and 4 bytes each.
 */
import type { Finder } from './finder';

/** The most lines that are kept; Chromium cannot scroll through many more rows than this. */
export const MAX_LINES = 1_000_000;
/** The most characters that are kept, whatever the number of lines. */
export const MAX_CHARS = 192 * 1024 * 1024;
/** A search may rest after this many characters. */
const PIECE_CHARS = 32 * 1024;

interface Chunk {
  /** Whole lines, each with its line feed. */
  readonly text: string;
  readonly starts: Uint32Array;
  /** Number of the first line, counted from the beginning of the log. */
  readonly first: number;
}

export interface SearchSlice {
  /** Numbers of the lines that match. */
  readonly lines: readonly number[];
  /** The first line that was not searched for good. */
  readonly searchedTo: number;
}

/** Terminal control sequences: CSI, OSC (ended by BEL or ST), and two-character escapes. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[()*+][A-Za-z0-9]|[ -~])/g;
// oxlint-disable-next-line no-control-regex -- same reason
const STRAY = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;

/** Text as it looks when it has been printed: no colours, and of an overwritten line only its last state. */
export function plain(text: string): string {
  const lines = text.replace(CONTROL, '').replace(/\r+\n/g, '\n').replace(STRAY, '');
  // Most logs overwrite nothing; looking line by line would cost them most of their time.
  return lines.includes('\r') ? lines.split('\n').map(lastState).join('\n') : lines;
}

/** What stands in a line after all that overwrote it. */
function lastState(line: string): string {
  const ended = line.endsWith('\r') ? line.slice(0, -1) : line;
  return ended.slice(ended.lastIndexOf('\r') + 1);
}

export class LogBuffer {
  private chunks: Chunk[] = [];
  /** The last line as long as its line feed has not come; raw, since a control sequence may be cut in two. */
  private tail = '';
  private end = 0;
  private chars = 0;
  /** Length of the longest line so far, which is how far one can scroll sideways. */
  longest = 0;

  private readonly maxLines: number;
  private readonly maxChars: number;

  constructor(maxLines = MAX_LINES, maxChars = MAX_CHARS) {
    this.maxLines = maxLines;
    this.maxChars = maxChars;
  }

  /** Number of the first line that is kept; the ones before it were dropped. */
  get first(): number {
    return this.chunks[0]?.first ?? this.end;
  }

  /** One more than the number of the last line. */
  get next(): number {
    return this.end + (this.tail === '' ? 0 : 1);
  }

  clear(): void {
    this.chunks = [];
    this.tail = '';
    this.end = 0;
    this.chars = 0;
    this.longest = 0;
  }

  append(raw: string): void {
    const joined = this.tail + raw;
    const cut = joined.lastIndexOf('\n') + 1;
    this.tail = joined.slice(cut);
    if (cut > 0) this.add(plain(joined.slice(0, cut)));
    this.longest = Math.max(this.longest, this.tail.length);
  }

  /** A line without its line feed; empty when there is no such line (any more). */
  line(number: number): string {
    if (number === this.end) return plain(this.tail);
    const chunk = this.chunks[this.chunkOf(number)];
    if (chunk === undefined) return '';
    const at = number - chunk.first;
    const start = chunk.starts[at];
    if (start === undefined) return '';
    return chunk.text.slice(start, (chunk.starts[at + 1] ?? chunk.text.length) - 1);
  }

  /** All lines as parts of one text, for a file or the clipboard. */
  parts(): string[] {
    return [...this.chunks.map((chunk) => chunk.text), plain(this.tail)];
  }

  /** Lines from `from` on that match, piece by piece, so that the caller can rest in between and go on where it was. */
  *search(finder: Finder, from: number): Generator<SearchSlice> {
    for (let index = Math.max(0, this.chunkOf(from)); index < this.chunks.length; index += 1) {
      const chunk = this.chunks[index];
      if (chunk === undefined) continue;
      for (let line = Math.max(0, from - chunk.first); line < chunk.starts.length;) {
        const end = pieceEnd(chunk, line);
        yield { lines: matchesIn(chunk, line, end, finder), searchedTo: chunk.first + end };
        line = end;
      }
    }
    if (this.tail !== '' && this.end >= from) {
      // The last line may still grow, so it is not counted as searched.
      yield { lines: finder.next(plain(this.tail), 0) === -1 ? [] : [this.end], searchedTo: this.end };
    }
  }

  private add(text: string): void {
    const starts: number[] = [];
    for (let at = 0; at < text.length;) {
      starts.push(at);
      const end = text.indexOf('\n', at);
      this.longest = Math.max(this.longest, end - at);
      at = end + 1;
    }
    this.chunks.push({ text, starts: Uint32Array.from(starts), first: this.end });
    this.end += starts.length;
    this.chars += text.length;
    while (this.chunks.length > 1 && (this.end - this.first > this.maxLines || this.chars > this.maxChars)) {
      this.chars -= this.chunks.shift()?.text.length ?? 0;
    }
  }

  /** Index of the chunk that holds a line, by halving. */
  private chunkOf(number: number): number {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.chunks[middle]?.first ?? 0) <= number) low = middle;
      else high = middle - 1;
    }
    const chunk = this.chunks[low];
    return chunk !== undefined && number >= chunk.first && number < chunk.first + chunk.starts.length ? low : -1;
  }
}

/** The line behind the last one of the piece that begins with `line`; both are indices into the chunk. */
function pieceEnd({ starts }: Chunk, line: number): number {
  const enough = (starts[line] ?? 0) + PIECE_CHARS;
  let end = line + 1;
  while (end < starts.length && (starts[end] ?? 0) < enough) end += 1;
  return end;
}

/** Numbers of the lines that match; `line` and `end` are indices into the chunk. */
function matchesIn(chunk: Chunk, line: number, end: number, finder: Finder): number[] {
  const found: number[] = [];
  const offset = chunk.starts[line] ?? 0;
  const text = chunk.text.slice(offset, chunk.starts[end]);
  let here = line;
  for (let at = finder.next(text, 0); at !== -1;) {
    while (here + 1 < end && (chunk.starts[here + 1] ?? Infinity) <= offset + at) here += 1;
    found.push(chunk.first + here);
    here += 1;
    if (here >= end) break;
    // One match says enough about a line.
    at = finder.next(text, (chunk.starts[here] ?? 0) - offset);
  }
  return found;
}
