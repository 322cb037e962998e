import type { Tone } from './tone';

/**
 * The state of something as a shape in its colour. The word beside it, or `label`, says the same, so nobody depends on the colour.
 */
export function StateMark({ tone, size = 12, label }: { tone: Tone; size?: number; label?: string }) {
  return (
    <svg
      className={`sb-mark sb-tone-${tone}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {SHAPES[tone]}
    </svg>
  );
}

const line = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 2.2,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;

const SHAPES = {
  good: (
    <>
      <circle cx="8" cy="8" r="8" fill="currentColor" />
      <path d="M4.6 8.3 7 10.6l4.4-4.9" {...line} className="sb-mark__cut" />
    </>
  ),
  working: (
    <>
      <circle cx="8" cy="8" r="6.5" {...line} opacity="0.25" />
      <path d="M8 1.5A6.5 6.5 0 0 1 14.5 8" {...line} className="sb-mark__spin" />
    </>
  ),
  idle: <circle cx="8" cy="8" r="6.3" {...line} strokeWidth="1.8" />,
  attention: (
    <>
      <path
        d="M8 1.6 15.2 14.4H.8Z"
        fill="currentColor"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinejoin="round"
      />
      <path d="M8 6v3.6M8 12.2v.1" {...line} strokeWidth="1.9" className="sb-mark__cut" />
    </>
  ),
  failed: (
    <>
      <rect width="16" height="16" rx="4" fill="currentColor" />
      <path d="m5.2 5.2 5.6 5.6m0-5.6-5.6 5.6" {...line} className="sb-mark__cut" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.8" {...line} strokeWidth="1.6" strokeDasharray="2.6 2.7" />
      <path d="M6.4 6.4a1.7 1.7 0 1 1 2.3 1.7c-.5.2-.7.5-.7 1M8 11.4v.1" {...line} strokeWidth="1.5" />
    </>
  ),
} satisfies Record<Tone, React.ReactNode>;
