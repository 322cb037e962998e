import { useEffect, useRef, useState } from 'react';
import type { LogBuffer } from './LogBuffer';
import type { Pattern } from './finder';

/** How long a search may work before the window gets its turn. */
const SLICE_MS = 8;

export interface Matches {
  /** Numbers of the lines that match, in order. */
  readonly lines: readonly number[];
  readonly searching: boolean;
}

const NONE: Matches = { lines: [], searching: false };

interface Progress {
  readonly pattern: Pattern;
  readonly buffer: LogBuffer;
  lines: number[];
  /** The first line that was not searched yet. */
  from: number;
}

/** All lines that match, found in slices; new lines of the log are searched as they come, not the whole log again. */
export function useLogSearch(buffer: LogBuffer, pattern: Pattern): Matches {
  const end = buffer.next;
  const [matches, setMatches] = useState<Matches>(NONE);
  const progress = useRef<Progress | undefined>(undefined);
  useEffect(() => {
    if (pattern.state !== 'good') return undefined;
    const { finder } = pattern;
    if (progress.current?.pattern !== pattern || progress.current.buffer !== buffer || progress.current.from > end) {
      progress.current = { pattern, buffer, lines: [], from: 0 };
    }
    const state = progress.current;
    state.lines = state.lines.filter((line) => line >= buffer.first && line < state.from);
    const slices = buffer.search(finder, state.from);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const work = (): void => {
      const until = performance.now() + SLICE_MS;
      for (;;) {
        const slice = slices.next();
        if (slice.done === true) {
          setMatches({ lines: [...state.lines], searching: false });
          return;
        }
        for (const line of slice.value.lines) state.lines.push(line);
        state.from = slice.value.searchedTo;
        if (performance.now() > until) break;
      }
      setMatches({ lines: [...state.lines], searching: true });
      timer = setTimeout(work, 0);
    };
    work();
    return () => clearTimeout(timer);
  }, [buffer, end, pattern]);
  return pattern.state === 'good' ? matches : NONE;
}
