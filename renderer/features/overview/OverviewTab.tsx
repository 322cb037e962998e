import { Button } from '@mantine/core';
import { SquareTerminal } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cloud, Machine } from '../../../main/contract/models';
import { navigate } from '../../app/route';
import { AccelerationBadge } from '../../ui/AccelerationBadge';
import { formatGiB, formatMiB } from '../../ui/format';
import { MonoLine } from '../../ui/Mono';
import { When } from '../../ui/When';
import { ClientCard } from '../clients/ClientCard';
import { canConnect } from '../cloud/can';
import { TrialCard } from '../trial/TrialCard';
import { CredentialRow } from './CredentialRow';
import { EndpointRow } from './EndpointRow';
import { NetworkDiagram } from './NetworkDiagram';
import { Standing } from './Standing';
import './overview.css';

/** The card that stays: how the cloud stands, its addresses, users, ways in, and facts. */
export function OverviewTab({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const connectable = canConnect(cloud);
  const terminal = (): void => navigate({ page: 'cloud', cloudId: cloud.id, tab: 'terminal' });
  return (
    <div className="sb-tab">
      <Standing cloud={cloud} />
      {cloud.tried !== undefined && <TrialCard cloud={cloud} trial={cloud.tried} />}
      <div className="sb-overview">
        <div className="sb-overview__column">
          {(cloud.endpoints.length > 0 || !cloud.ready) && (
            <Card title={t('overview.endpoints')}>
              {cloud.endpoints.length === 0 ? (
                <p className="sb-dim">{t('overview.noEndpoints')}</p>
              ) : (
                <ul className="sb-facts">
                  {cloud.endpoints.map((endpoint) => (
                    <EndpointRow key={endpoint.id} endpoint={endpoint} />
                  ))}
                </ul>
              )}
            </Card>
          )}
          {cloud.credentials.length > 0 && (
            <Card title={t('overview.credentials')}>
              <ul className="sb-facts sb-facts--users">
                {cloud.credentials.map((credential) => (
                  <CredentialRow key={credential.id} cloudId={cloud.id} credential={credential} />
                ))}
              </ul>
            </Card>
          )}
          <Card title={t('overview.connect')}>
            {cloud.machines.map((machine) => (
              <Ssh key={machine.id} machine={machine} />
            ))}
            <div>
              <Button
                variant="default"
                leftSection={<SquareTerminal size={16} aria-hidden />}
                disabled={!connectable}
                onClick={terminal}
              >
                {t('overview.openTerminal')}
              </Button>
            </div>
          </Card>
          {cloud.client !== undefined && cloud.ready && (
            <Card title={t('clients.title')}>
              <ClientCard cloud={cloud} />
            </Card>
          )}
          {cloud.machines.some(({ network }) => network !== undefined) && (
            <Card title={t('overview.network.title')}>
              {cloud.machines.map(
                ({ id, hostname, network }) =>
                  network && <NetworkDiagram key={id} machine={hostname} network={network} />,
              )}
            </Card>
          )}
        </div>
        <Card title={t(cloud.machines.length > 1 ? 'overview.machines' : 'overview.machine')}>
          {cloud.machines.map((machine) => (
            <MachineFacts key={machine.id} cloud={cloud} machine={machine} />
          ))}
          <dl className="sb-dl">
            <Fact title={t('overview.recipe')}>{cloud.recipeTitle}</Fact>
            <Fact title={t('overview.image')}>{cloud.imageTitle}</Fact>
            <Fact title={t('overview.connection')}>{t(`overview.connections.${cloud.plan.connection}`)}</Fact>
            <Fact title={t('overview.created')}>
              <When time={cloud.createdAt} />
            </Fact>
          </dl>
        </Card>
      </div>
    </div>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="sb-card sb-overview__card">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Ssh({ machine }: { machine: Machine }) {
  const { t } = useTranslation();
  if (machine.ssh === undefined) return <p className="sb-dim">{t('overview.noSsh')}</p>;
  return (
    <div className="sb-overview__ssh">
      <span className="sb-label">{t('overview.ssh')}</span>
      <MonoLine value={machine.ssh.command} copyLabel={t('overview.copySsh')} />
    </div>
  );
}

function MachineFacts({ cloud, machine }: { cloud: Cloud; machine: Machine }) {
  const { t } = useTranslation();
  return (
    <dl className="sb-dl">
      <Fact title={t('overview.hostname')}>{machine.hostname}</Fact>
      {machine.domain !== cloud.name && <Fact title={t('overview.domain')}>{machine.domain}</Fact>}
      <Fact title={t('overview.state')}>{t(`overview.machineState.${machine.state}`)}</Fact>
      <Fact title={t('overview.cpus')}>
        <span className="sb-num">{machine.size.cpus}</span>
      </Fact>
      <Fact title={t('overview.memory')}>
        <span className="sb-num">{formatMiB(machine.size.memoryMiB)}</span>
      </Fact>
      <Fact title={t('overview.disk')}>
        <span className="sb-num">{t('overview.diskUpTo', { size: formatGiB(machine.size.diskGiB) })}</span>
      </Fact>
      {machine.acceleration !== undefined && (
        <Fact title={t('overview.accelerationTitle')}>
          <span className="sb-overview__acceleration">
            <AccelerationBadge acceleration={machine.acceleration} />
            <span className="sb-dim">{machine.acceleration.reason}</span>
          </span>
        </Fact>
      )}
    </dl>
  );
}
