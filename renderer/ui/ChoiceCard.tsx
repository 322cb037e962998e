import { useId, type ReactNode } from 'react';

interface ChoiceCardProps {
  readonly group: string;
  readonly value: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChoose: (value: string) => void;
  readonly title: ReactNode;
  /** Right of the title: a badge. */
  readonly badge?: ReactNode;
  readonly children?: ReactNode;
}

/** One of several choices as a card: a radio button with room to say what it means. Arrow keys go through its group. */
export function ChoiceCard({
  group,
  value,
  checked,
  disabled = false,
  onChoose,
  title,
  badge,
  children,
}: ChoiceCardProps) {
  const id = useId();
  return (
    // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- it has text and control; the text lies deeper than the rule looks
    <label className="sb-choice" data-disabled={disabled || undefined} htmlFor={id}>
      <input
        id={id}
        type="radio"
        name={group}
        value={value}
        checked={checked}
        disabled={disabled}
        aria-describedby={`${id}-text`}
        onChange={() => onChoose(value)}
      />
      <span className="sb-choice__body">
        <span className="sb-choice__title">
          <span>{title}</span>
          {badge}
        </span>
        <span className="sb-choice__text" id={`${id}-text`}>
          {children}
        </span>
      </span>
    </label>
  );
}
