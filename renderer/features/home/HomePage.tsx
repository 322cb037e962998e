import { Button } from '@mantine/core';
import { ArrowRight } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useCore } from '../../app/backend';
import { usePreference } from '../../app/preferences';
import { navigate } from '../../app/route';
import { Logo } from '../../ui/Logo';
import { usePageTitle } from '../../ui/Page';
import { DoctorStrip } from '../doctor/DoctorStrip';
import './home.css';

/** First start: the checks in a strip and one large button. With clouds, home is the cloud that was open last. */
export function HomePage() {
  const { t } = useTranslation();
  const clouds = useCore((state) => state.clouds);
  const lastCloudId = usePreference('lastCloudId');
  const target = clouds.find((cloud) => cloud.id === lastCloudId) ?? clouds[0];
  const targetId = target?.id;
  usePageTitle(t('home.title'));
  useEffect(() => {
    if (targetId !== undefined) navigate({ page: 'cloud', cloudId: targetId, tab: undefined }, 'replace');
  }, [targetId]);
  if (targetId !== undefined) return null;
  return (
    <div className="sb-home">
      <div className="sb-home__hero">
        <Logo size={64} />
        <h1>{t('home.headline')}</h1>
        <p className="sb-home__lead">{t('home.lead')}</p>
        <Button
          size="lg"
          autoFocus
          rightSection={<ArrowRight size={18} aria-hidden />}
          onClick={() => navigate({ page: 'create' })}
        >
          {t('common.createCloud')}
        </Button>
        <p className="sb-dim">{t('home.hint')}</p>
      </div>
      <DoctorStrip />
    </div>
  );
}
