import { ActionIcon, Button, Group, Menu, Tooltip, UnstyledButton } from '@mantine/core';
import { Cable, Plus, SquareTerminal, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Cloud } from '../../../main/contract/models';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { StateMark } from '../../ui/StateMark';
import { canConnect, canWatch } from '../cloud/can';
import { TerminalPane } from './TerminalPane';
import type { TerminalSession, TerminalWish } from './session';
import { useTerminals } from './useTerminals';
import '@xterm/xterm/css/xterm.css';
import './terminal.css';

/** Terminals into the machine, one tab each. */
export function TerminalTab({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const connectable = canConnect(cloud);
  const watchable = canWatch(cloud);
  const terminals = useTerminals(cloud.id, connectable);
  const { sessions, current, error, opening } = terminals;
  const titles = titlesOf(
    sessions ?? [],
    ({ kind, account }) => cloud.accounts.find(({ id }) => id === account)?.title ?? t(`terminal.${kind}`),
    (kind, number) => t('terminal.numbered', { kind, number }),
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
          <NewTerminal
            cloud={cloud}
            connectable={connectable}
            disabled={!(connectable || watchable) || opening}
            onOpen={terminals.open}
          />
        </div>
      )}
      {error !== undefined && (
        <div className="sb-term__error">
          <ErrorPanel error={error} onRetry={() => terminals.open(terminals.wanted)}>
            {watchable && terminals.wanted.kind !== 'console' && (
              <div className="sb-term__rescue">
                <span>{t('terminal.consoleRescue')}</span>
                <OpenConsole onOpen={terminals.open} />
              </div>
            )}
          </ErrorPanel>
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
            !opening && (
              <Group justify="center" gap="xs">
                {connectable && (
                  <Button
                    leftSection={<Plus size={15} aria-hidden />}
                    onClick={() => terminals.open({ kind: 'shell' })}
                  >
                    {t('terminal.new')}
                  </Button>
                )}
                {watchable && <OpenConsole onOpen={terminals.open} />}
              </Group>
            )
          }
        >
          {t(connectable ? 'terminal.noneHint' : watchable ? 'terminal.consoleOnly' : 'terminal.unavailableHint')}
        </Empty>
      )}
    </div>
  );
}

/** "Shell", "Shell 2", "OpenStack as demo": what it is, numbered from the second of its kind on. */
function titlesOf(
  sessions: readonly TerminalSession[],
  titleOf: (session: TerminalSession) => string,
  numbered: (title: string, number: number) => string,
): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  return new Map(
    sessions.map((session) => {
      const title = titleOf(session);
      const number = (counts.get(title) ?? 0) + 1;
      counts.set(title, number);
      return [session.id, number === 1 ? title : numbered(title, number)];
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

function OpenConsole({ onOpen }: { onOpen: (wish: TerminalWish) => void }) {
  const { t } = useTranslation();
  return (
    <Button variant="default" leftSection={<Cable size={15} aria-hidden />} onClick={() => onOpen({ kind: 'console' })}>
      {t('terminal.openConsole')}
    </Button>
  );
}

interface NewTerminalProps {
  readonly cloud: Cloud;
  /** Whether SSH reaches the machine; the console needs none. */
  readonly connectable: boolean;
  readonly disabled: boolean;
  readonly onOpen: (wish: TerminalWish) => void;
}

function NewTerminal({ cloud, connectable, disabled, onOpen }: NewTerminalProps) {
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
        <Menu.Item disabled={!connectable} onClick={() => onOpen({ kind: 'shell' })}>
          {t('terminal.newShell')}
        </Menu.Item>
        {cloud.accounts.map(({ id, title }) => (
          <Menu.Item
            key={id}
            disabled={!cloud.ready || !connectable}
            onClick={() => onOpen({ kind: 'openstack', account: id })}
          >
            {title}
            <span className="sb-term__hint">{t('terminal.openstackHint')}</span>
          </Menu.Item>
        ))}
        <Menu.Item disabled={!canWatch(cloud)} onClick={() => onOpen({ kind: 'console' })}>
          {t('terminal.console')}
          <span className="sb-term__hint">{t('terminal.consoleHint')}</span>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
