import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finder, Pattern } from './finder';
import type { LogBuffer } from './LogBuffer';
import { severityOf } from './pattern';
import { Requests } from './Requests';
import type { Matches } from './useLogSearch';

/** Height of a line in CSS pixels; the style sheet uses the same. */
const ROW = 18;
/** So near to the end counts as being at the end. */
const END_SLACK = 2 * ROW;

interface LogListProps {
  readonly buffer: LogBuffer;
  /** Changes when the buffer did. */
  readonly version: number;
  readonly pattern: Pattern;
  readonly matches: Matches;
  /** Show nothing but the lines that match. */
  readonly only: boolean;
  /** Index of the chosen match. */
  readonly at: number;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  /** Identifiers of requests can be pressed when somebody wants to know. */
  readonly onRequest?: (id: string) => void;
}

/** The lines of a log; only those in sight exist on the page. Scrolling up holds, reaching the end follows again. */
export function LogList(props: LogListProps) {
  const { buffer, version, pattern, matches, only, at, follow, onFollow, onRequest } = props;
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const { first } = buffer;
  const count = only ? matches.lines.length : buffer.next - first;
  // oxlint-disable-next-line react-hooks/incompatible-library -- the compiler is not used
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 20,
  });
  const chosen = matches.lines[at];

  useEffect(() => {
    if (follow && count > 0) virtual.scrollToIndex(count - 1, { align: 'end' });
  }, [follow, count, version, virtual]);

  useEffect(() => {
    if (chosen === undefined || follow) return;
    virtual.scrollToIndex(only ? at : chosen - first, { align: 'center' });
    // Only a newly chosen match may move the view, not a log that goes on.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen, only]);

  const digits = String(buffer.next).length;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it only watches for scrolling
    <div
      ref={frame}
      className="sb-log"
      role="log"
      aria-live="off"
      aria-label={t('logs.content')}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
      tabIndex={0}
      onWheel={(event) => {
        if (event.deltaY < 0 && follow) onFollow(false);
      }}
      onKeyDown={(event) => {
        if (follow && (event.key === 'PageUp' || event.key === 'ArrowUp' || event.key === 'Home')) onFollow(false);
      }}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        const atEnd = scrollHeight - scrollTop - clientHeight < END_SLACK;
        if (atEnd && !follow && pattern.state === 'none' && scrollTop > 0) onFollow(true);
      }}
    >
      <div
        className="sb-log__sheet"
        style={{ height: virtual.getTotalSize(), minWidth: `calc(${buffer.longest + digits}ch + 48px)` }}
      >
        {virtual.getVirtualItems().map((row) => {
          const number = only ? (matches.lines[row.index] ?? 0) : first + row.index;
          return (
            <Line
              key={row.key}
              top={row.start}
              number={number}
              digits={digits}
              text={buffer.line(number)}
              pattern={pattern}
              chosen={number === chosen}
              onRequest={onRequest}
            />
          );
        })}
      </div>
    </div>
  );
}

interface LineProps {
  readonly top: number;
  readonly number: number;
  readonly digits: number;
  readonly text: string;
  readonly pattern: Pattern;
  readonly chosen: boolean;
  readonly onRequest: ((id: string) => void) | undefined;
}

function Line({ top, number, digits, text, pattern, chosen, onRequest }: LineProps) {
  const severity = severityOf(text);
  return (
    <div
      className={`sb-log__line${severity === undefined ? '' : ` sb-log__line--${severity}`}${chosen ? ' sb-log__line--chosen' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span className="sb-log__number" style={{ width: `${digits}ch` }} aria-hidden>
        {number + 1}
      </span>
      {onRequest === undefined ? (
        <Text text={text} pattern={pattern} />
      ) : (
        <Requests text={text} pattern={pattern} Part={Text} onRequest={onRequest} />
      )}
    </div>
  );
}

function Text({ text, pattern }: { text: string; pattern: Pattern }) {
  return pattern.state === 'good' ? <Marked text={text} finder={pattern.finder} /> : text;
}

function Marked({ text, finder }: { text: string; finder: Finder }) {
  const parts: React.ReactNode[] = [];
  let last = 0;
  for (const { from, to } of finder.marks(text)) {
    parts.push(text.slice(last, from), <mark key={from}>{text.slice(from, to)}</mark>);
    last = to;
  }
  parts.push(text.slice(last));
  return <>{parts}</>;
}
