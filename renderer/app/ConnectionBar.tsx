import { Button } from '@mantine/core';
import { Unplug } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useBackend, useCore } from './backend';

/** A quiet bar while the connection to the core is being made again. */
export function ConnectionBar() {
  const { t } = useTranslation();
  const { connection } = useBackend();
  const lost = useCore((state) => state.link === 'reconnecting');
  return (
    <div role="status" aria-live="polite">
      {lost && (
        <div className="sb-bar sb-bar--attention">
          <Unplug size={14} aria-hidden />
          <span>{t('app.reconnecting')}</span>
          <Button size="compact-xs" variant="default" onClick={connection.retryNow}>
            {t('app.reconnectNow')}
          </Button>
        </div>
      )}
    </div>
  );
}
