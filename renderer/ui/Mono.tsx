import { CopyButton } from './CopyButton';

/** Something a machine said or wants to be told: an address, a command. One line, cut at the end, to copy as a whole. */
export function MonoLine({ value, copyLabel }: { value: string; copyLabel: string }) {
  return (
    <span className="sb-mono-line">
      <code title={value}>{value}</code>
      <CopyButton value={value} label={copyLabel} />
    </span>
  );
}

/** Several lines of what a machine said. Scrolls by itself, also with the keyboard. */
export function MonoBlock({ text, label, copyLabel }: { text: string; label: string; copyLabel: string }) {
  return (
    <div className="sb-mono-block">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <span className="sb-mono-block__copy">
        <CopyButton value={text} label={copyLabel} />
      </span>
    </div>
  );
}
