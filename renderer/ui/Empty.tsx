import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface EmptyProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Where nothing is yet: what would be here, and how it comes to be. */
export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <div className="sb-empty">
      <span className="sb-empty__icon">
        <Icon size={24} aria-hidden strokeWidth={1.6} />
      </span>
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}
