import { Anchor, Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConnectionStatus } from '../../../main/contract/models';
import type { ConnectionId } from '../../../main/contract/plan';
import { AccelerationBadge } from '../../ui/AccelerationBadge';
import { ChoiceCard } from '../../ui/ChoiceCard';
import { href } from '../../app/route';
import { PlannedNetwork } from './PlannedNetwork';

interface HypervisorFieldProps {
  readonly connections: readonly ConnectionStatus[];
  readonly value: ConnectionId;
  /** Host name that the machine will have. */
  readonly machine: string;
  readonly onChange: (connection: ConnectionId) => void;
}

/** Which hypervisor, with the reason why each can or cannot be used. */
export function HypervisorField({ connections, value, machine, onChange }: HypervisorFieldProps) {
  const { t } = useTranslation();
  return (
    <fieldset className="sb-field">
      <legend>{t('create.hypervisor')}</legend>
      <p className="sb-dim">{t('create.hypervisorHint')}</p>
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
            badge={<Marks connection={connection} />}
          >
            <span>{connection.reason}</span>
            {connection.version !== undefined && (
              <span className="sb-dim sb-num">{t('create.version', { version: connection.version })}</span>
            )}
          </ChoiceCard>
        ))}
      </div>
      {connections.some(({ usable }) => usable) ? (
        <PlannedNetwork connection={value} machine={machine} />
      ) : (
        <p>
          {t('create.noHypervisor')} <Anchor href={href({ page: 'doctor' })}>{t('create.noHypervisorWay')}</Anchor>
        </p>
      )}
    </fieldset>
  );
}

/** Whether it is the one to take, and how fast it is. */
function Marks({ connection: { usable, recommended, acceleration } }: { connection: ConnectionStatus }) {
  const { t } = useTranslation();
  if (!usable) {
    return (
      <Badge size="sm" variant="default" tt="none">
        {t('create.notUsable')}
      </Badge>
    );
  }
  return (
    <>
      {recommended && (
        <Badge size="sm" variant="outline" tt="none">
          {t('create.recommended')}
        </Badge>
      )}
      {acceleration !== undefined && <AccelerationBadge acceleration={acceleration} />}
    </>
  );
}
