import { UnstyledButton } from '@mantine/core';
import { ChevronRight } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CommandRecord, Run } from '../../../main/contract/models';
import { useApi, useBackend, useCore } from '../../app/backend';
import { toRecord } from '../../app/errors';
import { addCommands } from '../../app/projection';
import { showError } from '../../app/toasts';
import { CopyButton } from '../../ui/CopyButton';
import { formatCommand, formatDuration, formatFullDate } from '../../ui/format';
import { MonoBlock } from '../../ui/Mono';
import { StateMark } from '../../ui/StateMark';

const NONE: readonly CommandRecord[] = [];

/** Every command of the run, newest last, each with its output to open and to copy. */
export function CommandsPanel({ cloudId, run }: { cloudId: string; run: Run }) {
  const { t } = useTranslation();
  const api = useApi();
  const { store } = useBackend();
  const generation = useCore((state) => state.generation);
  const commands = useCore((state) => {
    const known = state.commands[cloudId];
    return known?.runId === run.id ? known.list : NONE;
  });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const load = async (): Promise<void> => {
      // Each new connection brings a fresh snapshot, which holds no commands; before the first there is nobody to ask.
      if (generation === 0) return;
      try {
        const list = await api.clouds.commands({ cloudId }, { signal });
        if (!signal.aborted) store.setState(addCommands(store.getState(), cloudId, run.id, list));
      } catch (thrown) {
        if (!signal.aborted) showError(toRecord(thrown));
      }
    };
    void load();
    return () => controller.abort();
  }, [api, store, cloudId, run.id, generation]);
  return (
    <section className="sb-commands" aria-label={t('progress.commands')}>
      <h2>
        {t('progress.commands')}
        <span className="sb-dim sb-num">{commands.length}</span>
        {commands.length > 0 && (
          <CopyButton
            value={commands.map((command) => formatCommand(command.argv)).join('\n')}
            label={t('progress.copyAll')}
          />
        )}
      </h2>
      {commands.length === 0 ? (
        <p className="sb-card sb-commands__none sb-dim">{t('progress.noCommands')}</p>
      ) : (
        <ul className="sb-card sb-commands__list">
          {commands.map((command) => (
            <CommandRow key={command.seq} command={command} />
          ))}
        </ul>
      )}
      <p className="sb-dim sb-commands__hint">{t('progress.commandsHint')}</p>
    </section>
  );
}

function CommandRow({ command }: { command: CommandRecord }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const id = useId();
  const line = formatCommand(command.argv);
  const { durationMs, exitCode } = command;
  return (
    <li>
      <div className="sb-command">
        <UnstyledButton
          className="sb-command__open"
          aria-expanded={opened}
          aria-controls={id}
          onClick={() => setOpened(!opened)}
        >
          <ChevronRight size={14} aria-hidden className={opened ? 'sb-chevron sb-chevron--open' : 'sb-chevron'} />
          <code title={line}>{line}</code>
        </UnstyledButton>
        <CopyButton value={line} label={t('common.copyCommand')} />
      </div>
      <p className="sb-command__facts sb-num">
        <span>{t(`progress.where.${command.where}`)}</span>
        {durationMs === undefined ? (
          <span className="sb-command__running">
            <StateMark tone="working" size={10} /> {t('progress.commandRunning')}
          </span>
        ) : (
          <span title={formatFullDate(command.startedAt)}>{formatDuration(durationMs)}</span>
        )}
        {exitCode !== undefined && exitCode !== 0 && (
          // In no alarming colour: a question that is answered with "no" ends like this too.
          <span>{t('progress.exit', { code: exitCode })}</span>
        )}
      </p>
      {opened && (
        <div id={id} className="sb-command__output">
          {command.output === '' ? (
            <p className="sb-dim">{t('progress.noOutput')}</p>
          ) : (
            <MonoBlock
              text={command.output}
              label={t('progress.showOutput', { command: line })}
              copyLabel={t('common.copyOutput')}
            />
          )}
        </div>
      )}
    </li>
  );
}
