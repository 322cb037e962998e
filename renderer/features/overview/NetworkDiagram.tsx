import type { TFunction } from 'i18next';
import { Info, Monitor, Server } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { MachineNetwork, NetworkWay } from '../../../main/contract/models';
import { CopyButton } from '../../ui/CopyButton';
import './network.css';

interface NetworkDiagramProps {
  /** Host name of the machine. */
  readonly machine: string;
  readonly network: MachineNetwork;
  /** The machine is not there yet: there is no address to copy. */
  readonly planned?: boolean;
}

/** The ways from this computer to a machine as a drawing, which is read out as sentences; and why there is no better one. */
export function NetworkDiagram({ machine, network: { ways, fallback }, planned = false }: NetworkDiagramProps) {
  const { t } = useTranslation();
  const sentences = ways.map((way) => sentenceOf(way, machine, t)).join(' ');
  return (
    <div className="sb-net">
      <div
        className={`sb-net__drawing sb-net__drawing--${ways.length > 1 ? 'two' : 'one'}`}
        role="img"
        aria-label={sentences}
      >
        <End icon={Monitor} name={t('overview.network.computer')} side="from" />
        {ways.map((way) => (
          <div key={way.kind} className={`sb-net__way sb-net__way--${way.kind}`}>
            <span>{kindOf(way, t)}</span>
            <span className="sb-net__line">
              <span className="sb-net__arrow" />
              <code className="sb-net__address">{way.address}</code>
            </span>
            <Ports way={way} />
          </div>
        ))}
        <End icon={Server} name={machine} side="to" />
      </div>
      {(planned ? [] : ways.filter(isDirect)).map(({ kind, address }) => (
        <p key={kind} className="sb-net__copy">
          <code>{address}</code>
          <CopyButton value={address} label={t('overview.network.copy', { address })} />
        </p>
      ))}
      {fallback !== undefined && (
        <p className="sb-net__fallback">
          <Info size={15} aria-hidden />
          <span>
            {fallback.reason} {fallback.hint !== undefined && <span className="sb-dim">{fallback.hint}</span>}
          </span>
        </p>
      )}
    </div>
  );
}

interface EndProps {
  readonly icon: typeof Monitor;
  readonly name: string;
  readonly side: 'from' | 'to';
}

function End({ icon: Icon, name, side }: EndProps) {
  return (
    <div className={`sb-net__end sb-net__end--${side}`}>
      <Icon size={20} strokeWidth={1.7} aria-hidden />
      <span>{name}</span>
    </div>
  );
}

function Ports({ way }: { way: NetworkWay }) {
  const { t } = useTranslation();
  if (isDirect(way)) return <span className="sb-net__ports">{t('overview.network.everyPort')}</span>;
  if (way.forwards.length === 0) return <span className="sb-net__ports">{t('overview.network.noPorts')}</span>;
  return way.forwards.map(({ host, port, guestPort }) => (
    <span key={guestPort} className="sb-net__ports">
      <code>{`${host}:${port}`}</code> → {t('overview.network.guestPort', { port: guestPort })}
    </span>
  ));
}

function isDirect({ kind }: NetworkWay): boolean {
  return kind === 'network' || kind === 'host-only';
}

function kindOf({ kind, via }: NetworkWay, t: TFunction): string {
  const name = t(`overview.network.kind.${kind}`);
  return via === undefined ? name : t('overview.network.kindVia', { kind: name, via });
}

function sentenceOf(way: NetworkWay, machine: string, t: TFunction): string {
  const common = {
    computer: t('overview.network.computer'),
    machine,
    kind: kindOf(way, t),
    address: way.address,
  };
  if (isDirect(way)) return t('overview.network.directText', common);
  if (way.forwards.length === 0) return t('overview.network.noPortsText', common);
  const ports = way.forwards
    .map(({ host, port, guestPort }) => t('overview.network.forwardText', { host: `${host}:${port}`, guestPort }))
    .join(', ');
  return t('overview.network.forwardedText', { ...common, ports });
}
