/** The mark of Stackbox: three layers in a box. The same drawing as assets/icons/icon.svg. */
export function Logo({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden className="sb-logo">
      <rect x="2" y="2" width="60" height="60" rx="15" fill="#4f5fe0" />
      <g fill="none" stroke="#fff" strokeWidth="4.2" strokeLinejoin="round" strokeLinecap="round">
        <path d="M32 14 50 23.5 32 33 14 23.5Z" fill="#fff" />
        <path d="M14 32.5 32 42l18-9.5" />
        <path d="M14 41.5 32 51l18-9.5" opacity="0.6" />
      </g>
    </svg>
  );
}
