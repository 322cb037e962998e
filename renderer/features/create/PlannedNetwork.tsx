import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { MachineNetwork } from '../../../main/contract/models';
import type { ConnectionId } from '../../../main/contract/plan';
import { NetworkDiagram } from '../overview/NetworkDiagram';

interface PlannedNetworkProps {
  readonly connection: ConnectionId;
  /** Host name that the machine will have. */
  readonly machine: string;
}

/** The ways to the machine that the chosen hypervisor will make, as far as they are known before it is there. */
export function PlannedNetwork({ connection, machine }: PlannedNetworkProps) {
  const { t } = useTranslation();
  return (
    <section className="sb-card sb-planned" aria-label={t('create.network.title')}>
      <h3>{t('create.network.title')}</h3>
      <NetworkDiagram machine={machine} network={plannedNetwork(connection, t)} planned />
    </section>
  );
}

/** Address of a guest behind QEMU's user networking and behind VirtualBox's NAT, the same in every machine. */
const BEHIND_NAT = '10.0.2.15';

function plannedNetwork(connection: ConnectionId, t: TFunction): MachineNetwork {
  const address = t('create.network.ownAddress');
  switch (connection) {
    case 'libvirt-system':
      return { ways: [{ kind: 'network', address, forwards: [] }] };
    case 'libvirt-session':
      return { ways: [{ kind: 'user', address: BEHIND_NAT, forwards: [] }] };
    case 'virtualbox':
      return {
        ways: [
          { kind: 'nat', address: BEHIND_NAT, forwards: [] },
          { kind: 'host-only', address, forwards: [] },
        ],
        fallback: { reason: t('create.network.hostOnly') },
      };
  }
}
