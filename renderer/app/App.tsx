import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { BackendProvider, useCore } from './backend';
import type { Connection } from './connection';
import type { CoreStore } from './core-store';
import { ErrorBoundary } from './ErrorBoundary';
import { Shell } from './Shell';
import { theme } from './theme';
import { TokenPage } from './TokenPage';

interface AppProps {
  readonly backend: { readonly connection: Connection; readonly store: CoreStore };
  /** Whether the address carried a token, which decides what the page says when the core refuses it. */
  readonly hadToken: boolean;
}

/** The window. */
export function App({ backend, hadToken }: AppProps) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} transitionDuration={120} />
      <ErrorBoundary>
        <BackendProvider backend={backend}>
          <Gate hadToken={hadToken} />
        </BackendProvider>
      </ErrorBoundary>
    </MantineProvider>
  );
}

function Gate({ hadToken }: { hadToken: boolean }) {
  const { t } = useTranslation();
  const refused = useCore((state) => state.link === 'refused');
  const synced = useCore((state) => state.synced);
  if (refused) return <TokenPage hadToken={hadToken} />;
  if (!synced) {
    return (
      <main className="sb-splash" aria-busy="true">
        <p role="status">{t('app.connecting')}</p>
      </main>
    );
  }
  return <Shell />;
}
