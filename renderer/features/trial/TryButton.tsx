import { Button, Tooltip } from '@mantine/core';
import { CircleCheckBig } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Cloud } from '../../../main/contract/models';
import { canTry, hasTrial } from './can-try';
import { useTryIt } from './useTryIt';

/** Proves a cloud by using it; only where there is an OpenStack that is ready. */
export function TryButton({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const tryIt = useTryIt(cloud);
  if (!hasTrial(cloud)) return null;
  return (
    <Tooltip label={t('trial.hint')} multiline maw={320}>
      <Button
        variant="default"
        leftSection={<CircleCheckBig size={15} aria-hidden />}
        disabled={!canTry(cloud)}
        loading={tryIt.busy}
        onClick={() => void tryIt.run()}
      >
        {t('trial.tryIt')}
      </Button>
    </Tooltip>
  );
}
