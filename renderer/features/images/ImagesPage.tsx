import { Button } from '@mantine/core';
import { HardDrive, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCore } from '../../app/backend';
import { Empty } from '../../ui/Empty';
import { formatBytes } from '../../ui/format';
import { Page } from '../../ui/Page';
import { ImageRow } from './ImageRow';
import { ImportForm } from './ImportForm';
import './images.css';

/** The image cache: what is there, what it costs, who needs it. */
export function ImagesPage() {
  const { t } = useTranslation();
  const images = useCore((state) => state.images);
  const [importing, setImporting] = useState(false);
  const cached = images.reduce((sum, image) => sum + (image.cachedBytes ?? 0), 0);
  return (
    <Page
      title={t('images.title')}
      lead={t('images.lead')}
      actions={
        <>
          <span className="sb-dim sb-num">{t('images.cacheSize', { size: formatBytes(cached) })}</span>
          <Button variant="default" leftSection={<Plus size={15} />} onClick={() => setImporting(true)}>
            {t('images.import')}
          </Button>
        </>
      }
    >
      <ImportForm opened={importing} onClose={() => setImporting(false)} />
      {images.length === 0 ? (
        <Empty icon={HardDrive} title={t('images.empty')} />
      ) : (
        <div className="sb-card sb-images">
          <table aria-label={t('images.table')}>
            <thead>
              <tr>
                <th scope="col">{t('images.name')}</th>
                <th scope="col">{t('images.stateHead')}</th>
                <th scope="col" className="sb-images__size">
                  {t('images.size')}
                </th>
                <th scope="col" className="sb-images__used">
                  {t('images.usedBy')}
                </th>
                <th scope="col">
                  <span className="sb-hidden">{t('images.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {images.map((image) => (
                <ImageRow key={image.id} image={image} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  );
}
