import { ActionIcon, Button, Menu, Tooltip, UnstyledButton } from '@mantine/core';
import { Plus, SquareTerminal, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Cloud } from '../../../main/contract/models';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { StateMark } from '../../ui/StateMark';
import { canConnect } from '../cloud/can';
import { TerminalPane } from './TerminalPane';
import type { TerminalSession } from './session';
import { useTerminals, type TerminalKind } from './useTerminals';
import '@xterm/xterm/css/xterm.css';
import './terminal.css';

/** Terminals into the machine, one tab each. */
export function TerminalTab({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const connectable = canConnect(cloud);
  const terminals = useTerminals(cloud.id, connectable);
  const { sessions, current, error, opening } = terminals;
  const titles = titlesOf(sessions ?? [], (kind, number) =>
    number === 1 ? t(`terminal.${kind}`) : t('terminal.numbered', { kind: t(`terminal.${kind}`), number }),
  );

  return (
    <div className="sb-term">
      {(sessions?.length ?? 0) > 0 && (
        <div className="sb-term__bar">
          <ul className="sb-term__tabs" aria-label={t('terminal.tabs')}>
            {sessions?.map((session) => (
              <TerminalTabButton
                key={session.id}
                session={session}
                title={titles.get(session.id) ?? session.kind}
                current={session === current}
                onChoose={() => terminals.choose(session.id)}
                onClose={() => terminals.close(session.id)}
              />
            ))}
          </ul>
          <NewTerminal cloud={cloud} disabled={!connectable || opening} onOpen={terminals.open} />
        </div>
      )}
      {error !== undefined && (
        <div className="sb-term__error">
          <ErrorPanel error={error} onRetry={() => terminals.open('shell')} />
        </div>
      )}
      {current !== undefined && (
        <TerminalPane key={current.id} session={current} title={titles.get(current.id) ?? current.kind} />
      )}
      {sessions !== undefined && current === undefined && error === undefined && (
        <Empty
          icon={SquareTerminal}
          title={opening ? t('terminal.opening') : t(connectable ? 'terminal.none' : 'terminal.unavailable')}
          action={
            connectable &&
            !opening && (
              <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => terminals.open('shell')}>
                {t('terminal.new')}
              </Button>
            )
          }
        >
          {t(connectable ? 'terminal.noneHint' : 'terminal.unavailableHint')}
        </Empty>
      )}
    </div>
  );
}

/** "Shell", "Shell 2", "OpenStack": the kind, numbered from the second of its kind on. */
function titlesOf(
  sessions: readonly TerminalSession[],
  title: (kind: TerminalKind, number: number) => string,
): ReadonlyMap<string, string> {
  const counts = { shell: 0, openstack: 0 };
  return new Map(
    sessions.map(({ id, kind }) => {
      counts[kind] += 1;
      return [id, title(kind, counts[kind])];
    }),
  );
}

interface TabButtonProps {
  readonly session: TerminalSession;
  readonly title: string;
  readonly current: boolean;
  readonly onChoose: () => void;
  readonly onClose: () => void;
}

function TerminalTabButton({ session, title, current, onChoose, onClose }: TabButtonProps) {
  const { t } = useTranslation();
  const state = useStore(session.status, (status) => status.state);
  return (
    <li className="sb-term__tab" data-current={current || undefined}>
      <UnstyledButton onClick={onChoose} aria-current={current}>
        {state === 'open' ? null : (
          <StateMark tone={state === 'lost' ? 'attention' : 'idle'} size={11} label={t(`terminal.${state}`)} />
        )}
        {title}
      </UnstyledButton>
      <ActionIcon size="xs" aria-label={t('terminal.close', { title })} onClick={onClose}>
        <X size={13} aria-hidden />
      </ActionIcon>
    </li>
  );
}

interface NewTerminalProps {
  readonly cloud: Cloud;
  readonly disabled: boolean;
  readonly onOpen: (kind: TerminalKind) => void;
}

function NewTerminal({ cloud, disabled, onOpen }: NewTerminalProps) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Tooltip label={t('terminal.new')}>
          <ActionIcon aria-label={t('terminal.new')} disabled={disabled}>
            <Plus size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onOpen('shell')}>{t('terminal.newShell')}</Menu.Item>
        <Menu.Item disabled={!cloud.ready} onClick={() => onOpen('openstack')}>
          {t('terminal.newOpenstack')}
          <span className="sb-term__hint">{t('terminal.openstackHint')}</span>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
