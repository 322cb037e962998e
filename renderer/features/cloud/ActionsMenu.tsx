import { Button, Menu } from '@mantine/core';
import { ChevronDown, Layers } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cloud, CloudAction } from '../../../main/contract/models';
import { useAction, useApi } from '../../app/backend';
import { navigate } from '../../app/route';
import { Confirm } from '../../ui/Confirm';
import { canAct } from './can';

/** What can be done with what is installed, each explained; one that destroys something asks first. */
export function ActionsMenu({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const api = useApi();
  const [asked, setAsked] = useState<CloudAction | undefined>();
  const act = useAction(async (actionId: string) => {
    await api.clouds.act({ cloudId: cloud.id, actionId });
    navigate({ page: 'cloud', cloudId: cloud.id, tab: 'progress' });
  });
  if (cloud.actions.length === 0) return null;
  return (
    <>
      <Menu position="bottom-end" width={380}>
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<Layers size={15} aria-hidden />}
            rightSection={<ChevronDown size={14} aria-hidden />}
            disabled={!canAct(cloud)}
            loading={act.busy}
          >
            {t('cloud.actions')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {cloud.actions.map((action) => (
            <Menu.Item
              key={action.id}
              onClick={() => {
                if (action.confirm === undefined) void act.run(action.id);
                else setAsked(action);
              }}
            >
              {action.title}
              <span className="sb-cloud__explained">{action.help}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asked !== undefined}
        title={t('cloud.actionConfirm.title', { action: asked?.title ?? '', name: cloud.name })}
        confirm={asked?.title ?? ''}
        onClose={() => setAsked(undefined)}
        onConfirm={() => {
          if (asked !== undefined) void act.run(asked.id);
        }}
      >
        <p>{asked?.help}</p>
        <p>{t('cloud.actionConfirm.gone')}</p>
        <p>{asked?.confirm}</p>
      </Confirm>
    </>
  );
}
