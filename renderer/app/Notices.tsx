import { CloseButton } from '@mantine/core';
import { Info } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCore } from './backend';

/** What the core wants to say about the time before this window: a file set aside, an interrupted run. */
export function Notices() {
  const { t } = useTranslation();
  const notices = useCore((state) => state.notices);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  return notices
    .filter((notice) => !closed.has(notice.id))
    .map((notice) => (
      <div key={notice.id} className="sb-bar" role="status">
        <Info size={14} aria-hidden />
        <span>
          {notice.message} {notice.hint !== undefined && <span className="sb-dim">{notice.hint}</span>}
        </span>
        <CloseButton
          size="sm"
          aria-label={t('common.close')}
          onClick={() => setClosed((before) => new Set([...before, notice.id]))}
        />
      </div>
    ));
}
