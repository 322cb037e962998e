import { Button, Tabs } from '@mantine/core';
import { CloudOff } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cloud } from '../../../main/contract/models';
import { useCore } from '../../app/backend';
import { preferences, rememberTab, usePreference } from '../../app/preferences';
import { CLOUD_TABS, navigate, type CloudTab } from '../../app/route';
import { showDone } from '../../app/toasts';
import { Empty } from '../../ui/Empty';
import { usePageTitle } from '../../ui/Page';
import { LogsTab } from '../logs/LogsTab';
import { OverviewTab } from '../overview/OverviewTab';
import { ProgressTab } from '../progress/ProgressTab';
import { ServicesTab } from '../services/ServicesTab';
import { SnapshotsTab } from '../snapshots/SnapshotsTab';
import { CloudHeader } from './CloudHeader';
import { loadTerminal } from './load-terminal';
import './cloud.css';

// The terminal brings a third of the window's code, so it comes after the first page is there.
const TerminalTab = lazy(loadTerminal);

/** One cloud: who it is and what can be done with it, then its tabs. */
export function CloudPage({ cloudId, tab }: { cloudId: string; tab: CloudTab | undefined }) {
  const { t } = useTranslation();
  const cloud = useCore((state) => state.clouds.find((candidate) => candidate.id === cloudId));
  const remembered = usePreference('tabs')[cloudId];
  usePageTitle(cloud?.name ?? t('app.notFound'));
  const shown = tab ?? remembered ?? 'overview';
  useEffect(() => {
    if (cloud === undefined) return;
    if (preferences.getState().tabs[cloudId] !== shown || preferences.getState().lastCloudId !== cloudId) {
      rememberTab(cloudId, shown);
    }
  }, [cloud, cloudId, shown]);

  // A cloud that was here and is gone now was deleted: that is good news, and no page to stay on.
  const name = useRef<string>(undefined);
  useEffect(() => {
    if (cloud !== undefined) name.current = cloud.name;
    else if (name.current !== undefined) {
      showDone(t('cloud.deleted', { name: name.current }));
      navigate({ page: 'home' }, 'replace');
    }
  }, [cloud, t]);

  if (cloud === undefined) {
    return (
      <Empty
        icon={CloudOff}
        title={t('app.notFound')}
        action={
          <Button variant="default" onClick={() => navigate({ page: 'home' }, 'replace')}>
            {t('home.title')}
          </Button>
        }
      >
        {t('app.notFoundHint')}
      </Empty>
    );
  }
  return (
    <div className="sb-cloud">
      <CloudHeader cloud={cloud} />
      <Tabs
        className="sb-cloud__tabs"
        value={shown}
        onChange={(value) => {
          const next = CLOUD_TABS.find((known) => known === value);
          if (next !== undefined) navigate({ page: 'cloud', cloudId, tab: next });
        }}
      >
        <Tabs.List aria-label={t('cloud.tabs.label')}>
          {CLOUD_TABS.filter((name) => name !== 'services' || cloud.services).map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`cloud.tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={shown} className="sb-cloud__panel">
          <Suspense fallback={<p className="sb-cloud__wait">{t('terminal.opening')}</p>}>
            <TabContent tab={shown} cloud={cloud} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

function TabContent({ tab, cloud }: { tab: CloudTab; cloud: Cloud }) {
  switch (tab) {
    case 'overview':
      return <OverviewTab cloud={cloud} />;
    case 'progress':
      return <ProgressTab cloud={cloud} />;
    case 'logs':
      return <LogsTab cloudId={cloud.id} />;
    case 'terminal':
      return <TerminalTab cloud={cloud} />;
    case 'services':
      return <ServicesTab cloud={cloud} />;
    case 'snapshots':
      return <SnapshotsTab cloud={cloud} />;
  }
}
