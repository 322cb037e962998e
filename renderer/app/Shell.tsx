import { useTranslation } from 'react-i18next';
import { CloudPage } from '../features/cloud/CloudPage';
import { CreatePage } from '../features/create/CreatePage';
import { DoctorPage } from '../features/doctor/DoctorPage';
import { HomePage } from '../features/home/HomePage';
import { ImagesPage } from '../features/images/ImagesPage';
import { SettingsPage } from '../features/settings/SettingsPage';
import { CommandPalette } from './CommandPalette';
import { ConnectionBar } from './ConnectionBar';
import { ErrorBoundary } from './ErrorBoundary';
import { Notices } from './Notices';
import { Rail } from './Rail';
import { useRoute, type Route } from './route';
import { Shortcuts } from './Shortcuts';
import { StatusLine } from './StatusLine';

/** The frame of the window: rail, page, status line, and what lies over them. */
export function Shell() {
  const { t } = useTranslation();
  const route = useRoute();
  return (
    <div className="sb-shell">
      <a
        className="sb-skip"
        href="#page"
        onClick={(event) => {
          // The hash belongs to the router, so the jump is made by hand.
          event.preventDefault();
          document.querySelector<HTMLElement>('#page')?.focus();
        }}
      >
        {t('app.skip')}
      </a>
      <Rail route={route} />
      <main id="page" tabIndex={-1} className="sb-main">
        <ConnectionBar />
        <Notices />
        <div className="sb-main__page">
          <ErrorBoundary key={route.page === 'cloud' ? route.cloudId : route.page}>
            <CurrentPage route={route} />
          </ErrorBoundary>
        </div>
      </main>
      <StatusLine />
      <CommandPalette />
      <Shortcuts route={route} />
    </div>
  );
}

function CurrentPage({ route }: { route: Route }) {
  switch (route.page) {
    case 'home':
      return <HomePage />;
    case 'create':
      return <CreatePage />;
    case 'images':
      return <ImagesPage />;
    case 'doctor':
      return <DoctorPage />;
    case 'settings':
      return <SettingsPage />;
    case 'cloud':
      return <CloudPage key={route.cloudId} cloudId={route.cloudId} tab={route.tab} />;
  }
}
