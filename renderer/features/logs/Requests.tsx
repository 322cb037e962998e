import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import type { Pattern } from './finder';

/** What OpenStack writes into the lines of one request; a group, so that splitting keeps it. */
const REQUEST = /(req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/;

interface RequestsProps {
  readonly text: string;
  readonly onRequest: (id: string) => void;
  readonly pattern: Pattern;
  /** Draws a piece of the line, with what the pattern finds in it. */
  readonly Part: ComponentType<{ text: string; pattern: Pattern }>;
}

/** A line whose requests can be pressed. */
export function Requests({ text, onRequest, pattern, Part }: RequestsProps) {
  const { t } = useTranslation();
  return text.split(REQUEST).map((part, index) =>
    index % 2 === 0 ? (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of a line have no other name
      <Part key={index} text={part} pattern={pattern} />
    ) : (
      <button
        // oxlint-disable-next-line react/no-array-index-key -- same reason
        key={index}
        type="button"
        className="sb-log__request"
        title={t('services.logs.show', { id: part })}
        onClick={() => onRequest(part)}
      >
        <Part text={part} pattern={pattern} />
      </button>
    ),
  );
}
