import { useTranslation } from 'react-i18next';
import type { Cloud } from '../../../main/contract/models';
import { useAction, useApi } from '../../app/backend';
import { Confirm } from '../../ui/Confirm';
import { formatGiB } from '../../ui/format';

interface DeleteCloudProps {
  readonly cloud: Cloud;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Says what will be gone, then deletes in the background. */
export function DeleteCloud({ cloud, opened, onClose }: DeleteCloudProps) {
  const { t } = useTranslation();
  const api = useApi();
  const remove = useAction(() => api.clouds.delete({ cloudId: cloud.id }));
  return (
    <Confirm
      opened={opened}
      title={t('cloud.confirm.title', { name: cloud.name })}
      confirm={t('cloud.confirm.button')}
      onClose={onClose}
      onConfirm={() => void remove.run()}
    >
      {cloud.run?.state === 'running' && cloud.run.kind === 'create' && <p>{t('cloud.confirm.running')}</p>}
      <p>{t('cloud.confirm.gone')}</p>
      <ul>
        {cloud.machines.map((machine) => (
          <li key={machine.id}>
            {t('cloud.confirm.machine', { domain: machine.domain, disk: formatGiB(machine.size.diskGiB) })}
          </li>
        ))}
        <li>{t('cloud.confirm.passwords')}</li>
        {cloud.client?.added === true && <li>{t('cloud.confirm.client')}</li>}
      </ul>
      <p>{t('cloud.confirm.stays')}</p>
    </Confirm>
  );
}
