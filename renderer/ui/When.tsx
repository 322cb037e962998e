import { formatFullDate, formatMoment } from './format';
import { useNow } from './useNow';

/** A moment; the full date is its tooltip. */
export function When({ time }: { time: number }) {
  const now = useNow(false);
  return (
    <time dateTime={new Date(time).toISOString()} title={formatFullDate(time)} className="sb-num">
      {formatMoment(time, now)}
    </time>
  );
}
