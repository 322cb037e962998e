import { Button } from '@mantine/core';
import { ExternalLink } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Endpoint } from '../../../main/contract/models';
import { MonoLine } from '../../ui/Mono';

export function EndpointRow({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation();
  const { title, url } = endpoint;
  return (
    <li>
      <span className="sb-facts__title">{title}</span>
      <MonoLine value={url} copyLabel={t('overview.copyAddress', { title })} />
      {endpoint.browser && (
        <Button
          component="a"
          href={url}
          target="_blank"
          rel="noreferrer"
          size="compact-sm"
          variant="light"
          aria-label={t('overview.open', { title })}
          rightSection={<ExternalLink size={13} aria-hidden />}
        >
          {t('common.open')}
        </Button>
      )}
    </li>
  );
}
