import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConnectionStatus } from '../../../main/contract/models';
import type { ConnectionId } from '../../../main/contract/plan';
import { AccelerationBadge } from '../../ui/AccelerationBadge';
import { ChoiceCard } from '../../ui/ChoiceCard';

interface HypervisorFieldProps {
  readonly connections: readonly ConnectionStatus[];
  readonly value: ConnectionId;
  readonly onChange: (connection: ConnectionId) => void;
}

/** Which hypervisor, with the reason why each can or cannot be used. */
export function HypervisorField({ connections, value, onChange }: HypervisorFieldProps) {
  const { t } = useTranslation();
  return (
    <fieldset className="sb-field">
      <legend>{t('create.hypervisor')}</legend>
      <div className="sb-choices">
        {connections.map((connection) => (
          <ChoiceCard
            key={connection.id}
            group="connection"
            value={connection.id}
            checked={connection.id === value}
            disabled={!connection.usable}
            onChoose={() => onChange(connection.id)}
            title={connection.title}
            badge={
              connection.usable ? (
                connection.acceleration !== undefined && <AccelerationBadge acceleration={connection.acceleration} />
              ) : (
                <Badge size="sm" variant="default" tt="none">
                  {t('create.notUsable')}
                </Badge>
              )
            }
          >
            <span>{connection.reason}</span>
            {connection.version !== undefined && (
              <span className="sb-dim sb-num">{t('create.version', { version: connection.version })}</span>
            )}
          </ChoiceCard>
        ))}
      </div>
    </fieldset>
  );
}
