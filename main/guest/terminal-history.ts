/** What a terminal has said, counted in characters since it was opened; the oldest is let go when it becomes too much. */

/** Characters that are kept: about 10,000 lines. A window that reloads gets them again. */
const KEPT = 1024 * 1024;

export class TerminalHistory {
  private chunks: string[] = [];
  /** Number of the first character that is still there. */
  start = 0;
  /** Number of the next character to come. */
  end = 0;

  append(text: string): void {
    this.chunks.push(text);
    this.end += text.length;
    while (this.end - this.start - (this.chunks[0]?.length ?? 0) >= KEPT) {
      this.start += this.chunks.shift()?.length ?? 0;
    }
    // Thousands of tiny chunks would make reading slow.
    if (this.chunks.length > 4096) this.chunks = [this.chunks.join('')];
  }

  /** At most `length` characters from `from` on; what was let go is left out. */
  read(from: number, length: number): string {
    let skip = Math.max(from, this.start) - this.start;
    let text = '';
    for (const chunk of this.chunks) {
      if (skip >= chunk.length) {
        skip -= chunk.length;
        continue;
      }
      text += chunk.slice(skip, skip + length - text.length);
      skip = 0;
      if (text.length >= length) break;
    }
    return text;
  }
}
